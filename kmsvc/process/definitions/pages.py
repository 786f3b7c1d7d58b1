"""Pages of processes: the tree, one process, its old versions, what changed between two, and what may be done with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.cards import Moment
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import InvalidInput, NotFound, Refusal, RuleBroken
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import AsOf, Day, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, look, query_data, settings, today, told_fields, wanted_version
from kmsvc.core.work import Work
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.showing import block_labels, painter
from kmsvc.markup.diff import count_changes, diff_blocks
from kmsvc.markup.kept import revive
from kmsvc.markup.render import reading_seconds, render_blocks
from kmsvc.markup.rows import MODES, mode_of, picked_pair, rows
from kmsvc.people.units.queries import unit_names
from kmsvc.process.definitions import queries, showing, verbs
from kmsvc.process.definitions.beside import given
from kmsvc.process.definitions.days import lines_on
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.rules import STATES, ProcessClass, ProcessGroup, PublicationKind
from kmsvc.process.definitions.secrets import secret_of

blueprint = Blueprint("process_definitions_pages", __name__, url_prefix="/process/definitions")

PAGE = 100
past.readable("process_definitions_pages.index")
past.readable("process_definitions_pages.show")


class TreeQuery(InputSchema):
    """The filters of the tree page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    group = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in ProcessGroup]))
    klass = fields.String(load_default=None, allow_none=True, data_key="class",
                          validate=validate.OneOf([one.value for one in ProcessClass]))
    owner = Whole(load_default=None, allow_none=True)
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    due = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["late", "soon"]))
    sort = Line(load_default=None, allow_none=True, validate=validate.Length(max=20))
    as_of = Day(load_default=None, allow_none=True)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


@blueprint.get("")
def index() -> str | Response:
    """The tree: two classes, seven groups, every process with owner, version and next review."""
    asked = query_data(TreeQuery)
    day = min(asked["as_of"] or today(), today())
    moment = Moment(day, today(), settings().timezone) if day < today() else None
    chosen = {"q": asked["q"], "group": asked["group"], "klass": asked["klass"], "owner_id": asked["owner"], "state": asked["state"]}
    with look() as work:
        every = lines_on(work.session, work.actor, moment) if moment else queries.process_lines(work.session, work.actor)
        found = [line for line in (lines_on(work.session, work.actor, moment, **chosen) if moment else queries.process_lines(
            work.session, work.actor, **chosen)) if showing.matches_due(line, asked["due"], day)]
        open_ones: dict[int, list[Any]] = {}
        for one in given.open_changes(work.session, work.actor, [line.id for line in found]) if moment is None else ():
            open_ones.setdefault(one.process_id, []).append(one)
        successors = queries.successor_numbers(work.session, work.actor, [line.id for line in found]) if moment is None else {}
        may_add = moment is None and can(work.actor, MANAGE_PROCESS)
    lines, grouped = showing.in_order(found, asked["sort"])
    states = {line.id: showing.state_of(line, open_ones.get(line.id, ()), successors, day) for line in lines}
    if asked["format"]:
        return list_answer(asked["format"], N_("Processes"), showing.EXPORT_HEAD, showing.export_rows(lines, states),
                           name="processes")
    start = asked["cursor"] or 0
    return render_template(
        "process/definitions/index.html", asked=asked, lines=lines[start:start + PAGE], grouped=grouped, states=states,
        total=len(lines), every=every, tree=showing.tree(every), owners=_owners(every), may_add=may_add, groups=ProcessGroup,
        classes=ProcessClass, next_cursor=start + PAGE if len(lines) > start + PAGE else None,
        due={line.id: showing.due_state(line.review_on, day) for line in lines},
        late=[line for line in every if showing.due_state(line.review_on, day) == "bad"],
        soon=sum(bool(showing.due_state(line.review_on, day)) for line in every))


def _owners(lines: list[queries.ProcessLine]) -> list[tuple[int, str]]:
    people = {line.owner_id: line.owner for line in lines if line.owner_id is not None}
    return sorted(people.items(), key=lambda pair: pair[1])  # type: ignore[arg-type, return-value]


@blueprint.get("/<int:process_id>")
def show(process_id: int) -> str:
    """One process: facts, text, line of versions, log, open requests, and what this person may do. `as_of=`: the version that was in
    force at the end of that day, to be read."""
    day = query_data(AsOf)["as_of"]
    if day is not None and day < today():
        with look() as work:
            process = queries.visible_process(work.session, work.actor, process_id)
            n = showing.in_force_before(start_of_day(day + timedelta(days=1), settings().timezone), queries.publication_lines(
                work.session, process), queries.version_lines(work.session, work.actor, process))
        if n is None:
            raise RuleBroken("process.definition.not_in_force", N_("This process was not in force on that day."))
        return version(process_id, n)
    return _page(process_id)


def _page(process_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        around = _surroundings(work, process)
        cards, log = around["cards"], queries.publication_lines(work.session, process)
        numbers = given.numbers(work.session, [one.change_id or 0 for one in (*cards, *log)])
        signed = given.approvals(work.session, {card.id: card.content_hash for card in cards})
        signers = {card.id: tuple(dict.fromkeys(one["person"] for one in signed.get(card.id, ()))) for card in cards}
        offers = {offer.verb: offer for offer in verbs.offers_for(work.session, work.actor, process, today())}
        line = _face(cards, log)
        face = queries.with_text(work.session, work.actor, line) if line else None
        before = next((card for card in cards if face and card.live_at is not None and card.n < face.n), None)
        html = _html(work, face)
        guard = _guarded(work, process, face, Place.PAGE)
    return render_template(
        "process/definitions/show.html", **around, **guard, face=face, before=before, html=html, offers=offers, refused=refused,
        versions=showing.version_rows(process_id, cards, log, numbers, signers), log=showing.log_rows(log, numbers),
        planned=next((f"V{line.new_label}" for line in log if line.done_at is None and line.new_label), None),
        seconds=reading_seconds(face.body) if face else None)


def _guarded(work: Work, process: Process, card: queries.VersionCard | None, place: Place) -> dict[str, Any]:
    """The secret words of the text that this page is about to show, noted before it does, and whether they may be printed."""
    found = secret_of(work.session, work.actor, process.id, process.number, card) if card is not None else None
    return {"secret": shown(found, place), "now": work.now, "may_print": can(work.actor, PRINT_SECRET)}


def _face(cards: list[queries.VersionLine], log: list[queries.PublicationLine]) -> queries.VersionLine | None:
    """What the page shows: the version in force, of a retired process the last one that was, else the newest draft."""
    last = next((line.old_label for line in log if line.kind == PublicationKind.RETIRE), None)
    for card in cards:
        if card.is_live:
            return card
    return next((card for card in cards if card.live_at is not None and card.label == last), cards[0] if cards else None)


def _surroundings(work: Work, process: Process) -> dict[str, Any]:
    """What every page about one process needs."""
    line = queries.lines_of(work.session, [process])[0]
    open_ones = given.open_changes(work.session, work.actor, [process.id])
    successors = queries.successor_numbers(work.session, work.actor, [process.id])
    unit = unit_names(work.session).get(process.audience_unit_id or 0)
    heir = process.superseded_by_id
    return {"process": line, "cards": queries.version_lines(work.session, work.actor, process), "open_changes": open_ones,
            "state": showing.state_of(line, open_ones, successors, today()), "unit": unit,
            "successor": queries.things(work.session, work.actor, [heir]).get(heir) if heir else None,
            "due": showing.due_state(line.review_on, today()), "retired_at": process.retired_at,
            "groups": ProcessGroup, "classes": ProcessClass, "reviews": queries.review_lines(work.session, process),
            "article": queries.article_link(work.session, work.actor, process.id)}


def _html(work: Work, card: queries.VersionCard | None) -> str:
    if card is None:
        return ""
    return render_blocks(revive(card.blocks), attachment_url=address_of(work.session, work.actor),
                         labels=block_labels())


@blueprint.get("/<int:process_id>/versions/<int:n>")
def version(process_id: int, n: int) -> str:
    """One version as it was, with a red bar and the way to what is in force."""
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        card = queries.version_card(work.session, work.actor, process, n)
        around = _surroundings(work, process)
        guard = _guarded(work, process, card, Place.VERSION)
        approvals = given.approvals(work.session, {card.id: card.content_hash}).get(card.id, [])
        number = given.numbers(work.session, [card.change_id or 0]).get(card.change_id or 0)
        html = _html(work, card)
    live = next((one for one in around["cards"] if one.is_live), None)
    older = next((one for one in around["cards"] if one.n < card.n), None)
    return render_template("process/definitions/version.html", **around, **guard, card=card, live=live, older=older, html=html,
                           approvals=approvals, change_number=number)


@blueprint.get("/<int:process_id>/versions/<int:n>/diff/<int:m>")
def difference(process_id: int, n: int, m: int) -> str:
    """What changed from version n to version m, in three views."""
    mode = mode_of(request.args.get("view"))
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        old = queries.version_card(work.session, work.actor, process, n)
        new = queries.version_card(work.session, work.actor, process, m)
        around = _surroundings(work, process)
        before, after = (_guarded(work, process, one, Place.COMPARISON) for one in (old, new))
        changes = diff_blocks(revive(old.blocks), revive(new.blocks))
        found = rows(changes, painter(work.session, work.actor), mode)
    here = url_for(".difference", process_id=process_id, n=n, m=m)
    return render_template("process/definitions/diff.html", **around, **(after if after["secret"] else before), old=old, new=new,
                           mode=mode, rows=found, changed=count_changes(changes), hrefs={one: f"{here}?view={one}" for one in MODES})


@blueprint.get("/<int:process_id>/compare")
def compare(process_id: int) -> Response:
    """The two picked versions as an address of their own."""
    pair = picked_pair(request.args.get("old"), request.args.get("new"))
    if pair is None:
        raise NotFound()
    return go(url_for(".difference", process_id=process_id, n=pair[0], m=pair[1]))


SAID = {"review": N_("Noted: reviewed, no change."), "revert": N_("The earlier version is in force again."),
        "keep": N_("Saved."), "retire": N_("Retired. Readers of old links see it with a red bar.")}


@blueprint.post("/<int:process_id>/<any(review, revert, keep, retire):name>")
def act(process_id: int, name: str) -> Response:
    """Do one of the acts; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in request.form.items() if key != "version"}
    try:
        data = load(verbs.VERBS[name].schema())
        around = verbs.Around(today(), settings().timezone, wanted_version())
        with begin() as work:
            verbs.act(work, process_id, name, data, around)
    except InvalidInput as error:
        return make_response(_page(process_id, refused=(name, {**typed, "errors": told_fields(error)},
                                                        sentence(error.sentence))), 422)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_page(process_id, refused=(name, {**typed, "errors": {}},
                                                        sentence(error.sentence, error.params))), 409)
    flash(sentence(SAID[name]), "ok")
    return go(url_for(".show", process_id=process_id))
