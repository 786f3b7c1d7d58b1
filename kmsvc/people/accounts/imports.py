"""Lists of staff from csv and xlsx. A dry run says what would happen; each row is a transaction of its own.

The same file again changes nothing: a row is compared with what is known, and only differences are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from kmsvc.convert.reports import Report, RowResult, reasons_of
from kmsvc.convert.result import Notice, Table
from kmsvc.convert.service import table_file
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotPermitted, Refusal, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts import usecases
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.passwords import hash_password, readable_password
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.accounts.rows import FaultyRow, Wanted, understand
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import all_posts, all_units, open_posts, open_units
from kmsvc.people.units.usecases import add_post, add_unit


@dataclass(frozen=True)
class StaffResult(RowResult):
    """What happened, or would happen, to one person. password: made for a new account."""

    login: str = ""
    password: str | None = None


def read_staff(path: Path | str, name: str) -> tuple[list[Table], list[Notice]]:
    """The sheets of a file, read in the limited child; raises Refused with a sentence."""
    tables, notices = table_file(path, name, sort="accounts")
    return tables, [*notices, *(table.how_read for table in tables)]


def import_staff(
    db: Database,
    actor: Actor,
    tables: Sequence[Table],
    notices: Sequence[Notice],
    file: str,
    *,
    dry_run: bool = False,
    make_units: bool = False,
    passwords: bool = False,
    told: Callable[[int], None] = lambda done: None,
) -> Report[StaffResult]:
    """Take in every row that can be; the others are named with the reason. passwords: make one for each new account.

    A row of a known login changes only what differs; an empty cell leaves the value alone. Posts are made when missing.
    Raises BrokenOff, with the report so far, when it ends in the middle: what is in stays, the same again takes the rest.
    """
    report = Report[StaffResult]([], list(notices))
    results = report.results
    seen: dict[str, int] = {}
    with db.look(actor) as work:
        work.permit(MANAGE_ACCOUNTS)
        if not dry_run:
            check_fresh(actor)
    for table in tables:
        for row in table.rows:
            blank = StaffResult(file, row.number, row.values.get("name", ""), "rejected", login=row.values.get("login", ""))
            try:
                wanted = understand(row.values)
                if wanted.login in seen:
                    raise RuleBroken(
                        "people.import.twice",
                        N_("The staff number %(login)s stands in row %(row)s already."),
                        login=wanted.login,
                        row=seen[wanted.login],
                    )
                seen[wanted.login] = row.number
                secret = readable_password() if passwords and not dry_run and _is_new(db, actor, wanted.login) else None
                kept = hash_password(secret) if secret else None
                with _unit_of_work(db, actor, dry_run) as work:
                    outcome, changes = _take(work, wanted, make_units=make_units, dry_run=dry_run, kept=kept, file=file)
                results.append(
                    replace(
                        blank,
                        login=wanted.login,
                        name=wanted.name or blank.name,
                        outcome=outcome,
                        changes=changes,
                        password=secret if outcome == "created" else None,
                    )
                )
            except NotPermitted as error:
                if not results or dry_run:
                    raise
                raise report.broken(error, file, row.number) from error
            except Refusal as error:
                faults = error.faults if isinstance(error, FaultyRow) else (error,)
                results.append(replace(blank, reasons=tuple(why for fault in faults for why in reasons_of(fault))))
            except IntegrityError:
                results.append(replace(blank, reasons=((N_(
                    "Somebody changed the same account at this moment. Import the row again."), {}),)))
            except Exception as error:
                if dry_run:
                    raise
                raise report.broken(error, file, row.number) from error
            told(len(results))
    return report


@contextmanager
def _unit_of_work(db: Database, actor: Actor, dry_run: bool) -> Iterator[Work]:
    with db.look(actor) if dry_run else db.begin(actor) as work:
        yield work


def _is_new(db: Database, actor: Actor, login: str) -> bool:
    with db.look(actor) as work:
        return person_by_login(work.session, login) is None


def _take(
    work: Work, wanted: Wanted, *, make_units: bool, dry_run: bool, kept: str | None, file: str
) -> tuple[str, tuple[str, ...]]:
    """Compare one row with what is known and, unless this is a dry run, write the difference."""
    work.permit(MANAGE_ACCOUNTS)
    work.because(f"import: {file}"[:200])
    person = person_by_login(work.session, wanted.login)
    unit = _find(open_units(work.session), wanted.unit)
    post = _find(open_posts(work.session), wanted.post)
    if wanted.unit and unit is None and _find(all_units(work.session), wanted.unit) is not None:
        raise RuleBroken("people.import.unit_closed", N_("The unit \u201c%(unit)s\u201d is closed. Open it again first."),
                         unit=wanted.unit)
    if wanted.post and post is None and _find(all_posts(work.session), wanted.post) is not None:
        raise RuleBroken("people.import.post_closed", N_("The post \u201c%(post)s\u201d is closed. Open it again first."),
                         post=wanted.post)
    if wanted.unit and unit is None and not make_units:
        raise RuleBroken(
            "people.import.unit",
            N_("There is no unit \u201c%(unit)s\u201d. Make it first, or let the import make units."),
            unit=wanted.unit,
        )
    if person is None and wanted.name is None:
        raise RuleBroken("people.import.no_name", N_("There is no name in this row."))
    changes = _differences(person, wanted, unit, post)
    if person is not None and not changes:
        return "unchanged", ()
    if not dry_run:
        if wanted.unit and unit is None:
            unit = add_unit(work, code=wanted.unit, name=wanted.unit)
        if wanted.post and post is None:
            post = add_post(work, code=wanted.post, name=wanted.post)
        _write(work, person, wanted, changes, unit, post, kept)
    return ("created" if person is None else "updated"), changes


def _find(rows: Sequence[Any], word: str | None) -> Any:
    """The unit or post with this code, else the only one with this name."""
    if word is None:
        return None
    by_code = next((row for row in rows if row.code.lower() == word.lower()), None)
    named = [row for row in rows if row.name == word]
    return by_code or (named[0] if len(named) == 1 else None)


def _differences(person: Person | None, wanted: Wanted, unit: Unit | None, post: Post | None) -> tuple[str, ...]:
    now: dict[str, Any] = (
        {}
        if person is None
        else {
            "name": person.name,
            "email": person.email,
            "roles": person.role_names,
            "language": person.language,
            "unit": person.unit_id,
            "post": person.post_id,
        }
    )
    asked = {
        "name": wanted.name,
        "email": wanted.email,
        "roles": wanted.roles,
        "language": wanted.language,
        "unit": wanted.unit and (unit.id if unit else 0),
        "post": wanted.post and (post.id if post else 0),
    }
    return tuple(name for name, value in asked.items() if value is not None and value != now.get(name))


def _write(
    work: Work,
    person: Person | None,
    wanted: Wanted,
    changes: tuple[str, ...],
    unit: Unit | None,
    post: Post | None,
    kept: str | None,
) -> None:
    if person is None:
        usecases.add_account(
            work,
            login=wanted.login,
            name=wanted.name or wanted.login,
            roles=sorted(wanted.roles or ()),
            unit_code=unit.code if unit else None,
            email=wanted.email,
            post=post.code if post else None,
            language=wanted.language,
            password_hash=kept,
            must_change=kept is not None,
        )
        return
    asked: dict[str, Any] = {
        "name": wanted.name,
        "email": wanted.email,
        "roles": wanted.roles and sorted(wanted.roles),
        "language": wanted.language,
    }
    changed = {name: value for name, value in asked.items() if name in changes}
    usecases.change_person(
        work,
        person.id,
        **changed,
        unit_code=unit.code if unit and "unit" in changes else None,
        post=post.code if post and "post" in changes else None,
    )
