"""Lists over many people: what ends soon or is missing, a kind over a year, who may handle which queue; each with its export."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import look, query_data, settings, today
from kmsvc.training.certificates import queries, queue_board, showing, things, yearly
from kmsvc.training.certificates.exam_rules import EXPIRING, LACKING, THIS_YEAR
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.permissions import REVOKE_CERTIFICATE
from kmsvc.training.certificates.rules import CertificateState
from kmsvc.training.certificates.schemas import DAYS, QueueQuery, ShortPage, YearPage
from kmsvc.training.certificates.yearly import YearState
from kmsvc.training.exams.permissions import PLAN_EXAM

blueprint = Blueprint("training_certificate_lists_pages", __name__, url_prefix="/training/certificates")
PAGE = 50


def exam_address(kind: CertificateKind, rule: str) -> str:
    """The wizard of an exam with these people, this proof and a name."""
    title = sentence(N_("%(name)s: recertification"), {"name": kind.name})
    return "/training/exams/new?" + urlencode({"template": "recertification", "title": title, "rule": rule, "value": kind.number,
                                               "proves": kind.id})


@blueprint.get("/expiring")
def expiring() -> str | Response:
    """What ends within days, is over, or is missing; by kind, with one click to an exam for these people."""
    asked = query_data(ShortPage)
    days = int(asked["days"] or 90)
    with look() as work:
        units = queries.units_seen(work, asked["unit"])
        everything = queries.short_of(work.session, today(), units=units, days=days)
        kinds = {row.id: row for row, _ in queries.kind_lines(work.session) if row.retired_at is None}
        teams = queries.teams(work.session, work.actor)
        plans, revokes = can(work.actor, PLAN_EXAM), can(work.actor, REVOKE_CERTIFICATE)
        noted = things.look_at_team(work.session, asked["unit"], "expiring")
    shown(noted, Place.PAGE)
    words = (asked["q"] or "").casefold()
    found = [one for one in everything if one.kind_id in kinds
             and (not asked["kind"] or kinds[one.kind_id].number == asked["kind"])
             and (not asked["what"] or queries.is_what(one, asked["what"])) and words in f"{one.person} {one.name}".casefold()]
    if asked["format"]:
        return list_answer(asked["format"], N_("Expiring and missing certificates"), showing.SHORT_HEAD, showing.short_rows(found),
                           name="expiring", more=False)
    start = asked["cursor"]
    per_kind = [(kind, sum(one.kind_id == kind.id and one.expires for one in everything),
                 sum(one.kind_id == kind.id and not one.expires for one in everything),
                 exam_address(kind, EXPIRING), exam_address(kind, LACKING)) for kind in kinds.values()]
    return render_template(
        "training/certificates/expiring.html", asked=asked, days=days, found=found[start:start + PAGE], total=len(found), teams=teams,
        per_kind=[one for one in per_kind if one[1] or one[2]], kinds=kinds, plans=plans, revokes=revokes, show=showing, part="expiring",
        over=sum(one.expires and one.state == CertificateState.EXPIRED for one in everything), today=today(),
        soon=sum(one.expires and one.state != CertificateState.EXPIRED for one in everything),
        missing=sum(not one.expires for one in everything), kind_options=[(one.number, one.name) for one in kinds.values()],
        day_options=[(str(one), one) for one in DAYS],
        next_cursor=start + PAGE if start + PAGE < len(found) else None)


@blueprint.get("/years")
def years() -> str | Response:
    """A kind over a year: who must, who has, who is late."""
    asked = query_data(YearPage)
    year = asked["year"] or today().year
    with look() as work:
        units = queries.units_seen(work, asked["unit"])
        kinds = yearly.yearly_kinds(work.session)
        kind = yearly.kind_of(kinds, asked["kind"])
        run = yearly.year_of(work.session, kind, year, today(), units) if kind is not None else None
        teams = queries.teams(work.session, work.actor)
        plans = can(work.actor, PLAN_EXAM)
        noted = things.look_at_team(work.session, asked["unit"], f"year {year}")
    shown(noted, Place.PAGE)
    words = (asked["q"] or "").casefold()
    found = [one for one in run.lines if (not asked["state"] or one.state == asked["state"])
             and words in one.person.casefold()] if run else []
    if asked["format"]:
        return list_answer(asked["format"], N_("Yearly check"), showing.YEAR_HEAD, showing.year_rows(found), name="year", more=False)
    start = asked["cursor"]
    return render_template(
        "training/certificates/years.html", asked=asked, year=year, run=run, found=found[start:start + PAGE], total=len(found),
        kinds=kinds, kind=kind, teams=teams, plans=plans, show=showing, part="years", states=list(YearState),
        exam=exam_address(kind, THIS_YEAR) if kind and year == today().year else None,
        kind_options=[(one.number, one.name) for one in kinds],
        year_options=[(one, one) for one in range(today().year - 4, today().year + 2)],
        next_cursor=start + PAGE if start + PAGE < len(found) else None)


@blueprint.get("/queues")
def queues() -> str | Response:
    """Who may handle which queue on a day; with an hour, whom one can put on it then."""
    asked = query_data(QueueQuery)
    on = asked["on"] or today()
    at = queue_board.instant_of(on, asked["at"], settings().timezone)
    with look() as work:
        units = queries.units_seen(work, asked["unit"])
        names = queue_board.queue_names(work.session, on)
        sums = queue_board.queue_sums(work.session, on, units)
        board = queue_board.queue_board(work.session, asked["queue"], on, units, at) if asked["queue"] else None
        kinds = {str(row.id): row.name for row, _ in queries.kind_lines(work.session)}
        teams = queries.teams(work.session, work.actor)
        noted = things.look_at_team(work.session, asked["unit"], f"queue {asked['queue'] or '*'} {on}")
    shown(noted, Place.PAGE)
    wanted = [one for one in board.lines if one.fit or (asked["who"] == "all") or (
        asked["who"] is None and (one.right.may or one.right.lost))] if board else []
    start = 0 if asked["format"] else asked["cursor"]
    lines = wanted[start:None if asked["format"] else start + PAGE]
    if asked["format"] and board is not None:
        return list_answer(asked["format"], N_("Queue"), showing.QUEUE_HEAD, showing.queue_rows(board, kinds, lines), name="queue",
                           more=False)
    if asked["format"]:
        return list_answer(asked["format"], N_("Queues"), (N_("Queue"), N_("May handle it"), N_("People"), N_("Only by grace"), N_(
            "Ends within 30 days")), [[one.queue, one.may, one.people, one.grace, one.soon] for one in sums], name="queues", more=False)
    return render_template("training/certificates/queues.html", asked=asked, on=on, is_today=on == today(), names=names, sums=sums,
                           board=board, lines=lines, name_options=[(one, one) for one in names],
                           kinds=kinds, teams=teams, show=showing, part="queues", typed_at=asked["at"], total=len(wanted),
                           next_cursor=start + PAGE if board and start + PAGE < len(wanted) else None,
                           hidden=len(board.lines) - len(wanted) if board and asked["who"] is None else 0)
