"""A row of a sheet of quality results: who, which day, how many points, which inspection, what was wrong. Several rows a day are several
inspections; the same file again changes only what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.values import day_in, of_hundred, plain
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.tables.taking import FILE, TODAY, RowSort, Taken
from kmsvc.training.onboarding import results
from kmsvc.training.onboarding.models import OnboardingImport, OnboardingImportRow, OnboardingNote, Trainee
from kmsvc.training.onboarding.permissions import ENTER_RESULTS
from kmsvc.training.onboarding.results import LONGEST, QUALITY, Result
from kmsvc.training.onboarding.results_queries import result_lines

EVERYTHING = 1_000_000
HEAD = (N_("Newcomer"), N_("Account"), N_("Day"), N_("Points of a hundred"), N_("Number of the inspection"), N_("What was noted"))
_IMPORT, _CLAIMED = "\0import", "\0claimed"


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Take one row in. It is known again by the number of the inspection; without one by its file and its place among the rows of the
    same person and day, else by saying the very same."""
    row = results.newcomer_named(work.session, plain(values.get("login", "")), values.get("name", "").strip())
    today = date.fromisoformat(before[TODAY]) if TODAY in before else centre_day(work.session, work.now)
    it = _result(values, today)
    results.judge(work, row, it, today)
    line = 1 + int(before.get(place := f"line {row.id} {it.on}", "0"))
    before[place] = str(line)
    if it.reference:
        if (key := f"reference {row.id} {it.reference}") in before:
            raise InvalidInput({"reference": [Filled(N_("The number “%(word)s” stands in the file twice."), word=it.reference[:60])]})
        before[key] = "1"
    name = values.get("name", "").strip() or plain(values.get("login", ""))
    made = _known(work, row, it, before, line)
    if made is None:
        if not dry_run:
            made = results.add(work, row, it, import_id=_import(work, before), line=line)
            _note(work, before, row, made, None)
            before[_CLAIMED] = f"{before.get(_CLAIMED, '')} {made.id}"
        return Taken("created", name)
    before[_CLAIMED] = f"{before.get(_CLAIMED, '')} {made.id}"
    was = results.said(made)
    it = Result(it.on, it.score, it.reference or was.reference, it.note or was.note)
    changes = tuple(code for code in ("on", "score", "reference", "note") if getattr(was, code) != getattr(it, code))
    if changes:
        results.put(made, it)
        _note(work, before, row, made, was)
    return Taken("updated" if changes else "unchanged", name, changes)


def _result(values: Mapping[str, str], today: date) -> Result:
    cell = values.get("score", "")
    score = of_hundred(cell, values.get("full", ""))
    if score is None:
        raise InvalidInput({"score": [
            N_("1 may be one point or all of them: write 1/100 or 100/100.") if plain(cell) in ("1", "1.0", "1.00") else
            Filled(N_("“%(word)s” is no result from 0 to 100."), word=cell[:40])]})
    on = day_in(values.get("on", ""), today)
    if on is None:
        raise InvalidInput({"on": [Filled(N_("“%(word)s” is no day."), word=values.get("on", "")[:40])]})
    return Result(on, score, " ".join(values.get("reference", "").split()) or None, values.get("note", "").strip() or None)


def _known(work: Work, row: Trainee, it: Result, before: Mapping[str, str], line: int) -> OnboardingNote | None:
    if it.reference:
        return results.numbered(work.session, row.id, it.reference)
    claimed = set(map(int, before.get(_CLAIMED, "").split()))
    held = [one for one in work.session.scalars(select(OnboardingNote).where(
        OnboardingNote.trainee_id == row.id, OnboardingNote.kind == QUALITY, OnboardingNote.on == it.on,
        OnboardingNote.reference.is_(None)).order_by(OnboardingNote.id)) if one.id not in claimed]
    files = dict(work.session.execute(select(OnboardingImport.id, OnboardingImport.file).where(
        OnboardingImport.id.in_({one.import_id for one in held if one.import_id}))).all())
    file = before.get(FILE, "")[:LONGEST["file"]]
    same_place = next((one for one in held if one.line == line and files.get(one.import_id or 0) == file), None)
    return same_place or next((one for one in held if (one.score, one.text) == (it.score, it.note)), None)


def _import(work: Work, before: dict[str, str]) -> int:
    held = work.session.get(OnboardingImport, int(before[_IMPORT])) if _IMPORT in before else None
    if held is None:
        held = OnboardingImport(file=before.get(FILE, "")[:LONGEST["file"]], by_id=work.actor.person_id, at=work.now)
        work.session.add(held)
        work.session.flush()
        before[_IMPORT] = str(held.id)
    return held.id


def _note(work: Work, before: dict[str, str], row: Trainee, made: OnboardingNote, was: Result | None) -> None:
    work.session.add(OnboardingImportRow(
        import_id=_import(work, before), trainee_id=row.id, note_id=made.id, before=results.as_json(was) if was else None,
        after=results.as_json(results.said(made), made.line)))
    work.session.flush()


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All results as rows of the export."""
    found, _ = result_lines(work.session, work.actor, limit=EVERYTHING)
    return [(one.person, one.login, one.on, one.score, one.reference, one.note) for one in found]


RESULTS = RowSort("onboarding_results", ENTER_RESULTS, take, HEAD, lines, columns=(
    ("name", HEAD[0], N_("The name, or the account in its place.")),
    ("login", HEAD[1], N_("Needed only where two newcomers have the same name.")),
    ("on", HEAD[2], N_("The day that was inspected, as 2026-03-05, 2026/3/5 or written out; one with a time too.")),
    ("score", HEAD[3], N_("92, 92.5, 46/50, or percent, also as 0.92.")),
    ("full", N_("Full marks"), N_("Where results are not of a hundred: how many points there are.")),
    ("reference", HEAD[4], N_("By it a result is known again; without one by its place among those of the same day.")),
    ("note", HEAD[5], N_("What points were lost for."))),
    place="/training/onboarding/results", title=N_("Quality results of newcomers"))
