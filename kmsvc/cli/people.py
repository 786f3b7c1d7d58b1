"""`kmsvc people …`: accounts, units, posts, tokens."""

from __future__ import annotations

import sys
from typing import Any

import click

from kmsvc.cli.factors import factor
from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, say, with_database
from kmsvc.cli.units import posts, readers, units
from kmsvc.core.texts import N_


@click.group()
def people() -> None:
    """Accounts, units, posts, tokens."""


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
        body: dict[str, Any] = {"id": made.id, "login": login.strip().lower(), "name": made.name, "roles": sorted(made.role_names)}
    put(body, as_json=as_json, text=f"{body['login']} ({body['name']}): {', '.join(body['roles']) or '-'}")
    if not password_stdin:
        say("No password yet: set one with `kmsvc people accounts password LOGIN --password-stdin`.")


@accounts.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@as_option
@with_database
def password(db: Any, settings: Any, login: str, password_stdin: bool, as_login: str | None) -> None:
    """Give an account a new password; its sessions and tokens end."""
    from kmsvc.people.accounts.passwords import hash_password
    from kmsvc.people.accounts.usecases import set_password

    given = sys.stdin.readline().rstrip("\n")
    kept = hash_password(given)
    with db.begin(acting(db, as_login)) as work:
        set_password(work, login, password=given, password_hash=kept)
    say("Done.")


@accounts.command("list")
@click.option("--role", help="Only who holds this role.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, role: str | None, as_login: str | None, as_json: bool) -> None:
    """Everybody, with roles and unit."""
    from dataclasses import asdict

    from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
    from kmsvc.people.accounts.queries import people_page

    with db.look(acting(db, as_login)) as work:
        work.permit(MANAGE_ACCOUNTS)
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
@as_option
@with_database
def create(db: Any, settings: Any, login: str, days: int, name: str, as_login: str | None) -> None:
    """Print a new token, and nothing else; it is never shown again."""
    from kmsvc.people.sessions.usecases import create_token

    with db.begin(acting(db, as_login)) as work:
        secret = create_token(work, login.strip().lower(), name=name, days=days)
    click.echo(secret)


@accounts.command("import")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--make-units", is_flag=True, help="Make units that are missing instead of refusing the row.")
@click.option("--passwords", "passwords_to", type=click.Path(dir_okay=False),
              help="Make a first password for each new account and write them to this new csv file (mode 0600).")
@as_option
@json_option
@with_database
def import_file(db: Any, settings: Any, file: str, dry_run: bool, make_units: bool, passwords_to: str | None,
                as_login: str | None, as_json: bool) -> None:
    """Take in a csv or xlsx list: login,name,email,roles,unit,post,language; exit 1 when some rows were refused."""
    from kmsvc.cli.staff import take_in

    take_in(db, acting(db, as_login), file, dry_run=dry_run, make_units=make_units, passwords_to=passwords_to, as_json=as_json)


def _with_a_reason(name: str, about: str) -> None:
    @accounts.command(name, help=about)
    @click.argument("login")
    @click.option("--reason", required=True, help="Stands in the audit trail.")
    @as_option
    @with_database
    def command(db: Any, settings: Any, login: str, reason: str, as_login: str | None) -> None:
        from kmsvc.people.accounts.usecases import resume_person, suspend_person

        with db.begin(acting(db, as_login)) as work:
            {"suspend": suspend_person, "resume": resume_person}[name](work, person_id(work, login), reason=reason)
        say("Done.")


_with_a_reason("suspend", "Stop a person from signing in; sessions and tokens end at once.")
_with_a_reason("resume", "Let a suspended person sign in again.")


@accounts.command()
@click.argument("login")
@click.option("--confirm", required=True, metavar="LOGIN", help="The same account again: it cannot be brought back.")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@with_database
def erase(db: Any, settings: Any, login: str, confirm: str, reason: str, as_login: str | None) -> None:
    """Put a pseudonym in the place of name, e-mail and logins of a suspended person, for good."""
    from kmsvc.people.accounts.erasing import erase_person

    with db.begin(acting(db, as_login)) as work:
        person = erase_person(work, person_id(work, login), confirm=confirm, reason=reason)
        say(f"Erased; from now on: {person.name}.")


@accounts.command("edit")
@click.argument("login")
@click.option("--name", help="Another name.")
@click.option("--email", help="Another e-mail; an empty one takes it away.")
@click.option("--role", "roles", multiple=True, help="All roles from now on; may be given several times.")
@click.option("--unit", help="Code of another unit.")
@click.option("--post", help="Code or name of another post; an empty one takes it away.")
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of pages and mail.")
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@with_database
def edit(db: Any, settings: Any, login: str, name: str | None, email: str | None, roles: tuple[str, ...], unit: str | None,
         post: str | None, language: str | None, reason: str | None, as_login: str | None) -> None:
    """Change what is known of a person; what is left out stays."""
    from kmsvc.people.accounts.usecases import change_person

    with db.begin(acting(db, as_login)) as work:
        work.because(reason)
        change_person(work, person_id(work, login), name=name, email=email, roles=list(roles) or None, unit_code=unit,
                      post=post, language=language)
    say("Done.")


def person_id(work: Any, login: str) -> int:
    """The person with this login; a sentence where there is none."""
    from kmsvc.people.accounts.queries import person_by_login

    person = person_by_login(work.session, login)
    if person is None:
        raise Sentence(N_("There is no account with this login."))
    found: int = person.id
    return found


@tokens.command("list")
@click.argument("login")
@as_option
@json_option
@with_database
def tokens_list(db: Any, settings: Any, login: str, as_login: str | None, as_json: bool) -> None:
    """The tokens of a person, never their secrets."""
    from kmsvc.people.accounts.permissions import KEEP_SELF, MANAGE_ACCOUNTS
    from kmsvc.people.sessions.queries import tokens_of
    from kmsvc.people.sessions.schemas import token_json

    with db.look(acting(db, as_login)) as work:
        person = person_id(work, login)
        work.permit(KEEP_SELF if person == work.actor.person_id else MANAGE_ACCOUNTS)
        cards = tokens_of(work.session, person, work.now)
    put({"items": [token_json(card) for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.id:6} {card.state:8} {card.expires_at:%Y-%m-%d}  {card.name}" for card in cards))


@tokens.command("revoke")
@click.argument("token_id", type=int)
@as_option
@with_database
def tokens_revoke(db: Any, settings: Any, token_id: int, as_login: str | None) -> None:
    """End a token at once."""
    from kmsvc.people.sessions.usecases import revoke_token

    with db.begin(acting(db, as_login)) as work:
        revoke_token(work, token_id)
    say("Done.")


people.add_command(factor)
people.add_command(units)
people.add_command(readers)
people.add_command(posts)
