"""`kmsvc people …`: accounts, units, tokens."""

from __future__ import annotations

import sys
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, say, with_database
from kmsvc.core.texts import N_


@click.group()
def people() -> None:
    """Accounts, units, tokens."""


@people.group()
def accounts() -> None:
    """Who may sign in."""


@accounts.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, help="A role; may be given several times.")
@click.option("--unit", help="Code of the organisation unit; CENTRE when left out.")
@click.option("--email", help="Without one the person is told in the app.")
@click.option("--post", help="Code or name of the post held.")
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of pages and mail.")
@click.option("--person", help="Login of an existing account: a second way to sign in for the same person.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, login: str, name: str, roles: tuple[str, ...], unit: str | None, email: str | None,
        post: str | None, language: str | None, person: str | None, password_stdin: bool, as_json: bool,
        as_login: str | None) -> None:
    """Add an account."""
    from kmsvc.people.accounts.passwords import hash_password
    from kmsvc.people.accounts.rules import check_password
    from kmsvc.people.accounts.usecases import add_account

    kept = None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
        check_password(password, login, name)
        kept = hash_password(password)
    with db.begin(acting(db, as_login)) as work:
        made = add_account(work, login=login, name=name, roles=roles, unit_code=unit, email=email, password_hash=kept,
                           post=post, language=language or settings.language, person_login=person)
        body = {"id": made.id, "login": login.strip().lower(), "name": made.name, "roles": sorted(made.role_names)}
    put(body, as_json=as_json, text=f"{body['login']} ({body['name']}): {', '.join(body['roles']) or '-'}")
    if not password_stdin:
        say("No password yet: set one with `kmsvc people accounts password LOGIN --password-stdin`.")


@accounts.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@with_database
def password(db: Any, settings: Any, login: str, password_stdin: bool) -> None:
    """Give an account a new password; its sessions and tokens end."""
    from kmsvc.people.accounts.passwords import hash_password
    from kmsvc.people.accounts.usecases import set_password

    given = sys.stdin.readline().rstrip("\n")
    kept = hash_password(given)
    with db.begin(acting(db, None)) as work:
        set_password(work, login, password=given, password_hash=kept)
    say("Done.")


@accounts.command("list")
@click.option("--role", help="Only who holds this role.")
@json_option
@with_database
def listing(db: Any, settings: Any, role: str | None, as_json: bool) -> None:
    """Everybody, with roles and unit."""
    from dataclasses import asdict

    from kmsvc.people.accounts.queries import people_page

    with db.look(acting(db, None)) as work:
        cards, _ = people_page(work.session, role=role, limit=100_000)
    put({"items": [asdict(card) for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.login:20} {card.name:12} {card.unit:16} {', '.join(card.roles)}" for card in cards))


@people.group()
def tokens() -> None:
    """API tokens."""


@tokens.command("create")
@click.argument("login")
@click.option("--days", type=int, default=90, show_default=True, help="How long it lives.")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@with_database
def create(db: Any, settings: Any, login: str, days: int, name: str) -> None:
    """Print a new token, and nothing else; it is never shown again."""
    from kmsvc.people.sessions.usecases import create_token

    with db.begin(acting(db, None)) as work:
        secret = create_token(work, login.strip().lower(), name=name, days=days)
    click.echo(secret)


@people.group()
def units() -> None:
    """Organisation units."""


@units.command("add")
@click.argument("code")
@click.option("--name", required=True, help="The unit's name.")
@click.option("--parent", default="CENTRE", show_default=True, help="Code of the unit above.")
@with_database
def add_unit_command(db: Any, settings: Any, code: str, name: str, parent: str) -> None:
    """Add a unit below another; the same code again renames it."""
    from kmsvc.people.units.usecases import add_unit

    if not code.strip():
        raise Sentence(N_("A unit needs a code."))
    with db.begin(acting(db, None)) as work:
        add_unit(work, code=code, name=name, parent_code=parent)
    say("Done.")
