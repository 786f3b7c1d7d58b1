"""The duties of a clause this year, beside the clause."""

from __future__ import annotations

from datetime import date

from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.duties import queries, showing
from kmsvc.standards.duties.permissions import SEE_DUTIES
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.panels import Panel, PanelRow, register

MOST = 12


def panel(work: Work, clause: Clause, model: StandardModel, today: date) -> Panel | None:
    """The duties of this year by due day; None for who sees only the own ones."""
    if not can(work.actor, SEE_DUTIES) or not model.newest or model.code != queries.CLAUSE_MODEL:
        return None
    chosen = queries.DutyFilters(clause=clause.name, earliest=date(today.year, 1, 1), latest=date(today.year, 12, 31))
    cards, more = queries.duty_cards(work.session, work.actor, chosen, today, limit=MOST)
    total = queries.count_duties(work.session, work.actor, chosen, today)
    done = sum(one.state == "done" for one in cards) if more is None else None
    rows = [PanelRow(f"{showing.name_of(one)} {one.subject or showing.period_of(one)}", one.url,
                     f"{one.due_on.isoformat()} {one.owner}".strip(),
                     showing.sign_of(one)) for one in cards]
    return Panel(rows, sentence(N_("%(done)s of %(total)s of this year done"), {"done": done, "total": total})
                 if total and done is not None else "", sentence(N_("No duty of this year.")),
                 [(sentence(N_("Its duties")), f"/standards/duties?clause={clause.name}")])


register("duties", 10, N_("Duties of this year"), clause=panel)
