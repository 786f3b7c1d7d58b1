"""Pages of proof: the records of a year in one list, and how each clause is covered, as of any day. Source: features E14, W3, W4."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, look, query_data, today
from kmsvc.standards.evidence import queries, showing
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.proof_queries import expiring_before
from kmsvc.standards.evidence.register import KINDS, names_at
from kmsvc.standards.evidence.rules import MODEL, CoverState, Readiness
from kmsvc.standards.evidence.schemas import (
    CoverageAsked,
    EvidenceAsked,
    ReadinessAsked,
    audit_span,
    filters_of,
    place_of,
    span_of,
)

blueprint = Blueprint("standards_evidence_pages", __name__, url_prefix="/standards/evidence")
past.readable("standards_evidence_pages.index")
past.readable("standards_evidence_pages.coverage")
past.readable("standards_evidence_pages.readiness")
PAGE = 50
MOST_EXPORTED = 20_000
YEARS_BACK = 10


def _years(chosen: int) -> list[tuple[int, str]]:
    years = {today().year - back for back in range(YEARS_BACK + 1)} | {chosen}
    return [(one, str(one)) for one in sorted(years, reverse=True)]


@blueprint.get("")
def index() -> str | Response:
    """The records of a year: all reviews, exams, certificates, changes and duties in one list."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(EvidenceAsked)
    span = span_of(asked)
    with look() as work:
        every = queries.gathered(work.session, actor, span)
        found = queries.narrowed(every, filters_of(asked))[::-1]
        if asked["format"]:
            return list_answer(asked["format"], N_("Annual review records"), showing.HEAD,
                               [showing.row_of(one) for one in found[:MOST_EXPORTED]], name=f"records-{span.first.year}",
                               more=len(found) > MOST_EXPORTED)
        start = asked["cursor"] or 0
        names = names_at(work.session, span.cut)
        people = {who: names[who] for one in every for who in one.people if who in names}
        clauses = sorted({name for one in every for name in one.clauses}, key=lambda it: [int(part) for part in it.split(".")])
        titles = {one.name: one.title_zh if is_chinese() else one.title_en
                  for one in queries.clauses_in(work.session, MODEL)}
        return render_template(
            "standards/evidence/index.html", asked=asked, span=span, lines=found[start:start + PAGE], total=len(found), show=showing,
            next_cursor=start + PAGE if start + PAGE < len(found) else None, years=_years(span.first.year), today=today(),
            kinds=sorted(((one.name, sentence(one.label)) for one in KINDS.values()), key=lambda it: it[1]),
            clauses=[(one, f"#{one} {titles.get(one, '')}".strip()) for one in clauses],
            processes=sorted({(one.process_id, one.subject) for one in every if one.process_id is not None and one.kind != "duty"},
                             key=lambda it: it[1]),
            people=sorted(people.items(), key=lambda it: it[1]))


@blueprint.get("/coverage")
def coverage() -> str | Response:
    """How each clause is covered by the records of a year."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(CoverageAsked)
    span = span_of(asked)
    with look() as work:
        every = queries.coverage(work.session, actor, span, asked["q"])
        rows = [one for one in every if asked["state"] in (None, one.cover.state)]
        if asked["format"]:
            return list_answer(asked["format"], N_("Coverage by clause"), showing.COVER_HEAD,
                               [showing.cover_row_of(one) for one in rows], name=f"coverage-{span.first.year}")
        start = asked["cursor"] or 0
        return render_template(
            "standards/evidence/coverage.html", asked=asked, span=span, rows=rows[start:start + PAGE], total=len(rows), show=showing,
            next_cursor=start + PAGE if start + PAGE < len(rows) else None, years=_years(span.first.year), today=today(),
            states=[("", sentence(N_("All"))), *((one.value, label(one)) for one in CoverState)],
            counts={one.value: sum(row.cover.state is one for row in every) for one in CoverState})


@blueprint.get("/readiness")
def readiness() -> str | Response:
    """What will fail, is at risk or is ready on the day of an audit, with one button for each gap."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(ReadinessAsked)
    span, day = audit_span(asked), min(asked["as_of"] or today(), today())
    with look() as work:
        every = queries.ready(work.session, actor, span, day, asked["q"], as_known=day < today())
        rows = [one for one in every if asked["state"] in (None, one.state)]
        if asked["format"]:
            return list_answer(asked["format"], N_("Readiness for an audit"), showing.READY_HEAD,
                               [showing.ready_row_of(one) for one in rows], name=f"readiness-{span.as_of}")
        start = asked["cursor"] or 0
        rows = sorted(rows, key=lambda one: list(Readiness).index(one.state))  # what lacks something stands first; files keep the order
        return render_template(
            "standards/evidence/readiness.html", asked=asked, span=span, rows=rows[start:start + PAGE], total=len(rows), show=showing,
            next_cursor=start + PAGE if start + PAGE < len(rows) else None, years=_years(span.first.year), today=today(),
            place_of=place_of, states=[("", sentence(N_("All"))), *((one.value, label(one)) for one in Readiness)],
            missing=sum(len(one.gaps) for one in every), lapsing=expiring_before(work.session, span.as_of, day) if day == today() else 0,
            counts={one.value: sum(row.state is one for row in every) for one in Readiness})
