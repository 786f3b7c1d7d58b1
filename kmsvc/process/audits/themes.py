"""The verbs of a themed optimisation: begin, change, touch a process, open its change request, close with a result, drop.
Source: domain section 4.3, N14."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits.events import OptimisationChanged
from kmsvc.process.audits.models import Optimisation, OptimisationProcess
from kmsvc.process.audits.permissions import KEEP_THEMES
from kmsvc.process.audits.rules import LONGEST, OptimisationResult, OptimisationState, check_quarter
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.usecases import submit_change
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import READ_PROCESS


@dataclass(frozen=True)
class Theme:
    """What a themed optimisation says. processes: ids; owner: a person's id."""

    year: int
    quarter: int
    theme: str
    why: str
    expected: str
    owner: int
    processes: Collection[int] = ()


def address_of(theme_id: int) -> str:
    """Where a themed optimisation stands."""
    return f"/process/audits/themes/{theme_id}"


def _check(work: Work, said: Theme) -> None:
    check_quarter(said.quarter)
    person = directory(work.session).people.get(said.owner)
    if person is None or not person.is_active:
        raise InvalidInput({"owner": [N_("This person does not work here any more.")]})


def add_theme(work: Work, said: Theme) -> Optimisation:
    """Begin a themed optimisation of a year."""
    work.permit(KEEP_THEMES)
    _check(work, said)
    row = Optimisation(
        number=number_of_year(work.session, "TO", "process_theme", said.year), year=said.year, quarter=said.quarter, theme=said.theme,
        why=said.why, expected=said.expected, owner_id=said.owner, state=OptimisationState.OPEN.value,
        made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    for process_id in dict.fromkeys(said.processes):
        _touch(work, row, process_id)
    work.session.flush()
    work.record(OptimisationChanged(row.id, "begin", row.version))
    return row


def theme_to_change(work: Work, theme_id: int, version: int | None = None, *, states: Collection[str] = (OptimisationState.OPEN,)
                    ) -> Optimisation:
    """The row, held to the end, for who may change it while it is under way. Raises NotPermitted, Stale, RuleBroken."""
    row = work.get(Optimisation, theme_id, lock=True, version=version)
    work.permit(KEEP_THEMES, row)
    if row.state not in states:
        raise RuleBroken("process.optimisation.state", N_("This optimisation is closed or dropped; nothing in it changes any more."))
    return row


def write_theme(work: Work, theme_id: int, said: Theme, *, measured: str | None = None, version: int | None = None) -> Optimisation:
    """Put its words as given; its number and year stay."""
    row = theme_to_change(work, theme_id, version)
    _check(work, said)
    was = row.owner_id
    row.quarter, row.theme, row.why, row.expected, row.owner_id = said.quarter, said.theme, said.why, said.expected, said.owner
    row.measured = measured
    work.session.flush()
    work.record(OptimisationChanged(row.id, "begin" if was != row.owner_id else "write", row.version))
    return row


def touched(work: Work, theme_id: int) -> list[OptimisationProcess]:
    """The processes a theme touches, in the order in which they were named."""
    return list(work.session.scalars(select(OptimisationProcess).where(OptimisationProcess.theme_id == theme_id).order_by(
        OptimisationProcess.id)))


def _touch(work: Work, row: Optimisation, process_id: int) -> OptimisationProcess:
    process = work.session.get(Process, process_id)
    if process is None or process.retired_at is not None or not can(work.actor, READ_PROCESS, process):
        raise InvalidInput({"process": [N_("There is no such process in use.")]})
    if any(one.process_id == process_id for one in touched(work, row.id)):
        raise InvalidInput({"process": [N_("The theme touches this process already.")]})
    made = OptimisationProcess(theme_id=row.id, process_id=process_id)
    work.session.add(made)
    work.session.flush()
    return made


def touch(work: Work, theme_id: int, *, process_id: int, version: int | None = None) -> OptimisationProcess:
    """Name one more process that the theme touches."""
    return _touch(work, theme_to_change(work, theme_id, version), process_id)


def leave_out(work: Work, theme_id: int, *, process_id: int, version: int | None = None) -> None:
    """Take a process out of a theme, unless its change request was opened from here."""
    row = theme_to_change(work, theme_id, version)
    line = _line(work, row, process_id)
    if line.change_id is not None:
        raise RuleBroken("process.optimisation.has_change", N_("A change request was opened for this process from here; it stays."))
    work.session.delete(line)


def _line(work: Work, row: Optimisation, process_id: int) -> OptimisationProcess:
    found = next((one for one in touched(work, row.id) if one.process_id == process_id), None)
    if found is None:
        raise InvalidInput({"process": [N_("The theme does not touch this process.")]})
    return found


def open_change(work: Work, theme_id: int, *, process_id: int, today: date, reason: str | None = None, version: int | None = None
                ) -> Change:
    """Open the change request of a process that the theme touches, once; each leads to the other."""
    row = theme_to_change(work, theme_id, version)
    line = _line(work, row, process_id)
    if line.change_id is not None:
        raise RuleBroken("process.optimisation.has_change", N_("A change request was opened for this process from here; it stays."))
    process = work.get(Process, process_id)
    change = submit_change(
        work, title=f"{row.theme}: {process.name}"[:LONGEST["title"]], reason=reason or f"{row.number} {row.theme}\n{row.why}",
        today=today, process_id=process.id, place=address_of(row.id))
    line.change_id = change.id
    return change


def close_theme(work: Work, theme_id: int, *, result: str, measured: str, conclusion: str, today: date, version: int | None = None
                ) -> Optimisation:
    """Close it with its result and the effect that was measured; from here on nothing in it changes."""
    row = theme_to_change(work, theme_id, version)
    row.result, row.measured, row.conclusion = OptimisationResult(result).value, measured, conclusion
    row.state, row.closed_by_id, row.closed_on, row.closed_at = (
        OptimisationState.CLOSED.value, work.actor.person_id, today, work.now)
    work.session.flush()
    work.record(OptimisationChanged(row.id, "close", row.version))
    return row


def drop_theme(work: Work, theme_id: int, *, reason: str, version: int | None = None) -> Optimisation:
    """Drop it; it stays to be read, and can be taken up again."""
    row = theme_to_change(work, theme_id, version)
    work.because(reason)
    row.state, row.reason = OptimisationState.DROPPED.value, reason
    return row


def take_up(work: Work, theme_id: int, *, version: int | None = None) -> Optimisation:
    """Go on with one that was dropped."""
    row = theme_to_change(work, theme_id, version, states=(OptimisationState.DROPPED,))
    row.state, row.reason = OptimisationState.OPEN.value, None
    return row

