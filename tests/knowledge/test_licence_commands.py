"""Licences, proposals, templates, merging and splitting from the command line; the rights are those of every door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre

EDITOR = "knowledge_editor"


def command(settings: Settings, *words: str, **more: Any) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, list(words), **more)


def told(done: Result) -> Any:
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def test_a_licence_from_granting_to_its_end_and_what_is_proposed_with_it(settings: Settings, world: Centre) -> None:
    article = make_article(world, title="改签", body="拨打热线既可改签。")
    refused = command(settings, "licences", "grant", "agent", "candidate", "--reason", "r", "--as", "team_leader")
    assert isinstance(refused.exception, NotPermitted)
    held = told(command(settings, "licences", "grant", "agent", "contributor", "--reason", "会写", "--as", EDITOR, "--json"))
    assert (held["level"], held["state"]) == ("contributor", "valid")
    sent = told(command(settings, "proposals", "correct", article.number, "-", "--note", "错字", "--at-once", "--as", "agent", "--json",
                        input="拨打热线即可改签。"))
    assert sent["state"] == "unseen"
    waiting = told(command(settings, "proposals", "list", "--view", "waiting", "--as", EDITOR, "--json"))["items"]
    assert [one["number"] for one in waiting] == [sent["number"]]
    assert told(command(settings, "proposals", "see", sent["number"], "--as", EDITOR, "--json"))["state"] == "seen"
    assert told(command(settings, "licences", "proof", "agent", "--as", EDITOR, "--json"))["figures"]["seen"] == 1
    assert isinstance(command(settings, "licences", "proof", "agent", "--as", "trainer").exception, NotPermitted)
    assert told(command(settings, "licences", "end", str(held["id"]), "--reason", "调岗", "--as", EDITOR, "--json"))["state"] == "ended"


def test_templates_and_a_merge_taken_back(settings: Settings, world: Centre, tmp_path: Path) -> None:
    made = told(command(settings, "templates", "add", "故障", "-", "--strict", "--as", EDITOR, "--json", input="## 现象 !\n// 看灯"))
    assert made["sections"] == [{"words": "现象", "depth": 2, "needed": True, "hint": "看灯"}]
    book = tmp_path / "templates.xlsx"
    assert command(settings, "templates", "export", str(book)).exit_code == 0
    assert told(command(settings, "templates", "import", str(book), "--json"))["unchanged"] == 1
    first, second = (make_article(world, title=title, body=body) for title, body in (
        ("退费", "七天内全额退。"), ("退钱", "七天内全额退。\n\n发票要交回。")))
    plan = told(command(settings, "reshapes", "merge", first.number, second.number, "--reason", "一回事", "--as", EDITOR, "--json"))
    assert (plan["state"], plan["composed"]) == ("open", True)
    assert told(command(settings, "reshapes", "publish", plan["number"], "--as", EDITOR, "--json"))["state"] == "done"
    back = told(command(settings, "reshapes", "take-back", plan["number"], "--reason", "错了", "--as", EDITOR, "--json"))
    assert back["state"] == "undone"
    assert isinstance(command(settings, "reshapes", "list", "--as", "agent").exception, NotPermitted)


def test_what_does_not_fit_is_said_in_a_sentence(settings: Settings, world: Centre) -> None:
    for words in (("licences", "grant", "agent", "candidate", "--reason", "r" * 3000), ("licences", "suspend", "1", "--reason", ""),
                  ("reshapes", "split", "KB-1", "--part", "x", "--reason", "r"), ("reshapes", "cancel", "x", "--reason", ""),
                  ("proposals", "return", "x", "--answer", ""), ("templates", "add", "x", "-")):
        assert isinstance(command(settings, *words, input="").exception, InvalidInput), words
    assert command(settings, "licences", "suspend", "9" * 20, "--reason", "r").exit_code == 2


def test_what_does_not_fit_is_told_as_at_the_page(settings: Settings, world: Centre) -> None:
    def refused(*words: str) -> Any:
        return command(settings, *words, "--as", EDITOR).exception

    grant = ("licences", "grant", "agent", "contributor", "--reason")
    for words, field in ((("licences", "grant", "nobody", "contributor", "--reason", "r"), "person"), ((*grant, "  "), "reason"),
                         ((*grant, "r", "--until", "2026-02-30"), "valid_until"),
                         ((*grant, "r", "--until", "2020-01-01"), "valid_until"), ((*grant, "r", "--category", "火星"), "category")):
        error = refused(*words)
        assert isinstance(error, InvalidInput) and list(error.fields) == [field], words
    held = told(command(settings, *grant, "会写", "--until", "2027-01-31", "--as", EDITOR, "--json"))
    assert held["valid_until"] == "2027-01-31"
    assert isinstance(refused("licences", "resume", str(held["id"]), "--reason", "r"), RuleBroken)
    for words in (("proposals", "see", "X-1"), ("reshapes", "publish", "X-1"), ("licences", "end", "999", "--reason", "r")):
        assert isinstance(refused(*words), NotFound), words
    person = command(settings, "licences", "grant", "nobody", "contributor", "--reason", "r", "--as", "agent").exception
    assert isinstance(person, NotPermitted), "who may not grant does not hear who has an account"
