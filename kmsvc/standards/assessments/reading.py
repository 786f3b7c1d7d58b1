"""What pages, JSON and commands read of one round together: its standing, a simulation, a comparison, a file of marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kmsvc.convert.service import sheets_file
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.standards.assessments.marking import HEAD, WORDS
from kmsvc.standards.assessments.models import ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.permissions import SEE_ASSESSMENTS
from kmsvc.standards.assessments.queries import RoundCard, closed_rounds, round_card
from kmsvc.standards.assessments.simulating import Change, Simulated, changes, simulate
from kmsvc.standards.assessments.standing import Standing, answers_of, standing_of
from kmsvc.standards.assessments.verbs import sides_of

TABLES = (".csv", ".xlsx")
MOST_BYTES = 5_000_000


def standing(work: Work, assessment_id: int) -> tuple[RoundCard, list[ClauseAnswer], Standing]:
    """One round with its answers and how it stands. Raises NotPermitted, NotFound."""
    work.permit(SEE_ASSESSMENTS)
    card = round_card(work.session, work.actor, assessment_id)
    answers = answers_of(work.session, card.row.id)
    return card, answers, standing_of(work.session, card.row, answers)


def next_level(held: Standing, aimed: str | None) -> str:
    """The level to simulate: what the round aims at, else the one above what is attained, else the highest. NotFound: no levels."""
    names = [one.level for one in held.levels]
    if not names:
        raise NotFound()
    if aimed in names:
        return str(aimed)
    place = names.index(held.attained) + 1 if held.attained in names else 0
    return names[min(place, len(names) - 1)]


def simulation(work: Work, assessment_id: int, target: str | None, items: str | None) -> tuple[RoundCard, Standing, Simulated]:
    """What is missing to a level of a round. items: what is done, the whole way where it is not said. InvalidInput: no such level,
    no such clause."""
    card, answers, held = standing(work, assessment_id)
    names = [one.level for one in held.levels]
    if target is not None and target not in names:
        raise InvalidInput({"target": [Filled(N_("There is no such level; there are: %(names)s."), names=", ".join(names) or "\u2013")]})
    chosen = None if items is None else sides_of(items)
    days = {one.name: one.effort_days for one in answers}
    strange = [name for name, _ in chosen or () if name not in days]
    if strange:
        raise InvalidInput({"items": [Filled(N_("Clause %(name)s is not in this round."), name=strange[0])]})
    return card, held, simulate(held, target or next_level(held, card.row.target), chosen, days)


def comparison(work: Work, assessment_id: int, other: int | None) -> tuple[RoundCard, Standing, RoundCard, Standing, list[Change]]:
    """A round beside another, that before first. NotFound where there is none to compare with."""
    card, _, now = standing(work, assessment_id)
    chosen = other or card.row.earlier_id or _before(work, card)
    if chosen is None:
        raise NotFound(N_("There is no closed round of this standard to compare with yet."))
    if chosen == card.line.id:
        raise InvalidInput({"other": [N_("A round is compared with another one.")]}, labels={"other": N_("Compared with the round")})
    before, _, then = standing(work, chosen)
    if before.model.code != card.model.code:
        raise InvalidInput({"other": [N_("Rounds of two standards cannot be compared item by item.")]})
    return before, then, card, now, changes(then, now)


def comparable(work: Work, card: RoundCard) -> list[Any]:
    """Closed rounds of the same standard, newest first, without itself."""
    return [one for one in closed_rounds(work.session, work.actor) if one.model == card.model.code and one.id != card.line.id]


def _before(work: Work, card: RoundCard) -> int | None:
    held = comparable(work, card)
    baseline = next((one.id for one in held if one.is_baseline), None)
    return baseline or next((one.id for one in held if one.id < card.line.id), None)


def marks_text(path: Path, name: str) -> str:
    """A file of marks as the csv that `read_answers` takes. InvalidInput and Refused where it is no table we read."""
    if not name.lower().endswith(TABLES):
        raise InvalidInput({"file": [N_("Marks are a csv or xlsx file.")]})
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInput({"file": [N_("The file is too large.")]})
    out = io.StringIO()
    writer = csv.writer(out)
    written = 0
    for sheet in sheets_file(path, name)[:1]:
        for number, cells in sheet.rows:
            writer.writerows([] for _ in range(number - written - 1))  # rows keep the numbers people see
            writer.writerow([_cell(cell) for cell in cells])
            written = number
    return out.getvalue()


def _cell(cell: str) -> str:
    """A whole number of a spreadsheet without its `.0`."""
    return cell.removesuffix(".0") if cell.removesuffix(".0").isdecimal() else cell


def marks_rows(row: SelfAssessment, answers: Sequence[ClauseAnswer]) -> tuple[list[str], list[list[Any]]]:
    """The marks of a round as the file that `import` reads again: headings and rows."""
    lines = []
    for one in answers:
        no, _, sub = one.name.partition(".")
        lines.append([no, sub, one.c, one.f, one.reason, one.strengths, one.gaps])
    return [*HEAD, *WORDS], lines
