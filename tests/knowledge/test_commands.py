"""Articles from the command line: the same verbs, the same rights, the same refusals with one sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.articles.models import Article
from kmsvc.search.models import DirtyMark
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support import starting
from tests.support.centre import Centre


def run(settings: Settings, *arguments: str) -> Result:
    """One command on this test's centre."""
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["articles", *arguments])


def answer(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_an_article_lives_from_writing_to_retiring(settings: Settings, world: Centre, tmp_path: Path) -> None:
    text = tmp_path / "text.md"
    text.write_text("百分之五。", "utf-8")
    made = answer(run(settings, "write", "--title", "改签", "--body", f"@{text}", "--tags", "票", "--tags", "改", "--publish",
                      "--as", "knowledge_editor", "--json"))
    assert (made["state"], made["tags"], made["body"]) == ("published", ["票", "改"], "百分之五。")
    number, first = made["number"], made["version_id"]
    edited = answer(run(settings, "edit", number.lower(), "--title", "改签", "--body", "百分之六。", "--json"))
    assert edited["version_label"] == "2.0"
    assert answer(run(settings, "publish", number, "--json"))["body"] == "百分之六。"
    back = answer(run(settings, "revert", number, "--to-version-id", str(first), "--reason", "改错", "--json"))
    assert back["version_id"] == first
    assert answer(run(settings, "keep", number, "--audience", "TEAM-B", "--json"))["number"] == number
    assert isinstance(run(settings, "show", number, "--as", "agent").exception, NotFound)
    assert answer(run(settings, "show", number, "--as", "agent_b", "--json"))["body"] == "百分之五。"
    assert answer(run(settings, "retire", number, "--reason", "不用了", "--json"))["state"] == "retired"
    assert isinstance(run(settings, "retire", number, "--reason", "不用了").exception, RuleBroken)


@pytest.mark.parametrize("verb", [("publish",), ("retire", "--reason", "x"), ("edit", "--title", "x", "--body", "y")])
def test_as_somebody_means_with_that_persons_rights(settings: Settings, world: Centre, verb: tuple[str, ...]) -> None:
    article, hidden = make_article(world), make_article(world, confidentiality="secret")
    assert isinstance(run(settings, verb[0], article.number, *verb[1:], "--as", "agent").exception, NotPermitted)
    assert isinstance(run(settings, verb[0], hidden.number, *verb[1:], "--as", "agent").exception, NotFound)


def test_r_a4_a_secret_block_is_not_shown_to_who_may_not_read_it(settings: Settings, world: Centre) -> None:
    article = make_article(world, body="大家看。\n\n:::secret\n底线\n:::")
    assert "底线" not in run(settings, "show", article.number, "--as", "agent").stdout
    assert "底线" in run(settings, "show", article.number, "--as", "business_owner").stdout


def test_the_list_takes_words_and_a_state_there_is_and_refuses_others(settings: Settings, world: Centre) -> None:
    make_article(world, title="改签")
    make_article(world, title="退款", publish=False)
    assert [one["title"] for one in answer(run(settings, "list", "--q", "改签", "--json"))["items"]] == ["改签"]
    assert [one["title"] for one in answer(run(settings, "list", "--state", "draft", "--json"))["items"]] == ["退款"]
    assert run(settings, "list", "--state", "nonsense").exit_code == 2


def test_r_u4_an_import_stopped_by_the_keyboard_says_what_it_kept_and_that_is_found(
        settings: Settings, world: Centre, tmp_path: Path) -> None:
    """R-U4: exit 1, counts of what stands, the index level; the same command again does the rest."""
    rows = tmp_path / "many.jsonl"
    rows.write_text("\n".join(json.dumps({"external_id": f"x{n}", "title": f"widget {n}", "body": f"text {n}"})
                              for n in range(6000)), "utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("KMSVC_")} | {
        "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}
    with starting.start("-m", "kmsvc", "knowledge", "articles", "import", str(rows), "--publish", env=env,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as going:
        assert going.stderr is not None and going.stdout is not None
        told = next(line for line in going.stderr if line.startswith("Read "))
        going.send_signal(signal.SIGINT)
        said, counted = told + going.stderr.read(), going.stdout.read()
    assert going.returncode == 1, said
    assert "Stopped." in said and "Traceback" not in said
    with world.look() as work:
        kept = work.session.scalar(select(func.count()).select_from(Article)) or 0
        assert work.session.scalar(select(func.count()).select_from(DirtyMark)) == 0
    assert 100 <= kept < 6000 and f"created {kept}," in counted
