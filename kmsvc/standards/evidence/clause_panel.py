"""What proves a clause this year, beside the clause; and what a standard whose clauses come from another has proven already (E15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.duties import proving as duties
from kmsvc.standards.evidence import queries, showing
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.register import KINDS, Span
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.panels import Panel, PanelRow, register
from kmsvc.standards.models.queries import clauses_of, correspondences, mapped_to, sections_of
from kmsvc.standards.models.showing import title_of, title_of_section

MOST = 8
PROVEN = (CoverState.MET, CoverState.THERE)


def _span(work: Work, today: date) -> Span:
    return queries.year_span(today.year, today, work.session.info["zone"])


def _covered(work: Work, model: StandardModel, clauses: Sequence[Clause], records: Iterable[EvidenceRecord], span: Span
             ) -> dict[int, queries.CoverRow]:
    """Clause id -> how the records of its own standard cover it."""
    own = [one for one in records if one.model == model.code]
    return dict(zip((one.id for one in clauses), queries.covered(work.session, model.code, clauses, own, span), strict=True))


def panel(work: Work, clause: Clause, model: StandardModel, today: date) -> Panel | None:
    """What the clause asks for, how it stands, and its newest records."""
    if not can(work.actor, SEE_EVIDENCE) or not model.newest:
        return None
    span = _span(work, today)
    records = queries.gathered(work.session, work.actor, span)
    row = _covered(work, model, [clause], records, span)[clause.id]
    mine = [one for one in records if one.model == model.code and clause.name in one.clauses][::-1]
    rows = [PanelRow(sentence(N_("How it stands this year")), f"/standards/evidence/coverage?q={clause.name}",
                     showing.asked_for(row), showing.sign_of(row))]
    rows += [PanelRow(f"{one.number} {showing.title_of(one)}".strip(), one.url, f"{showing.kind_of(one)} {one.happened_on.isoformat()}",
                      showing.result_of(one)) for one in mine[:MOST]]
    kinds = proving(model.code, clause, span)
    said = sentence(N_("What proves it: %(kinds)s."), {"kinds": showing.listed(kinds)}) if kinds else sentence(
        N_("The service asks for no record of its own; a file or link can prove it."))
    doors = [(sentence(N_("Its records")), f"/standards/evidence?clause={clause.name}")] if model.code == queries.MODEL else []
    return Panel(rows, said, "", doors)


def proving(code: str, clause: Clause, span: Span) -> list[str]:
    """The kinds of records that prove a clause, in the reader's language."""
    names = dict.fromkeys(kind for rule in queries.rules_of(code, clause, span) for kind in rule.kinds)
    return [sentence(KINDS[name].label) for name in names if name in KINDS]


def reused(work: Work, clause: Clause, model: StandardModel, today: date) -> Panel | None:
    """What corresponding clauses of other standards have proven."""
    others = [one for one in correspondences(work.session, clause.id) if one.other is not None and one.model.newest]
    if not others or not can(work.actor, SEE_EVIDENCE):
        return None
    span = _span(work, today)
    records = queries.gathered(work.session, work.actor, span)
    rows = []
    for one in others:
        assert one.other is not None
        row = _covered(work, one.model, [one.other], records, span)[one.other.id]
        rows.append(PanelRow(f"{one.model.code} #{one.other.name} {title_of(one.other)}", f"/standards/models/clauses/{one.other.id}",
                             sentence(N_("%(n)s records"), {"n": row.cover.records}), showing.sign_of(row)))
    return Panel(rows, sentence(N_("Proof that can be used again: the records of a corresponding clause count here too.")))


def by_section(work: Work, model: StandardModel, today: date) -> Panel | None:
    """By module or section: what corresponds, what of it is proven, and the gap."""
    pairs = mapped_to(work.session, model.id)
    if not pairs or not can(work.actor, SEE_EVIDENCE):
        return None
    span = _span(work, today)
    records = queries.gathered(work.session, work.actor, span)
    sources = {of.id: of for _, _, _, of in pairs}
    states: dict[int, queries.CoverRow] = {}
    for of in sources.values():
        states |= _covered(work, of, [origin for _, origin, _, it in pairs if origin is not None and it.id == of.id], records, span)
    proven: dict[int, list[bool]] = {}
    for _, origin, heir, _ in pairs:
        if origin is not None and heir is not None:
            proven.setdefault(heir.id, []).append(states[origin.id].cover.state in PROVEN)
    rows = [_section_row(title, f"/standards/models/{model.id}?section={number}", inside, proven)
            for number, title, inside in _sections(work, model) if inside]
    return Panel(rows, sentence(N_("Proof of other standards that can be used again, by section; what corresponds and is not proven, "
                                   "and what corresponds to nothing, is the gap.")))


def _sections(work: Work, model: StandardModel) -> list[tuple[str, str, list[Clause]]]:
    by: dict[str, list[Clause]] = {}
    for one in clauses_of(work.session, model.id, subs=False):
        by.setdefault(one.section, []).append(one)
    return [(one.number, f"{one.number} {title_of_section(one)}", by.get(one.number, [])) for one in sections_of(work.session, model.id)]


def _section_row(title: str, url: str, inside: Sequence[Clause], proven: Mapping[int, Sequence[bool]]) -> PanelRow:
    mapped = [one for one in inside if one.id in proven]
    full = sum(all(proven[one.id]) for one in mapped)
    gap = len(inside) - full
    mark = ("ok", sentence(N_("proven"))) if not gap else ("warn" if full else "bad", sentence(N_("gap: %(n)s"), {"n": gap}))
    return PanelRow(title, url, sentence(N_("%(proven)s of %(mapped)s corresponding proven, %(all)s in all"), {
        "proven": full, "mapped": len(mapped), "all": len(inside)}), mark)


def _kinds(code: str, clause: Clause) -> list[str]:
    names = dict.fromkeys(kind for rule in queries.ruled(code).get(clause.name, ()) for kind in rule.kinds)
    return [sentence(KINDS[name].label) for name in names if name in KINDS]


duties.KINDS[:] = [_kinds]
register("evidence", 20, N_("Proof of this year"), clause=panel)
register("reused", 30, N_("Proof of other standards"), clause=reused, model=by_section)
