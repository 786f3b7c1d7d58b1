"""The operations pages from the command line: outbox, mail and settings listed, with the rights of who asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kmsvc.cli.operate import operations
from kmsvc.core.errors import NotPermitted
from kmsvc.settings import Settings
from tests.builders import submit
from tests.support.centre import Centre


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        operations, list(arguments))


def items(result: Result) -> list[dict[str, Any]]:
    assert result.exception is None, result.exception
    found: list[dict[str, Any]] = json.loads(result.stdout)["items"]
    return found


def test_the_outbox_and_the_mail_are_listed_by_state(settings: Settings, world: Centre) -> None:
    submit(world, new=True)
    assert {one["state"] for one in items(run(settings, "deliveries", "list", "--json"))} == {"pending"}
    world.drain(index=False)
    assert items(run(settings, "deliveries", "list", "--state", "pending", "--json")) == []
    waiting = items(run(settings, "mail", "list", "--state", "waiting", "--json"))
    assert waiting and all("text" not in one and one["email"] for one in waiting)
    assert "waits" not in run(settings, "mail", "list").stdout, "a list tells subjects, not letters"


def test_the_outbox_and_the_mail_are_searched(settings: Settings, world: Centre) -> None:
    submit(world, new=True)
    world.drain(index=False)
    first = items(run(settings, "mail", "list", "--json"))[0]
    assert {one["email"] for one in items(run(settings, "mail", "list", "--q", first["email"], "--json"))} == {first["email"]}
    assert items(run(settings, "mail", "list", "--q", "nobody@", "--json")) == []
    number = str(items(run(settings, "deliveries", "list", "--json"))[0]["id"])
    assert [str(one["id"]) for one in items(run(settings, "deliveries", "list", "--q", number, "--json"))] == [number]


def test_settings_are_listed_with_what_they_are(settings: Settings, world: Centre) -> None:
    run(settings, "set", "process.change.sample_size", "7")
    held = {one["name"]: one["value"] for one in items(run(settings, "settings", "list", "--json"))}
    assert held["process.change.sample_size"] == 7
    assert "process.change.sample_size = 7 (default" in run(settings, "settings", "list").stdout


@pytest.mark.parametrize("noun", ["deliveries", "mail", "settings"])
def test_as_somebody_means_with_that_persons_rights(settings: Settings, world: Centre, noun: str) -> None:
    assert isinstance(run(settings, noun, "list", "--as", "agent").exception, NotPermitted)
    assert run(settings, noun, "list", "--as", "admin").exit_code == 0
