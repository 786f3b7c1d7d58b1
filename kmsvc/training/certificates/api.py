"""Certificates as JSON: passports of people and teams on any day, kinds, who needs them, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.core import offers
from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.training.certificates import (
    batches,
    doing,
    proving,
    queries,
    queue_board,
    things,
    usecases,
    yearly,
)
from kmsvc.training.certificates.models import Certificate, CertificateBatch, CertificateNeed, Passing
from kmsvc.training.certificates.permissions import KEEP_CERTIFICATES, SEE_CERTIFICATES
from kmsvc.training.certificates.queries import is_what
from kmsvc.training.certificates.rows import PASSINGS
from kmsvc.training.certificates.schemas import (
    DayQuery,
    KindInput,
    KindsQuery,
    ManyInput,
    QueueQuery,
    ShortQuery,
    VerifyQuery,
    YearQuery,
    batch_json,
    board_json,
    kind_json,
    need_json,
    paper_json,
    passport_json,
    planned_json,
    queue_sum_json,
    short_json,
    year_json,
    year_line_json,
)

MOST_BATCHES = 1_000
blueprint = Blueprint("training_certificates_api", __name__, url_prefix="/api/v1/training/certificates")


@blueprint.get("")
@says(query=DayQuery)
def mine() -> Response:
    """The own passport."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(DayQuery)
    with look() as work:
        if work.actor.person_id is None:
            raise NotFound()
        return reply(passport_json(queries.passport(work, work.actor.person_id, asked["on"] or today())))


@blueprint.get("/people/<int:person_id>")
@says(query=DayQuery)
def person(person_id: int) -> Response:
    """The passport of a person."""
    asked = query_data(DayQuery)
    with look() as work:
        on = asked["on"] or today()
        card = queries.passport(work, person_id, on)
        shown(things.look_at_person(work.session, work.actor, person_id, on.isoformat()), Place.PROGRAM)
        return reply(passport_json(card))


@blueprint.get("/teams/<int:unit_id>")
@says(query=DayQuery)
def team(unit_id: int) -> Response:
    """The passports of a team."""
    asked = query_data(DayQuery)
    with look() as work:
        on = asked["on"] or today()
        name, found = queries.team(work, unit_id, on)
        shown(things.look_at_team(work.session, unit_id, on.isoformat()), Place.PROGRAM)
    return reply({"id": unit_id, "name": name, "items": [passport_json(one) for one in found]})


@blueprint.get("/kinds")
@says(query=KindsQuery)
def kinds() -> Response:
    """Kinds of certificates, by number."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(KindsQuery)
    with look() as work:
        found = queries.kind_lines(work.session, q=asked["q"], purpose=asked["purpose"])
    return reply(part_of(found, asked, lambda one: kind_json(*one)))


@blueprint.get("/kinds/<int:kind_id>")
def kind(kind_id: int) -> Response:
    """One kind and who needs it."""
    require(current_actor(), SEE_CERTIFICATES)
    with look() as work:
        body = _kind(work, kind_id)
        return reply(body, version=body["version"])


def _kind(work: Work, kind_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.visible_kind(work.session, kind_id)
    open_now = ("change", "ask", "retire") if row.retired_at is None else ("restore",)
    return kind_json(row) | {"needs": [need_json(one) for one in queries.need_lines(work.session, kind_id)], "allowed": offers.allowed(
        f"/api/v1/training/certificates/kinds/{kind_id}",
        [offers.Act(name, doing.KIND_ACTS[name][0]) for name in open_now if can(work.actor, KEEP_CERTIFICATES)])}


@blueprint.post("/kinds")
@says(body=KindInput, status=201)
def make() -> Response:
    """Make a kind."""
    data = load(KindInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.make_kind(work, usecases.KindDraft(**data))
        return _kind(work, row.id), 201, row.version
    return posting(effect)


def _view(table: dict[str, Any], name: str, shown: Any) -> Any:
    schema, act, said = table[name]

    @says(body=schema, summary=said)
    def view(**which: int) -> Response:
        one = next(iter(which.values()))
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            act(work, one, data, today(), version)
            return shown(work, one), 200, None
        return posting(effect)
    return view


def _of_need(work: Work, need_id: int) -> dict[str, Any]:
    return _kind(work, work.get(CertificateNeed, need_id).kind_id)


def _of_passing(work: Work, passing_id: int) -> dict[str, Any]:
    return _of_held(work, work.get(Passing, passing_id).certificate_id)


def _of_batch(work: Work, batch_id: int) -> dict[str, Any]:
    work.session.flush()
    return batch_json(work.get(CertificateBatch, batch_id))


def _of_held(work: Work, certificate_id: int) -> dict[str, Any]:
    work.session.flush()
    return passport_json(queries.passport(work, work.get(Certificate, certificate_id).person_id, today()))


for _name in doing.KIND_ACTS:
    blueprint.add_url_rule(f"/kinds/<int:kind_id>/{_name}", endpoint=f"kind_{_name}", view_func=_view(doing.KIND_ACTS, _name, _kind),
                           methods=["POST"])
for _name in doing.NEED_ACTS:
    blueprint.add_url_rule(f"/needs/<int:need_id>/{_name}", endpoint=f"need_{_name}", view_func=_view(doing.NEED_ACTS, _name, _of_need),
                           methods=["POST"])
for _name in doing.HELD_ACTS:
    blueprint.add_url_rule(f"/held/<int:certificate_id>/{_name}", endpoint=f"held_{_name}",
                           view_func=_view(doing.HELD_ACTS, _name, _of_held), methods=["POST"])
for _name in doing.PASSING_ACTS:
    blueprint.add_url_rule(f"/passings/<int:passing_id>/{_name}", endpoint=f"passing_{_name}",
                           view_func=_view(doing.PASSING_ACTS, _name, _of_passing), methods=["POST"])
for _name in doing.BATCH_ACTS:
    blueprint.add_url_rule(f"/batches/<int:many_id>/{_name}", endpoint=f"batch_{_name}",
                           view_func=_view(doing.BATCH_ACTS, _name, _of_batch), methods=["POST"])


@blueprint.get("/expiring")
@says(query=ShortQuery)
def expiring() -> Response:
    """Whose certificate ends within days (90), is over, or is missing."""
    asked = query_data(ShortQuery)
    with look() as work:
        found = queries.short_of(work.session, today(), units=queries.units_seen(work, asked["unit"]), days=int(asked["days"] or 90))
        shown(things.look_at_team(work.session, asked["unit"], "expiring"), Place.PROGRAM)
    words = (asked["q"] or "").casefold()
    return reply(part_of([one for one in found if (not asked["kind"] or one.number == asked["kind"].upper()) and (
        not asked["what"] or is_what(one, asked["what"])) and words in f"{one.person} {one.name}".casefold()], asked, short_json))


@blueprint.get("/years")
@says(query=YearQuery)
def years() -> Response:
    """A kind over a year: who must, who has, who is late."""
    asked = query_data(YearQuery)
    with look() as work:
        kind = yearly.kind_of(yearly.yearly_kinds(work.session), asked["kind"])
        if kind is None:
            raise NotFound()
        run = yearly.year_of(work.session, kind, asked["year"] or today().year, today(), queries.units_seen(work, asked["unit"]))
        shown(things.look_at_team(work.session, asked["unit"], f"year {run.year}"), Place.PROGRAM)
        words = (asked["q"] or "").casefold()
        lines = [one for one in run.lines if (not asked["state"] or one.state == asked["state"]) and words in one.person.casefold()]
        return reply(part_of(lines, asked, year_line_json) | {"year": year_json(run)})


@blueprint.get("/queues")
@says(query=QueueQuery)
def queues() -> Response:
    """Every queue with how many may handle it on a day; one queue: who may, and at a time who can be put on it."""
    asked = query_data(QueueQuery)
    on = asked["on"] or today()
    with look() as work:
        units = queries.units_seen(work, asked["unit"])
        shown(things.look_at_team(work.session, asked["unit"], f"queue {asked['queue'] or '*'} {on}"), Place.PROGRAM)
        if not asked["queue"]:
            return reply({"on": on, "items": [queue_sum_json(one) for one in queue_board.queue_sums(work.session, on, units)],
                          "next": None})
        board = queue_board.queue_board(work.session, asked["queue"], on, units, queue_board.instant_of(
            on, asked["at"], settings().timezone))
        body = board_json(board)
    return reply(body | {"items": [one for one in body["items"] if one["fit"] or asked["who"] != "fit"], "next": None})


@blueprint.get("/held/<int:certificate_id>/print")
def paper(certificate_id: int) -> Response:
    """What stands on a certificate on paper, with the code that proves it."""
    with look() as work:
        found = proving.paper_of(work, certificate_id, today())
        shown(things.look_at_person(work.session, work.actor, found.person_id, found.number), Place.PROGRAM)
    return reply(paper_json(found))


@blueprint.get("/verify")
@says(query=VerifyQuery)
def verify() -> Response:
    """Whether a code stands on a certificate of this house, and whether that counts today."""
    asked = query_data(VerifyQuery)
    with look() as work:
        found = proving.verified(work, asked["code"] or "", today())
        shown(things.look_at_person(work.session, work.actor, found.person_id, found.number), Place.PROGRAM)
    return reply(paper_json(found))


@blueprint.get("/batches")
@says(query=PageQuery)
def batch_list() -> Response:
    """Acts on many, newest first."""
    asked = query_data(PageQuery)
    with look() as work:
        found = batches.batch_lines(work, 0, MOST_BATCHES)[0]
        return reply(part_of(found, asked, lambda one: batch_json(one.row) | {"by": one.by, "undone_by": one.undone_by or None}))


def _many(act: str) -> Any:
    @says(body=ManyInput, summary=doing.MANY[act])
    def view() -> Response:
        data = load(ManyInput)

        def effect(work: Work) -> tuple[Any, int, int | None]:
            plan = batches.planned(work, act, data["ids"], days=data["days"], today=today())
            note(work, Act.SEEN, things.look_at_team(work.session, None, act), place=Place.PROGRAM)
            if data["dry_run"]:
                return {"batch": None, "items": [planned_json(one) for one in plan]}, 200, None
            batch = batches.do_many(work, act, data["ids"], reason=data["reason"] or "", days=data["days"], today=today())
            return {"batch": batch_json(batch), "items": [planned_json(one) for one in plan]}, 200, None
        return posting(effect)
    return view


for _name in doing.MANY:
    blueprint.add_url_rule(f"/batches/{_name}", endpoint=f"many_{_name}", view_func=_many(_name), methods=["POST"])


@blueprint.post("/batches/import")
@says(form=TableImport)
def import_passings() -> Response:
    """Passings from a sheet: every row is counted, every refused one named. One import is one act on many."""
    return run_for_program(PASSINGS)
