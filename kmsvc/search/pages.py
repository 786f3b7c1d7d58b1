"""The agent's search: results while typing, the answer beside them, and a note of what was looked for and opened."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from marshmallow import EXCLUDE, fields, validate

from kmsvc.core import cards, past
from kmsvc.core.cards import Moment
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.i18n import listed, sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, Whole, Words
from kmsvc.core.web import begin, current_actor, database, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.search.api import engine
from kmsvc.search.keeping import kept_for, known_marks
from kmsvc.search.noting import note_search
from kmsvc.search.past import ask_on
from kmsvc.search.permissions import SEARCH, SET_UNIT_FILTER
from kmsvc.search.queries import Answer, ask, lag_seconds, names_for
from kmsvc.search.running import running_for
from kmsvc.search.scopes import DIMENSIONS, register_of
from kmsvc.search.showing import (
    answer_of,
    category_label,
    facets,
    hits,
    kind_label,
    near_line,
    plain_answer,
    scope_groups,
    starts,
    uses_today,
)
from kmsvc.search.starting import start_of

past.readable("search_pages.index", "on", framed=False)
blueprint = Blueprint("search_pages", __name__, url_prefix="/search")

SHOWN = 10
LATE_S = 5.0
NEAREST = 3
_LETTERS = re.compile(r"[A-Za-z]{2,24}\Z")
LONGEST_MS = 600_000
"""From ten minutes on a time is that of a pause, and not kept."""


class Asked(InputSchema):
    """What is typed and chosen on the page."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(later=lambda: cards.KINDS)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    expired = fields.Boolean(load_default=False, allow_none=True)
    on = Day(load_default=None, allow_none=True)
    product, region, channel, customer = Words(), Words(), Words(), Words()
    f = fields.Boolean(load_default=False, allow_none=True, metadata={"description": "the filters are as stated here, none is kept"})
    limit = Whole(load_default=SHOWN, validate=validate.Range(min=1, max=200))


class Chosen(InputSchema):
    """A hit, and for what it was found."""

    kind = Line(required=True, validate=validate.Length(max=64))
    id = Whole(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    on = Day(load_default=None, allow_none=True)


class Opened(InputSchema):
    """A search that came to rest: what was typed, how many were found, what was read."""

    q = Line(required=True, validate=validate.Length(max=200))
    found = Whole(load_default=0, validate=validate.Range(min=0, max=1_000_000))
    kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=2**31 - 1))
    rank = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=1000))
    acted = fields.Boolean(load_default=None, allow_none=True)
    took = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0), metadata={
        "description": "milliseconds from the first key to the answer"})
    filter_kind = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    filter_category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    filter_on = Day(load_default=None, allow_none=True)
    filter_scopes = Line(load_default=None, allow_none=True, validate=validate.Length(max=2000))


def _may_search() -> None:
    if not can(current_actor(), SEARCH):
        raise NotPermitted()


@blueprint.get("")
def index() -> str:
    """The page: search box, results, answer."""
    _may_search()
    asked = asked_for()
    with look() as work:
        _settle(work, asked)
        kept = kept_for(work.session, work.actor)
        stated = asked["f"] or any(asked[name] for name in ("kind", "category", "scopes"))
        if not stated:
            asked |= {"kind": kept.chosen.kind, "category": kept.chosen.category, "scopes": kept.chosen.scopes}
        groups = scope_groups(register_of(work.session), asked["scopes"], work.actor.language)
        may_set = can(work.actor, SET_UNIT_FILTER) and work.actor.unit_id is not None
    shown = _found(asked)
    return render_template("search/index.html", **shown, scope_groups=groups, start=kept, may_set_start=may_set)


@blueprint.get("/live")
def live() -> str:
    """What a keystroke gets: the list and the answer of its first hit."""
    _may_search()
    return render_template("search/_live.html", **_found(asked_for()))


def asked_for() -> dict[str, Any]:
    """What the address asks for. Boxes send each value of where a text applies under the same name; see `_settle`."""
    schema = Asked(unknown=EXCLUDE)
    sent = {key: request.args.getlist(key) if key in DIMENSIONS else request.args[key] for key in request.args}
    asked = load(schema, sent)
    given = {name: asked.pop(name) or () for name in DIMENSIONS}
    return {**asked, "given": given, "scopes": None if any(given.values()) else ()}


def _settle(work: Work, asked: dict[str, Any]) -> None:
    """Bring what is given of where a text applies to marks, in the unit that answers: a keystroke asks the database once."""
    if asked["scopes"] is None:
        asked["scopes"] = known_marks(work.session, asked["given"])


@blueprint.get("/answer")
def answer() -> str:
    """The answer of one hit."""
    _may_search()
    asked = query_data(Chosen)
    with look() as work:
        shown = _answer(work, asked["kind"], asked["id"], moment_of(asked["on"]))
    if shown is None:
        raise NotFound()
    return render_template("search/_answer.html", answer=shown, q=asked["q"])


@blueprint.post("/opened")
def opened() -> Response:
    """Note a finished search; the page does not wait for it."""
    data = load(Opened)
    chosen = (data["kind"], data["id"]) if data["kind"] in cards.KINDS and data["id"] else None
    narrowed = {name: str(data[f"filter_{name}"]) for name in ("kind", "category", "on", "scopes") if data[f"filter_{name}"]}
    with begin() as work:
        note_search(work, query=data["q"], found=data["found"], filters=narrowed or None, opened=chosen,
                    rank=data["rank"] if chosen else None, acted=data["acted"],
                    took_ms=data["took"] if data["took"] is not None and data["took"] <= LONGEST_MS else None)
    return Response(status=204)


def moment_of(on: date | None) -> Moment | None:
    """The day that is looked back at, or ahead to; None for today."""
    return Moment(on, today(), settings().timezone) if on is not None and on != today() else None


def _answer(work: Work, kind: str, ref_id: int, moment: Moment | None = None) -> dict[str, Any] | None:
    described = cards.KINDS.get(kind)
    if moment is not None:
        then = described.on_day.reading(work.session, work.actor, ref_id, moment) if described and described.on_day else None
        return answer_of(work.session, then, work.actor, settings().timezone, today()) if then is not None else None
    if described and described.named:
        card = cards.card(work.session, work.actor, kind, ref_id)
        return plain_answer(card) if card else None
    reading = described.reading(work.session, work.actor, ref_id, today()) if described and described.reading else None
    return answer_of(work.session, reading, work.actor, settings().timezone, today()) if reading is not None else None


def _found(asked: dict[str, Any]) -> dict[str, Any]:
    """Everything the templates of the page need for what was asked."""
    moment = moment_of(asked["on"])
    shown: dict[str, Any] = {"q": asked["q"], "on": moment.day if moment else None,
                             "expired": asked["expired"], "hits": [], "total": 0, "took_ms": None,
                             "answer": None, "heard": None, "facets": facets(_NOTHING, asked["kind"], asked["category"])}
    if not asked["q"]:
        with look() as work:
            _settle(work, asked)
            found = start_of(work.session, work.actor, today(), settings().timezone)
            shown["chips"] = chips(work, asked)
        return shown | {"starts": starts(found, today())}
    with look() as work:
        _settle(work, asked)
        now = database().clock()
        lag = lag_seconds(work.session, now)
        narrowed = {"kind": asked["kind"], "category": asked["category"], "scopes": asked["scopes"], "limit": asked["limit"]}
        if moment is not None:
            result = ask_on(work.session, engine(), work.actor, text=asked["q"], moment=moment, lag_s=lag, **narrowed)
        else:
            result = ask(work.session, engine(), work.actor, text=asked["q"], on=today(), lag_s=lag, **narrowed,
                         expired=bool(asked["expired"]))
            shown["running"] = [replace(one, word=sentence(one.word))
                                for one in running_for(work.session, work.actor, asked["q"], result.expansions, now)]
        uses = uses_today(work.session, [(one.card.kind, one.card.id) for one in result.items],
                          start_of_day(today(), settings().timezone))
        shown |= {"hits": hits(result.items, uses, today(), moment.day if moment else None), "total": result.total,
                  "took_ms": result.took_ms, "tried": result.tried, "degraded": result.degraded, "also": _also(result),
                  "late_s": round(lag) if lag >= LATE_S and not result.degraded else None,
                  "facets": facets(result, asked["kind"], asked["category"]), "chips": chips(work, asked),
                  "scope_counts": {mark: n for mark, n in result.scopes.items() if n}}
        if result.items:
            first = result.items[0].card
            shown["answer"] = _answer(work, first.kind, first.id, moment)
            spelt = result.slipped or (_LETTERS.match(asked["q"]) and asked["q"].lower() not in first.title.lower())
            shown["heard"] = first.title if spelt else None
            shown["more_url"] = _more(asked, result)
        else:
            shown["nearest"] = _nearest(work, result)
            shown["held_nowhere"] = bool(result.nearest)
            shown["unfiltered"] = _unfiltered(work, asked, lag) if asked["kind"] or asked["category"] or asked["scopes"] or moment else 0
    return shown


def _unfiltered(work: Work, asked: dict[str, Any], lag: float) -> int:
    """How many there are without the filters that are on: what they hide is not missing."""
    return ask(work.session, engine(), work.actor, text=asked["q"], on=today(), lag_s=lag, limit=1,
               expired=bool(asked["expired"])).total


def _also(result: Answer) -> str:
    """The words that were searched too, in a row."""
    return listed(dict.fromkeys(word for added in result.expansions.values() for word in added))


def _more(asked: dict[str, Any], result: Answer) -> str | None:
    if result.total <= len(result.items) or asked["limit"] >= 200:
        return None
    chosen = {"q": asked["q"]} | address_of(asked) | {"limit": 200}
    if asked["expired"]:
        chosen["expired"] = 1
    if asked["on"]:
        chosen["on"] = asked["on"].isoformat()
    return f"{request.script_root}/search?{urlencode(chosen, doseq=True)}"


def _nearest(work: Work, result: Answer) -> list[dict[str, Any]]:
    """Up to three names that fit a part of what was typed; of what this reader may see, like everything here."""
    found = {(card.kind, card.id): near_line(card) for card in result.nearest}
    for word in sorted(result.tried, key=len, reverse=True)[:6]:
        for _, card in names_for(work.session, engine(), work.actor, word, today(), NEAREST):
            found.setdefault((card.kind, card.id), near_line(card))
    return list(found.values())[:NEAREST]


def chips(work: Work, asked: dict[str, Any]) -> list[dict[str, str]]:
    """What the search is narrowed by, one by one, each with the address without it."""
    known = register_of(work.session)
    found = [(name, asked[name], word(asked[name])) for name, word in (("kind", kind_label), ("category", category_label))
             if asked[name]]
    found += [(known.values[mark].dimension, mark, known.values[mark].called(work.actor.language)) for mark in asked["scopes"]]
    return [{"name": name, "value": value, "label": label,
             "url": f"{request.script_root}/search?{urlencode({'q': asked['q'] or ''} | address_of(asked, value), doseq=True)}"}
            for name, value, label in found]


def address_of(asked: dict[str, Any], without: str = "") -> dict[str, Any]:
    """The filters of a search as an address says them, but one."""
    found: dict[str, Any] = {name: asked[name] for name in ("kind", "category") if asked[name] not in (None, "", without)}
    for mark in asked["scopes"]:
        if mark != without:
            dimension, _, number = mark.partition(".")
            found.setdefault(dimension, []).append(number)
    return found | {"f": 1}


_NOTHING = Answer([], 0, 0.0, 0.0, {}, {}, ())
