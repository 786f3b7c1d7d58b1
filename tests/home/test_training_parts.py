"""The parts of Training: a line each, shown to who holds the permission, in front what is mine and behind what keeps it going."""

from __future__ import annotations

import pytest
from flask import Flask

from kmsvc.core.permissions import REGISTER
from kmsvc.home.parts import FLAT
from kmsvc.home.training_parts import TRAINING, Side, training_parts_for
from kmsvc.people.roles import Role, granted
from tests.home.test_parts import an_actor


def seen(app: Flask, *roles: Role, path: str = "/training") -> list[str]:
    with app.test_request_context(path):
        return [tab.href for tab in training_parts_for(an_actor(*roles)).tabs]


def test_each_part_is_an_address_with_a_permission_of_ours_and_stands_once(app: Flask) -> None:
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert [part.href for part in TRAINING if part.href not in pages] == []
    assert {part.permission for part in TRAINING} <= set(REGISTER)
    assert len({part.href for part in TRAINING}) == len(TRAINING)
    assert all(isinstance(part.group, Side) for part in TRAINING)


@pytest.mark.parametrize("role", list(Role))
def test_a_person_sees_the_parts_whose_permission_is_held(app: Flask, role: Role) -> None:
    assert seen(app, role) == [part.href for part in TRAINING if part.permission in granted(frozenset({role}))]


def test_an_agent_sees_only_what_is_in_front(app: Flask) -> None:
    mine = seen(app, Role.AGENT)
    assert len(mine) <= FLAT and {part.group for part in TRAINING if part.href in mine} <= {Side.FRONT}
