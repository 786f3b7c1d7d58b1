"""Whom a word means, by account, name or id: one way for forms, programs and rows of files."""

from __future__ import annotations

import pytest

from kmsvc.core.errors import InvalidInput
from kmsvc.people.accounts.naming import Among, called, called_twice, one_called
from kmsvc.people.accounts.usecases import add_account, suspend_person
from tests.support.centre import Centre


def add(world: Centre, login: str, name: str, *, gone: bool = False) -> int:
    with world.begin("admin") as work:
        person = add_account(work, login=login, name=name).id
    if gone:
        with world.begin("admin") as work:
            suspend_person(work, person, reason="r")
    return person


def test_account_before_name_exact_before_alike_here_before_gone(world: Centre) -> None:
    first, second = add(world, "li.ming", "Li Ming"), add(world, "liming2", "LiMing")
    left, named = add(world, "left", "Li Hua", gone=True), add(world, "odd", "left")
    with world.look("admin") as work:
        def ids(word: str, among: Among = Among.EVERYBODY, **more: bool) -> list[int]:
            return [one.id for one in called(work.session, word, among, **more)]
        assert ids(" LI.MING ") == [first] and ids("Li  Ming") == [first] and ids("LiMing") == [second]
        assert ids("li ming") == [first, second] and ids("ＬｉＭｉｎｇ") == [first, second]
        assert ids("left") == [left] and ids("left", Among.ACCOUNTS) == [left] and ids("left", Among.ACTIVE) == [named]
        assert ids("Li Hua") == [left] and ids("Li Hua", Among.ACCOUNTS) == [] == ids("Li Hua", Among.ACTIVE)
        assert ids(str(first)) == [] and ids(str(first), ids=True) == [first] and ids("", ids=True) == [] == ids("0", ids=True)
        assert one_called(work.session, "Li Ming", field="x").id == first
        for word in ("li ming", "nobody", " "):
            with pytest.raises(InvalidInput) as refused:
                one_called(work.session, word, field="x")
            assert list(refused.value.fields) == ["x"]


def test_an_account_and_a_name_are_of_the_same(world: Centre) -> None:
    one, other = add(world, "wu.a", "Wu"), add(world, "wu.b", "Wu")
    with world.look("admin") as work:
        assert [[it.id for it in called_twice(work.session, *row)[0]] for row in (
            ("wu.b", "Wu"), ("WU.A", ""), ("", "Wu"), ("typing.error", "Wu"))] == [[other], [one], [one, other], [one, other]]
        for login, name, field in (("", "", "name"), ("wu", "", "login"), ("", "Li", "name"), ("wu.a", "Li", "name")):
            with pytest.raises(InvalidInput) as refused:
                called_twice(work.session, login, name)
            assert list(refused.value.fields) == [field]
