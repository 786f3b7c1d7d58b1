"""A row with three faults is refused with all three, so that one round of correcting is enough."""

from __future__ import annotations

import pytest

from kmsvc.people.accounts.rows import FaultyRow, understand


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    with pytest.raises(FaultyRow) as found:
        understand({"login": "", "name": "n" * 201, "email": "nobody", "roles": "agent, wizard; dragon", "language": "Klingon"})
    assert [fault.code for fault in found.value.faults] == [
        "people.import.no_login", "people.import.email", "people.import.long", "people.import.role", "people.import.role",
        "people.import.language"]


def test_a_row_without_a_fault_is_understood_as_before() -> None:
    wanted = understand({"login": "wang", "name": "王", "roles": "agent", "+note": "x"})
    assert (wanted.login, wanted.name, wanted.roles, wanted.unit) == ("wang", "王", frozenset({"agent"}), None)
