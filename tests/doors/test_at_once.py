"""Two who make the same thing at the same moment: one does, the other is told; nobody sees an inner error."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from kmsvc.people.accounts import usecases
from tests.support.centre import Centre


@pytest.mark.parametrize("database_kind", ["sqlite", "postgres"], indirect=True)
def test_the_same_login_added_twice_at_once_by_page_is_one_account_and_one_conflict(
        client: Callable, world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, found = Barrier(2, timeout=5), []
    first, second = client("admin"), client("everything")
    free = usecases._free_login

    def slowly(work: object, login: str) -> str:
        taken = free(work, login)  # type: ignore[arg-type]
        try:
            gate.wait()  # on PostgreSQL both have looked before either writes; SQLite lets one in at a time
        except BrokenBarrierError:
            gate.abort()
        return taken

    monkeypatch.setattr(usecases, "_free_login", slowly)

    def add(caller: object) -> None:
        found.append(caller.post("/people/accounts", data={  # type: ignore[attr-defined]
            "login": "n-900", "name": "Twice", "roles_shown": "1"}).status_code)

    hands = [Thread(target=add, args=(caller,)) for caller in (first, second)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(found) == [303, 409]
