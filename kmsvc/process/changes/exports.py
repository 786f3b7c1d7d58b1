"""Tables to take away: the list of requests as filtered, and the record of one request in fifteen rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from flask import Response
from flask_babel import gettext as _

from kmsvc.convert.export import Cell, csv_bytes, xlsx_bytes
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import label, listed, local, sentence
from kmsvc.process.changes.enums import Urgency
from kmsvc.process.changes.fifteen import StepRow, deadline, label_of
from kmsvc.process.changes.outcomes import Outcome, Outcomes
from kmsvc.process.changes.queries import ChangeLine, HistoryLine
from kmsvc.process.changes.records import LABELS
from kmsvc.process.changes.rules import State
from kmsvc.process.changes.view import days_text

MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_ROWS = 5_000
COUNTED = frozenset({"verdict", "sample", "sit_in"})


def file_answer(form: str, name: str, title: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Response:
    """A table as a file to keep; NotFound for a form we do not write."""
    if form not in MEDIA:
        raise NotFound()
    body = csv_bytes(headers, rows) if form == "csv" else xlsx_bytes(title, headers, rows)
    answer = Response(body, mimetype=MEDIA[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def list_table(lines: Sequence[ChangeLine], today: date, zone: str) -> tuple[list[str], list[list[Cell]]]:
    """Headings and rows of the list."""
    headers = [_("Number"), _("Title"), _("State"), _("Step"), _("Process"), _("Asked by"), _("Urgency"), _("With"),
               _("In this step since"), _("Working day of the step"), _("Limit in working days"), _("Working days late"),
               _("In force from"), _("Submitted"), _("Wanted from"), _("Closed")]
    return headers, [[line.number, line.title, label(line.state, State), line.step, line.process_name, line.asker,
                      label(line.urgency, Urgency), listed(line.holders), _at(line.step_since, zone),
                      *_standing(line, today, zone), line.live_on,
                      _at(line.submitted_at, zone), line.wanted_on, _at(line.closed_at, zone)] for line in lines]


def _standing(line: ChangeLine, today: date, zone: str) -> tuple[int | None, int | None, int | None]:
    if line.closed_at or line.live_on:
        return None, None, None
    stands = deadline(line.step_since, line.limit_days, today, zone)
    return stands.day, stands.limit, stands.late


def record_table(rows: Sequence[StepRow], outcomes: Outcomes, now: datetime, zone: str) -> tuple[list[str], list[list[Cell]]]:
    """Headings and the fifteen rows of one request."""
    headers = [_("Step"), _("Name"), _("Phase"), _("Who"), _("Came"), _("Left"), _("How long"), _("Minutes"), _("Working days"),
               _("Limit in working days"), _("Rounds"), _("Decision"),
               _("Everything done in this step, with comments"), _("Records")]
    return headers, [[row.step.number, label(row.step.state), label(row.step.phase), listed(row.people),
                      _at(row.came_at, zone), _at(row.left_at, zone),
                      days_text(row.stood.total_seconds() / 86_400) if row.rounds else None,
                      round(row.stood.total_seconds() / 60) if row.rounds else None,
                      row.workdays(now, zone) if row.rounds else None, row.step.limit_days, row.rounds or None,
                      _decision(row, outcomes), "\n".join(_act(act, outcomes, zone) for act in row.acts),
                      "\n".join(dict.fromkeys(_record(act, outcomes) for act in row.acts if act.record_kind))]
                     for row in rows]


def _outcome(act: HistoryLine, outcomes: Outcomes) -> Outcome:
    return outcomes.get((act.record_kind or "", act.record_id or 0), Outcome(""))


def _decision(row: StepRow, outcomes: Outcomes) -> str:
    """What finished the step, and how often each verdict or result was given in it."""
    said = Counter(label(found.word) for act in row.acts if (found := _outcome(act, outcomes)).word and act.record_kind in COUNTED)
    return " · ".join([sentence(row.verb)] * bool(row.verb) + [f"{word} \u00d7 {count}" for word, count in said.items()])


def _record(act: HistoryLine, outcomes: Outcomes) -> str:
    """A record as people call it: kind, name, what it says."""
    found = _outcome(act, outcomes)
    name = f"{sentence(LABELS.get(act.record_kind or '', act.record_kind or ''))} {found.title}".strip()
    return f"{name} ({label(found.word)})" if found.word else name


def _act(act: HistoryLine, outcomes: Outcomes, zone: str) -> str:
    said = f"{local(act.at, zone):%Y-%m-%d %H:%M} {act.actor or _('the service')}: {sentence(label_of(act.verb))}"
    word = _outcome(act, outcomes).word
    said += f" ({label(word)})" if word and act.record_kind in COUNTED else ""
    return f"{said} | {act.comment}" if act.comment else said


def _at(instant: datetime | None, zone: str) -> datetime | None:
    return local(instant, zone).replace(tzinfo=None, second=0, microsecond=0) if instant else None
