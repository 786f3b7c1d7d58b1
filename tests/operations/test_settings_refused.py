"""A setting that cannot be and a centre that is not there are refused with one sentence, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from environs import EnvError
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.operations.setup import first_rows
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.usecases import add_account, change_person
from kmsvc.settings import Settings
from tests.support.centre import Centre
from tests.support.commands import run_commands


@pytest.mark.parametrize(("name", "value"), [
    ("KMSVC_TIMEZONE", "Mars/X"), ("KMSVC_TIMEZONE", "../etc"), ("KMSVC_SMTP_URL", "notaurl"), ("KMSVC_SMTP_URL", "http://foo"),
    ("KMSVC_BASE_URL", "kmsvc.example.org"), ("KMSVC_LANGUAGE", "de"), ("KMSVC_WEB_PROCESSES", "0"),
    ("KMSVC_DATABASE_URL", "mysql://x"), ("KMSVC_DATABASE_URL", "kmsvc.db"), ("KMSVC_DATABASE_URL", "postgresql+psycopg://")])
def test_a_setting_that_cannot_be_is_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=name):
        Settings.from_env(make=False)


def test_a_command_without_a_centre_leaves_nothing_behind(tmp_path: Path) -> None:
    place = tmp_path / "none"
    for done in run_commands({"KMSVC_DATA_DIR": str(place)}, ["search", "query", "x"], ["worker"], ["serve", "--port", "0"],
                             ["backup", str(tmp_path / "b")], ["standards", "duties", "list"]):
        assert done.returncode == 2
        assert "no kmsvc database here" in done.stderr
        assert "Traceback" not in done.stderr
    assert not place.exists()


def test_doctor_says_of_a_folder_that_is_not_there_just_that(tmp_path: Path) -> None:
    [done] = run_commands({"KMSVC_DATA_DIR": str(tmp_path / "none")}, ["doctor"])
    assert done.returncode == 1
    assert "Errno" not in done.stdout and done.stdout.count("is not there") == 3


def test_init_makes_no_second_administrator(world: Centre) -> None:
    """A centre that somebody administers gets no account with a printed password at an upgrade."""
    with world.begin("admin") as work:
        first = work.session.scalars(select(Person).where(Person.is_first)).one_or_none()
        if first is not None:
            first.is_first = False
            work.because("handed over")
    assert first_rows(world.db, world.settings, "a long enough password") is False


def test_an_address_that_is_none_is_refused_at_every_door(world: Centre) -> None:
    with pytest.raises(InvalidInput), world.begin("admin") as work:
        add_account(work, login="x1", name="X", email="no at")
    with pytest.raises(InvalidInput), world.begin("admin") as work:
        change_person(work, world.people["agent"], email="no at")
