"""What is printed: a paper for each clause, and two pages for the board: how the year stands, what is missing, what expires next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.queries import CoverRow
from kmsvc.standards.evidence.register import KINDS, Span
from kmsvc.standards.evidence.rules import PROOF_KIND, CoverState, EvidenceRecord
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.queries import sections_of
from kmsvc.standards.packs import paper, sheets
from kmsvc.standards.packs.tongue import Tongue

WIDTHS = (2.1, 2.5, 2.4, 4.3, 3.1, 2, 1.7, 3.3)
SUMMARY, STATE, ASKED = N_("summary for the board"), N_("State"), N_("Asked for")
TOP_GAPS, TOP_EXPIRING = 24, 12
AHEAD = timedelta(days=90)
ASSESSED = "self_assessment"
"""the kind of record that a closed round of self-assessment leaves"""


def _page(say: Tongue) -> paper.Numbered:
    return lambda number: say(N_("Page %(n)s")) % {"n": number}


def clause_paper(title: str, about: str, state: str, asked: str, lacking: Sequence[str], rows: Sequence[Sequence[str]],
                 say: Tongue) -> bytes:
    """A clause: what it asks for, how it stands, what is missing, and its records."""
    said = [paper.heading(title), paper.line(about, quiet=True), paper.gap(2),
            paper.line(f"{say(STATE)}: {state}"), *([paper.line(f"{say(ASKED)}: {asked}")] if asked else []),
            *(paper.line(one) for one in lacking[:40])]
    if len(lacking) > 40:
        said.append(paper.line(say(N_("and %(n)s more")) % {"n": len(lacking) - 40}))
    return paper.paper(title, about, [*said, paper.gap(), *paper.table([say(one) for one in sheets.HEAD], rows, WIDTHS)], _page(say))


def summary(session: Session, actor: Actor, model: StandardModel, span: Span, about: str, rows: Sequence[CoverRow],
            records: Sequence[EvidenceRecord], say: Tongue) -> bytes:
    """Two pages. Coverage of each chapter beside that of the year before as it is known on the same day; the largest gaps; what expires
    within ninety days of the as-of day."""
    year = span.first.year
    before = queries.year_span(year - 1, span.as_of, span.zone)
    wanted = {row.clause for row in rows}
    clauses = [one for one in queries.clauses_in(session, model.code) if one.name in wanted]
    old = queries.covered(session, model.code, clauses, queries.borne(session, model, queries.gathered(session, actor, before)), before)
    chapters: dict[str, list[CoverRow]] = {}
    for row in rows:
        chapters.setdefault(row.section.partition(".")[0], []).append(row)
    past: dict[str, list[CoverRow]] = {}
    for row in old:
        past.setdefault(row.section.partition(".")[0], []).append(row)
    head = [say(N_("Chapter")), say(N_("Clauses")), say(N_("Something asked for")), say(N_("Proven")), say(N_("Proof is missing")),
            say(N_("Share proven")), say(N_("Year before"))]
    names = {one.number: f"{one.number} {say.title(one)}" for one in sections_of(session, model.id)}
    lines = [_line(names.get(name, name), held, past.get(name, ())) for name, held in chapters.items()]
    total = _line(say(N_("All")), rows, old)
    first = [paper.heading(f"{say.title(model)} \u00b7 {year} {say(SUMMARY)}"), paper.line(about, quiet=True), paper.gap(),
             paper.line(say(N_("%(met)s of %(asked)s clauses that ask for something this year are proven (%(share)s); the year before: "
                               "%(old)s. %(records)s records.")) % {"met": total[3], "asked": total[2], "share": total[5],
                                                                     "old": total[6], "records": len(records)}),
             *_assessed(session, model, span, say), paper.gap(), paper.heading(say(N_("Coverage by chapter")), 11),
             *paper.table(head, [*lines, total], (4, 1.5, 2, 1.7, 2, 2, 1.7))]
    gaps = sorted((row for row in rows if row.cover.state is CoverState.MISSING), key=lambda row: -_lacks(row))
    second = [paper.new_page(), paper.heading(say(N_("Largest gaps")), 11),
              *(paper.table([say(N_("Clause")), say(N_("What it asks for")), say(N_("Asked for")), say(N_("Missing"))], [
                  [f"#{row.clause}", say.title(row)[:40], sheets.asked_for(row.cover, say)[:60], str(_lacks(row))]
                  for row in gaps[:TOP_GAPS]], (1, 4, 6, 1)) if gaps else [paper.line(say(N_("Nothing is missing.")))]),
              paper.gap(), paper.heading(say(N_("What expires within 90 days")), 11), *_expiring(records, span, say)]
    return paper.paper(f"{model.code} {year}", about, [*first, *second], _page(say))


def _assessed(session: Session, model: StandardModel, span: Span, say: Tongue) -> list[paper.Flowable]:
    """The newest self-assessment of the standard that was closed by the as-of day, of whatever year; nothing without one."""
    kind = KINDS.get(ASSESSED)
    ever = Span(date(2000, 1, 1), span.as_of, span.as_of, span.zone)
    found = [one for one in (kind.gather(session, ever) if kind is not None else ()) if one.model == model.code]
    if not found:
        return []
    last = max(found, key=lambda one: (one.happened_on, one.id))
    return [paper.line(say(N_("Newest self-assessment: %(number)s of %(day)s, %(total)s points, level %(level)s.")) % {
        "number": last.number, "day": last.happened_on.isoformat(), "total": last.more["total"], "level": last.more["level"]})]


def _line(name: str, held: Sequence[CoverRow], before: Sequence[CoverRow]) -> list[str]:
    asked, met = _asked(held)
    return [name, str(len(held)), str(asked), str(met), str(asked - met), _share(met, asked), _share(*_asked(before)[::-1])]


def _asked(rows: Sequence[CoverRow]) -> tuple[int, int]:
    """(how many ask for something, how many of those are proven)"""
    met = sum(row.cover.state is CoverState.MET for row in rows)
    return met + sum(row.cover.state is CoverState.MISSING for row in rows), met


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "\u2013"


def _lacks(row: CoverRow) -> int:
    """How many records a clause lacks."""
    return sum(len(line.lacking) if line.rule.for_each else max(0, line.rule.at_least - line.found) for line in row.cover.lines
               if line.asks)


def _expiring(records: Sequence[EvidenceRecord], span: Span, say: Tongue) -> Sequence[paper.Flowable]:
    found = []
    for one in records:
        until = one.more.get("valid_to") if one.kind == PROOF_KIND else None
        if until and (day := date.fromisoformat(str(until))) and span.as_of <= day <= span.as_of + AHEAD:
            found.append([day.isoformat(), one.number, one.title[:40], one.subject[:24], one.who or ""])
    if not found:
        return [paper.line(say(N_("Nothing expires within these days.")))]
    head = [say(N_("Expires on")), say(N_("Number")), say(N_("Title")), say(N_("What it concerns")), say(N_("Who"))]
    return paper.table(head, sorted(found)[:TOP_EXPIRING], (2, 2, 5, 3, 2))
