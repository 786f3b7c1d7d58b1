"""`kmsvc people factor …`: who signs in with one-time codes, and taking away what somebody has lost."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, say, settle, with_database


@click.group()
def factor() -> None:
    """One-time codes: who has them, and taking them away when the phone is lost."""


@factor.command("list")
@click.option("--missing", is_flag=True, help="Only who must have them and has not.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, missing: bool, as_login: str | None, as_json: bool) -> None:
    """Who signs in with one-time codes, and who must."""
    from kmsvc.people.factors.queries import factor_lines

    with db.look(acting(db, as_login)) as work:
        lines = [one for one in factor_lines(work.session, work.actor) if not missing or (one.must and not one.is_on)]
    put({"items": [{"login": one.login, "name": one.name, "is_on": one.is_on, "must": one.must} for one in lines]}, as_json=as_json,
        text="\n".join(f"{one.login:20} {'on' if one.is_on else '-':4} {'must' if one.must else '':5} {one.name}" for one in lines)
        or "Nobody.")


@factor.command("reset")
@click.argument("login")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@with_database
def reset(db: Any, settings: Any, login: str, reason: str, as_login: str | None) -> None:
    """Take away the one-time codes of LOGIN: phone and recovery codes are gone. Sessions end, and the person hears of it."""
    from kmsvc.cli.people import person_id
    from kmsvc.people.factors.usecases import reset_factor

    with db.begin(acting(db, as_login)) as work:
        reset_factor(work, person_id(work, login), reason=reason)
    settle(db, settings)
    say("Taken away. Only the password is asked for at the next sign-in; where a code is a must, it is set up then.")
