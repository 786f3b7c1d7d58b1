"""Units and posts that are no longer there: closed, offered nowhere, opened again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kmsvc.cli.glue import Sentence
from kmsvc.cli.main import cli
from kmsvc.convert.result import HowRead, Row, Table
from kmsvc.core.errors import NotPermitted
from kmsvc.people.accounts.imports import import_staff
from kmsvc.people.accounts.usecases import change_person
from kmsvc.process.changes import scenes
from kmsvc.process.changes.models import Change
from tests.builders import make_article, submit
from tests.support.centre import Centre

UNITS, POSTS = "/api/v1/people/units", "/api/v1/people/posts"


def test_an_empty_unit_is_closed_and_offered_nowhere_until_it_is_opened_again(client: Callable, world: Centre) -> None:
    admin = client("admin")
    assert admin.call("POST", UNITS, {"code": "NIGHT", "name": "Night team"})[0] == 201
    answer = admin.post("/people/units", data={"code": "NIGHT", "name": "Night team", "known": "1", "closed": "true",
                                               "reason": "dissolved"})
    assert answer.status_code == 303
    row = next(one for one in admin.call("GET", UNITS)[1]["items"] if one["code"] == "NIGHT")
    assert row["closed_at"]
    assert 'value="NIGHT"' not in admin.get("/people/accounts/new").get_data(as_text=True)
    change_id = submit(world)
    with world.look() as work:
        change = work.get(Change, change_id)
        offered = scenes.moment(work.session, change, scenes.scene_of(work.session, change), work.actor)["units"]
    assert "NIGHT" not in {code for code, _name in offered}
    person = world.people["agent"]
    assert admin.call("POST", f"/api/v1/people/accounts/{person}/edit", {"unit": "NIGHT"})[0] == 422
    assert admin.call("POST", UNITS, {"code": "NIGHT-2", "name": "Below", "parent": "NIGHT"})[0] == 422
    assert admin.call("POST", UNITS, {"code": "NIGHT", "name": "Night team", "closed": False})[0] == 201
    assert admin.call("POST", f"/api/v1/people/accounts/{person}/edit", {"unit": "NIGHT"})[0] == 200


def test_a_unit_with_people_or_units_below_and_the_centre_stay(client: Callable) -> None:
    admin = client("admin")
    assert admin.call("POST", UNITS, {"code": "UP", "name": "Up"})[0] == 201
    assert admin.call("POST", UNITS, {"code": "DOWN", "name": "Down", "parent": "UP"})[0] == 201
    for code, why in (("TEAM-A", "people.unit.people"), ("UP", "people.unit.below"), ("CENTRE", "people.unit.root")):
        status, told = admin.call("POST", UNITS, {"code": code, "name": code, "closed": True, "reason": "x"})
        assert (status, told["code"]) == (409, why)
    answer = admin.post("/people/units", data={"code": "UP", "name": "Up", "known": "1", "closed": "true", "reason": "my words"})
    assert answer.status_code == 409 and "my words" in answer.get_data(as_text=True)


def test_a_post_that_people_hold_stays_and_another_is_closed(client: Callable, world: Centre) -> None:
    admin = client("admin")
    for code in ("LEAD", "OLD"):
        assert admin.call("POST", POSTS, {"code": code, "name": code})[0] == 201
    with world.begin("operator") as work:
        change_person(work, world.people["agent"], post="LEAD")
    assert admin.call("POST", POSTS, {"code": "LEAD", "name": "LEAD", "closed": True})[1]["code"] == "people.post.people"
    assert admin.call("POST", POSTS, {"code": "OLD", "name": "OLD", "closed": True, "reason": "merged"})[0] == 201
    page = admin.get("/people/accounts/new").get_data(as_text=True)
    assert 'value="LEAD"' in page and 'value="OLD"' not in page
    page = admin.get("/people/units").get_data(as_text=True)
    assert "OLD" in page


def test_the_lists_have_pages_like_every_other(client: Callable) -> None:
    agent = client("agent")
    whole = agent.call("GET", UNITS)[1]["items"]
    first = agent.call("GET", f"{UNITS}?limit=1")[1]
    second = agent.call("GET", f"{UNITS}?limit=200&cursor={first['next']}")[1]
    assert first["items"] + second["items"] == whole and second["next"] is None
    for path in (f"{UNITS}?limit=201", f"{POSTS}?limit=0", f"{UNITS}?cursor=x", f"{POSTS}?nonsense=1"):
        assert agent.call("GET", path)[0] == 422, path


def test_r_w4_who_was_slower_overwrites_neither_a_unit_nor_a_post(client: Callable, world: Centre) -> None:
    """R-W4: the version named by If-Match or by the form must still stand; what was typed comes back."""
    admin = client("admin")
    for path, page, code in ((UNITS, "/people/units", "NIGHT"), (POSTS, "/people/units/posts", "LEAD")):
        made = admin.call("POST", path, {"code": code, "name": "first"})[1]
        assert admin.call("POST", path, {"code": code, "name": "second"}, **{"If-Match": f'"v{made["version"]}"'})[0] == 201
        status, told = admin.call("POST", path, {"code": code, "name": "third"}, **{"If-Match": f'"v{made["version"]}"'})
        assert (status, told["theirs"]["name"], told["mine"]["name"]) == (409, "second", "third")
        form = {"code": code, "name": "third", "known": "1", "version": str(made["version"])}
        answer = admin.post(page, data=form)
        assert answer.status_code == 409 and 'value="third"' in answer.get_data(as_text=True)
        form["version"] = str(told["theirs"]["version"])
        assert admin.post(page, data=form).status_code == 303
        assert next(one for one in admin.call("GET", path)[1]["items"] if one["code"] == code)["name"] == "third"
    shown = admin.get("/people/units").get_data(as_text=True)
    assert shown.count('name="version"') >= 2


def test_units_and_posts_are_kept_from_the_command_line(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KMSVC_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", world.settings.database_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["people", *words])
        if done.exception is not None:
            raise done.exception
        return done.stdout
    run("posts", "add", "LEAD", "--name", "Shift leader", "--as", "admin")
    run("posts", "close", "LEAD", "--reason", "merged")
    assert "(closed)" in run("posts", "list")
    run("posts", "close", "LEAD", "--reason", "needed", "--reopen")
    assert "(closed)" not in run("posts", "list")
    run("units", "add", "NIGHT", "--name", "Night shift", "--as", "admin")
    run("units", "close", "NIGHT", "--reason", "merged")
    assert "Night shift  (closed)" in run("units", "list")
    run("units", "close", "NIGHT", "--reason", "needed", "--reopen")
    assert "(closed)" not in run("units", "list")
    for what in ("units", "posts"):
        with pytest.raises(Sentence):
            run(what, "close", "NOWHERE", "--reason", "merged")
    for words in (("posts", "add", "X", "--name", "X"), ("units", "add", "X", "--name", "X"), ("accounts", "list"),
                  ("tokens", "create", "admin"), ("tokens", "list", "admin")):
        with pytest.raises(NotPermitted):
            run(*words, "--as", "agent")
    assert "kms_" in run("tokens", "create", "agent", "--as", "agent")


def test_a_closed_unit_is_not_offered_for_articles_and_an_import_says_that_it_is_closed(
        client: Callable, world: Centre, tmp_path: Path) -> None:
    admin, editor = client("admin"), client("knowledge_editor")
    for path, code in ((UNITS, "NIGHT"), (POSTS, "LEAD")):
        assert admin.call("POST", path, {"code": code, "name": code})[0] == 201
    article = make_article(world, unit="NIGHT")
    other = make_article(world, title="other")
    for path, code in ((UNITS, "NIGHT"), (POSTS, "LEAD")):
        assert admin.call("POST", path, {"code": code, "name": code, "closed": True, "reason": "x"})[0] == 201
    assert 'value="NIGHT"' not in editor.get("/knowledge/articles/new").get_data(as_text=True)
    assert 'value="NIGHT"' not in editor.get(f"/knowledge/articles/{other.id}").get_data(as_text=True)
    assert 'value="NIGHT"' in editor.get(f"/knowledge/articles/{article.id}").get_data(as_text=True), "what it is for stays"
    keep = "/api/v1/knowledge/articles/{}/keep"
    assert editor.call("POST", keep.format(other.id), {"audience": "NIGHT"})[0] == 422
    assert editor.call("POST", keep.format(article.id), {"audience": "NIGHT"})[0] == 200
    table = Table("", (), (), [Row(2, {"login": "n1", "name": "N", "unit": "NIGHT"}),
                               Row(3, {"login": "n2", "name": "N", "post": "LEAD"})], HowRead("read"))
    report = import_staff(world.db, world.actor("admin"), [table], [], "list.csv", make_units=True)
    assert all(one.outcome == "rejected" and any("is closed" in text for text, _ in one.reasons) for one in report.results)
    assert len(report.results) == 2
