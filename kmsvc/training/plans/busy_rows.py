"""A row of a sheet of leave, shifts or peaks. A time is known again by kind, person and where it lies: a shift at other hours of the
same time changes the one that is there; the same file again changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from kmsvc.convert.values import day_in, plain
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput
from kmsvc.core.options import value
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.taking import FILE, TODAY, RowSort, Taken
from kmsvc.training.plans import busy
from kmsvc.training.plans.busy_models import BusyImport, BusyImportRow
from kmsvc.training.plans.busy_queries import EVERYTHING, busy_lines
from kmsvc.training.plans.busy_reading import Interval, intervals, kind_of
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.targets import SHIFT_HOURS

HEAD = (N_("Full name"), N_("Account"), N_("Kind"), N_("Begins"), N_("Over at"), N_("Note"))
_IMPORT, _FILE_LENGTH = "\0import", 200
_FAR = date(2200, 12, 31)


def _take(zone: str, work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    today = date.fromisoformat(before[TODAY]) if TODAY in before else local_date(work.now, zone)
    name = values.get("name", "").strip()
    values = with_hours(values, value(work.session, SHIFT_HOURS))
    person = busy.person_of(work.session, kind_of(values), plain(values.get("login", "")), name)
    created = updated = False
    for it in intervals(values, today, zone):
        key = f"{it.kind} {person}"
        if any(begins < it.ends_at and it.starts_at < ends for begins, ends in _earlier(before, key)):
            raise InvalidInput({"on": [N_("It overlaps an earlier row of the file.")]})
        before[key] = f"{before.get(key, '')} {it.starts_at.isoformat()}/{it.ends_at.isoformat()}"
        there = busy.overlapping(work.session, person, it)
        if any((one.starts_at, one.ends_at) == (it.starts_at, it.ends_at) for one in there):
            continue
        if len(there) > 1:
            raise InvalidInput({"on": [Filled(N_("It overlaps %(number)d times that are there; delete what is no longer so first."),
                                              number=len(there))]})
        if there:
            updated = True
            _change(work, before, there[0], it)
        else:
            created = True
            row = busy.add(work, person, it, None if dry_run else _import(work, before))
            if not dry_run:
                _note(work, before, row, None)
    shown = name or plain(values.get("login", "")) or values.get("kind", "").strip()
    return Taken("created" if created else "updated" if updated else "unchanged", shown, ("hours",) if updated else ())


def by_day(values: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """A roster with a column a day: a row of its own for each cell that says something, under the heading of its day."""
    days = {code[1:]: cell for code, cell in values.items() if code.startswith("+") and day_in(code[1:], _FAR) is not None}
    if not days or any(values.get(name) for name in ("on", "until", "starts", "ends")):
        return []
    shared = {name: values.get(name, "") for name in ("name", "login", "note")}
    hours, kind = values.get("hours", ""), values.get("kind", "")
    return [(day, {**shared, "on": day, "kind": cell or kind, "hours": "" if cell else hours}) for day, cell in days.items()]


def with_hours(values: Mapping[str, str], known: str) -> Mapping[str, str]:
    """A row that names its shift by a word alone, with the times the centre has set for that word. known: as the setting has them."""
    word = plain(values.get("kind", ""))
    if not word or any(values.get(name, "").strip() for name in ("hours", "starts", "ends")):
        return values
    times = dict(one.split("=", 1) for one in re.split(r"[\s,;\u3001]+", plain(known)) if "=" in one)
    return {**values, "hours": times[word]} if word in times else values


def _earlier(before: Mapping[str, str], key: str) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in (
        word.split("/") for word in before.get(key, "").split())]


def _change(work: Work, before: dict[str, str], row: Busy, it: Interval) -> None:
    was = busy.as_json(row)
    busy.put(row, it)
    work.session.flush()
    _note(work, before, row, was)


def _import(work: Work, before: dict[str, str]) -> int:
    held = work.session.get(BusyImport, int(before[_IMPORT])) if _IMPORT in before else None
    if held is None:
        held = BusyImport(file=before.get(FILE, "")[:_FILE_LENGTH], by_id=work.actor.person_id, at=work.now)
        work.session.add(held)
        work.session.flush()
        before[_IMPORT] = str(held.id)
    return held.id


def _note(work: Work, before: dict[str, str], row: Busy, was: dict[str, Any] | None) -> None:
    work.session.add(BusyImportRow(import_id=_import(work, before), busy_id=row.id, before=was, after=busy.as_json(row)))
    work.session.flush()


def _lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    found, _ = busy_lines(work.session, work.actor, limit=EVERYTHING)
    return [(one.person, one.login, say(one.kind), local(one.starts_at), local(one.ends_at), one.note) for one in found]


def sort_for(zone: Callable[[], str]) -> RowSort:
    """The sheet as it is read in a zone. zone: asked when a row is read."""
    def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
        return _take(zone(), work, values, dry_run, before)
    return RowSort("busy", MAKE_PLANS, take, HEAD, _lines, columns=(
        ("name", HEAD[0], N_("The name, or the account in its place. Without either for a peak.")),
        ("login", HEAD[1], N_("Needed only where two people have the same name.")),
        ("kind", HEAD[2], N_("Leave, shift or peak; words as sick leave or night shift too. A row with times alone is a shift.")),
        ("on", N_("Day"), N_("The day, or the first one, as 2026-03-05, 2026/3/5 or written out.")),
        ("until", N_("Last day"), N_("Of leave, or of shifts and peaks that are the same every day.")),
        ("hours", N_("Clock times"), N_("9:00-18:00; 22:00-6:00 ends on the next day. Leave without times is the whole day; with times "
                                         "over several days it is one time from the first to the last.")),
        ("starts", HEAD[3], N_("In place of the times: 9:00, or with its day.")),
        ("ends", HEAD[4], N_("In place of the times: 18:00, or with its day.")),
        ("note", HEAD[5], N_("Shown to who plans trainings."))),
        place="/training/plans/busy", title=N_("Leave, shifts and peaks"), spread=by_day)
