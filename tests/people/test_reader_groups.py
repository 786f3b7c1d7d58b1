"""Reader groups: texts for posts and roles, found and read by nobody else. Clause #60."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.main import cli
from kmsvc.core.errors import InvalidInput, NotPermitted, Stale
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.flows.linking import problems_of_links
from kmsvc.knowledge.flows.rules import Node
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.readers.queries import all_read, group_lines
from kmsvc.people.readers.rules import Membership
from kmsvc.people.readers.usecases import keep_group
from kmsvc.people.units.queries import all_units, audiences, unit_by_code
from kmsvc.people.units.usecases import add_post, add_unit
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.search.queries import ask
from tests.builders import make_article, make_process
from tests.support.centre import Centre

GROUPS = "/api/v1/people/readers"
WORD = "Kulanzstufe"


@pytest.mark.parametrize(("units", "post", "roles", "inside"), [
    ({1, 2}, 7, set(), True), ({1, 2}, 8, {"trainer"}, True), ({1, 2}, 8, {"agent"}, False), ({1}, 7, {"trainer"}, False),
    ({1, 2}, None, set(), False)])
def test_a_reader_holds_one_of_the_posts_or_roles_inside_the_unit(units: set[int], post: int | None, roles: set[str],
                                                                  inside: bool) -> None:
    assert Membership(2, frozenset({7}), frozenset({"trainer", "marker"})).holds(units, post, roles) is inside


def held_post(world: Centre, login: str, code: str) -> None:
    with world.begin("admin") as work:
        add_post(work, code=code, name=code)
        change_person(work, world.people[login], post=code)


def group(world: Centre, **given: object) -> int:
    with world.begin("knowledge_editor") as work:
        return keep_group(work, **({"code": "LEADS", "name": "Shift leaders", "posts": ["LEAD"]} | given)).id  # type: ignore[arg-type]


def finds(world: Centre, login: str) -> bool:
    with world.look(login) as work:
        return bool(ask(work.session, world.engine, work.actor, text=WORD, on=world.clock.today, lag_s=0).items)


def test_a_text_for_a_post_is_found_listed_and_read_by_its_holders_and_nobody_else(
        world: Centre, client: Callable) -> None:
    held_post(world, "agent", "LEAD")
    group(world)
    article = make_article(world, title=WORD, body="Drei Stufen.", unit="LEADS", drain=True)
    page, api = f"/knowledge/articles/{article.id}", f"/api/v1/knowledge/articles/{article.id}"
    assert finds(world, "agent") and client("agent").get(page).status_code == 200
    assert not finds(world, "team_leader")
    assert client("team_leader").get(page).status_code == 404 == client("team_leader").call("GET", api)[0]
    assert WORD in client("agent").get("/knowledge/articles").get_data(as_text=True)
    assert WORD not in client("team_leader").get("/knowledge/articles").get_data(as_text=True)
    assert finds(world, "knowledge_editor"), "who keeps knowledge reads all"
    with world.begin("admin") as work:
        change_person(work, world.people["agent"], post="")
    assert not finds(world, "agent") and client("agent").get(page).status_code == 404


def test_a_group_of_roles_counts_inside_its_unit_only(world: Centre) -> None:
    group(world, code="TEACH", posts=(), roles=["agent"], within="TEAM-B")
    make_article(world, title=WORD, body="x", unit="TEACH", drain=True)
    assert not finds(world, "agent")
    group(world, code="TEACH", posts=(), roles=["agent"], within="TEAM-A")
    assert finds(world, "agent")


def test_who_is_in_a_group_is_asked_to_confirm_what_follows_a_process(world: Centre) -> None:
    held_post(world, "agent", "LEAD")
    unit = group(world)
    process = make_process(world, body="# 退款\n\n七天。", drain=False)
    with world.begin("process_manager") as work:  # no page offers it; what is written for a group is asked of its people all the same
        row = work.get(Process, process.id, lock=True)
        work.permit(MANAGE_PROCESS, row)
        row.audience_unit_id = unit
    world.drain(index=False)
    with world.look() as work:
        asked = set(work.session.scalars(select(Confirmation.person_id)))
    assert asked == {world.people["agent"]}


def test_a_flow_for_a_group_points_to_what_all_its_readers_may_read(world: Centre) -> None:
    held_post(world, "agent", "LEAD")
    own = group(world, code="A-LEADS", within="TEAM-A")
    wide = group(world, code="ALL-LEADS", roles=["trainer"])
    other = group(world, code="B-LEADS", within="TEAM-B")
    with world.look() as work:
        team_a, team_b = (unit_by_code(work.session, code).id for code in ("TEAM-A", "TEAM-B"))  # type: ignore[union-attr]
        fits = [one for one in (own, wide, other, team_a, team_b) if one in all_read(work.session, own)]
        assert fits == [own, wide, team_a] and wide not in all_read(work.session, team_a)
    articles = [make_article(world, title=name, body="x", unit=name) for name in ("TEAM-A", "TEAM-B")]
    nodes = [Node("end", "e", ends=True, link=one.number) for one in articles]
    with world.look() as work:
        assert [len(problems_of_links(work.session, [one], own)) for one in nodes] == [0, 1]


def test_a_group_tells_who_is_in_it_and_the_article_leads_there(world: Centre, client: Callable) -> None:
    held_post(world, "agent", "LEAD")
    unit = group(world)
    article = make_article(world, title=WORD, body="x", unit="LEADS", drain=True)
    editor, there = client("knowledge_editor"), f"/people/readers/{unit}"
    with world.look() as work:
        name = work.get(Person, world.people["agent"]).name
    assert f'href="{there}"' in editor.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert f'href="{there}"' in editor.get(f"/knowledge/articles/{article.id}/edit").get_data(as_text=True)
    assert f'href="{there}"' not in client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    page = editor.get(there).get_data(as_text=True)
    assert name in page and "1 row" in page
    assert "Nobody fits" in editor.get(f"{there}?q=zzz").get_data(as_text=True)
    assert f"/people/accounts/{world.people['agent']}" in client("admin").get(there).get_data(as_text=True)
    assert client("agent").get(there).status_code == 403
    status, body = editor.call("GET", f"{GROUPS}/{unit}/people")
    assert status == 200 and [(one["name"], one["post"]) for one in body["items"]] == [(name, "LEAD")]
    with world.look() as work:
        team = unit_by_code(work.session, "TEAM-A").id  # type: ignore[union-attr]
    assert editor.get(f"/people/readers/{team}").status_code == 404 == editor.call("GET", f"{GROUPS}/{team}/people")[0]


def test_an_editor_chooses_it_where_a_text_says_for_whom_it_is(world: Centre, client: Callable) -> None:
    held_post(world, "agent", "LEAD")
    unit = group(world)
    editor = client("knowledge_editor")
    assert 'value="LEADS"' in editor.get("/knowledge/articles/new").get_data(as_text=True)
    status, made = editor.call("POST", "/api/v1/knowledge/articles", {"title": WORD, "body": "x", "audience": "LEADS"})
    assert status == 201
    with world.look() as work:
        from kmsvc.knowledge.articles.models import Article

        assert work.get(Article, made["id"]).audience_unit_id == unit
    assert "Shift leaders" in editor.get(f"/knowledge/articles/{made['id']}").get_data(as_text=True)
    group(world, closed=True)
    assert 'value="LEADS"' not in editor.get("/knowledge/articles/new").get_data(as_text=True)
    assert editor.call("POST", "/api/v1/knowledge/articles", {"title": "t", "body": "x", "audience": "LEADS"})[0] == 422


def test_a_group_is_no_unit(world: Centre, client: Callable) -> None:
    held_post(world, "agent", "LEAD")
    group(world)
    admin = client("admin")
    with world.look() as work:
        assert "LEADS" not in {unit.code for unit in all_units(work.session)} and unit_by_code(work.session, "LEADS") is None
        assert "LEADS" in {unit.code for unit in audiences(work.session)}
    assert 'value="LEADS"' not in admin.get("/people/accounts/new").get_data(as_text=True)
    status, told = admin.call("POST", "/api/v1/people/units", {"code": "LEADS", "name": "x"})
    assert (status, list(told["fields"])) == (422, ["code"])
    with world.begin("admin") as work, pytest.raises(InvalidInput):
        add_unit(work, code="BELOW", name="x", parent_code="LEADS")


def test_what_is_wrong_is_told_at_once_and_nobody_else_keeps_groups(world: Centre) -> None:
    with world.begin("knowledge_editor") as work, pytest.raises(InvalidInput) as told:
        keep_group(work, code="TEAM-A", name="x", within="NOWHERE", posts=["NONE"], roles=["king"])
    assert set(told.value.fields) == {"code", "within", "posts", "roles"}
    with world.begin("knowledge_editor") as work, pytest.raises(InvalidInput):
        keep_group(work, code="EMPTY", name="x")
    with world.begin("team_leader") as work, pytest.raises(NotPermitted):
        keep_group(work, code="MINE", name="x", roles=["agent"])
    group(world, code="OLD", posts=(), roles=["agent"])
    with world.begin("knowledge_editor") as work, pytest.raises(Stale):
        keep_group(work, code="OLD", name="x", roles=["agent"], version=9)


def test_the_list_says_who_is_in_it_on_page_program_and_command(world: Centre, client: Callable,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    held_post(world, "agent", "LEAD")
    admin = client("admin")
    answer = admin.post("/people/readers", data={"code": "G1", "name": "Leads and trainers", "posts": "LEAD", "roles": "trainer"})
    assert answer.status_code == 303
    line = admin.call("GET", GROUPS)[1]["items"][0]
    with world.look() as work:
        counted = group_lines(work.session)[0].people
    assert (line["posts"], line["roles"], line["people"]) == (["LEAD"], ["trainer"], counted) and counted >= 2
    page = admin.get("/people/readers").get_data(as_text=True)
    assert "Leads and trainers" in page
    assert "Leads and trainers" in admin.get("/people/readers?format=csv").get_data(as_text=True)
    refused = admin.post("/people/readers", data={"code": "G2", "name": "Kept words"})
    assert refused.status_code == 422 and "Kept words" in refused.get_data(as_text=True)
    monkeypatch.setenv("KMSVC_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", world.settings.database_url)
    done = CliRunner().invoke(cli, ["people", "readers", "set", "G1", "--name", "Leads", "--post", "LEAD"])
    assert done.exit_code == 0, done.output
    told = json.loads(CliRunner().invoke(cli, ["people", "readers", "list", "--json"]).stdout)
    assert [(one["code"], one["name"], one["roles"]) for one in told["items"]] == [("G1", "Leads", [])]


def test_a_group_inside_a_closed_unit_is_closed_and_changed_without_becoming_the_whole_centre(
        world: Centre, client: Callable) -> None:
    with world.begin("admin") as work:
        add_unit(work, code="GONE", name="Gone", parent_code="CENTRE")
    group(world, code="G", posts=(), roles=["agent"], within="GONE")
    with world.begin("admin") as work:
        add_unit(work, code="GONE", name="Gone", closed=True)
    make_article(world, title=WORD, body="x", unit="G", drain=True)
    assert not finds(world, "agent")
    page = client("admin").get("/people/readers").get_data(as_text=True)
    form = next(one for one in re.findall(r"<form[^>]*>(?:(?!</form>).)*</form>", page, re.DOTALL) if 'value="true"' in one)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert client("admin").post("/people/readers", data=sent | {"reason": "x"}).status_code == 303
    assert not finds(world, "agent")
    assert client("admin").call("POST", GROUPS, {"code": "G", "name": "Renamed", "roles": ["agent"]})[0] == 201
    assert not finds(world, "agent")
