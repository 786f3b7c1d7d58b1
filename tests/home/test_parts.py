"""The parts of Knowledge: every page there belongs to one, shown to who holds its permission, in groups where they are many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import REGISTER
from kmsvc.home.parts import FLAT, PARTS, Group, current_part, parts_for
from kmsvc.people.roles import Role, granted
from tests.support.clients import Caller


def an_actor(*roles: Role) -> Actor:
    return Actor("somebody", "Somebody", permissions=granted(frozenset(roles)))


def seen(app: Flask, *roles: Role, path: str = "/search") -> list[str]:
    with app.test_request_context(path):
        return [tab.href for tab in parts_for(an_actor(*roles)).tabs]


def test_each_part_is_an_address_with_a_permission_of_ours_and_stands_once(app: Flask) -> None:
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert [part.href for part in PARTS if part.href not in pages] == []
    assert {part.permission for part in PARTS} <= set(REGISTER)
    assert len({part.href for part in PARTS}) == len(PARTS) and {part.group for part in PARTS} == set(Group)


@pytest.mark.parametrize("role", list(Role))
def test_a_person_sees_the_parts_whose_permission_is_held(app: Flask, role: Role) -> None:
    assert seen(app, role) == [part.href for part in PARTS if part.permission in granted(frozenset({role}))]


def test_an_agent_has_one_row_and_an_editor_four_groups_with_few_in_each(app: Flask) -> None:
    with app.test_request_context("/knowledge/articles"):
        agent = parts_for(an_actor(Role.AGENT))
    with app.test_request_context("/knowledge/gaps/7"):
        editor = parts_for(an_actor(Role.KNOWLEDGE_EDITOR))
    assert agent.flat and 3 < len(agent.row) <= FLAT
    assert not editor.flat and [group.group for group in editor.groups] == list(Group)
    assert [tab.href for tab in editor.row if tab.current] == ["/knowledge/gaps"]
    assert all(len(group.parts) <= FLAT for group in editor.groups)


def test_the_page_one_is_on_has_its_tab_even_for_who_has_it_from_elsewhere(app: Flask) -> None:
    assert "/knowledge/health" not in seen(app, Role.AGENT)
    assert "/knowledge/health" in seen(app, Role.AGENT, path="/knowledge/health")


@pytest.mark.parametrize(("path", "part"), [
    ("/knowledge/shelf", "/knowledge/shelf"), ("/knowledge/shelf/pins", "/knowledge/shelf/pins"),
    ("/knowledge/shelf/pins/3", "/knowledge/shelf/pins"), ("/knowledge/relations/twins/4", "/knowledge/relations/twins"),
    ("/knowledge/benches", None), ("/knowledge", None), ("/search", None)])
def test_a_page_belongs_to_the_part_with_the_longest_address(path: str, part: str | None) -> None:
    found = current_part(path)
    assert (found.href if found else None) == part


def test_the_map_names_each_part_with_a_line_and_behind_a_prefix_all_addresses_have_it(client: Callable[..., Caller]) -> None:
    answer = client("everything").get("/knowledge", environ_overrides={"SCRIPT_NAME": "/kms"})
    page = answer.get_data(as_text=True)
    for part in PARTS:
        assert f'href="/kms{part.href}"' in page and f'href="{part.href}"' not in page, part.href
