"""Pages of duties: the list, one with its life, the yearly wheel."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import open_units
from kmsvc.standards.duties import queries, showing, things, verbs, wheel
from kmsvc.standards.duties.drawing import ring
from kmsvc.standards.duties.past import card_on, cards_on, cut_of
from kmsvc.standards.duties.permissions import KEEP_DUTIES, KEEP_DUTY_RULES, SEE_DUTIES, SEE_OWN_DUTIES
from kmsvc.standards.duties.proving import wanted, way_to
from kmsvc.standards.duties.rules import DutyState
from kmsvc.standards.duties.schemas import DutiesAsked, DutyAsked, WheelQuery, WheelYearInput, filters_of
from kmsvc.standards.models.permissions import SEE_STANDARDS

blueprint = Blueprint("standards_duties_pages", __name__, url_prefix="/standards/duties")
PAGE = 50
MOST_EXPORTED = 20_000
DAYS = (7, 30, 90)
for _name in ("index", "show", "year"):
    past.readable(f"standards_duties_pages.{_name}")


def earlier(asked: date | None) -> date | None:
    """A day before today; None shows today."""
    return asked if asked is not None and asked < today() else None


def _people(session: Any) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in directory(session).active() if one.logins]


@blueprint.get("")
def index() -> str | Response:
    """Duties by due day: those of the centre, or the own ones."""
    actor = current_actor()
    require(actor, SEE_OWN_DUTIES)
    asked = query_data(DutiesAsked)
    chosen = filters_of(asked)
    day = earlier(asked["as_of"])
    with look() as work:
        every = cards_on(work.session, actor, chosen, day, settings().timezone) if day else None
        if every is not None and asked["format"]:
            return list_answer(asked["format"], N_("Duties"), showing.HEAD, [showing.row_of(one) for one in every[:MOST_EXPORTED]],
                               name=f"duties-{day}", more=len(every) > MOST_EXPORTED)
        if asked["format"]:
            lines, rest = queries.duty_cards(work.session, actor, chosen, today(), limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Duties"), showing.HEAD, [showing.row_of(one) for one in lines], name="duties",
                               more=rest is not None)
        if every is not None:
            start = asked["cursor"] or 0
            lines, following = every[start:start + PAGE], start + PAGE if start + PAGE < len(every) else None
        else:
            lines, following = queries.duty_cards(work.session, actor, chosen, today(), after=asked["cursor"], limit=PAGE)
        return render_template(
            "standards/duties/index.html", asked=asked, lines=lines, next_cursor=following, show=showing,
            total=len(every) if every is not None else queries.count_duties(work.session, actor, chosen, today()),
            sees_all=can(actor, SEE_DUTIES), clauses=queries.clauses_with_duties(work.session),
            people=_people(work.session), units=[(one.id, one.name) for one in open_units(work.session)],
            states=[("late", sentence(N_("Late"))), *((one.value, label(one)) for one in DutyState)],
            days=[(one, sentence(N_("Due within %(n)s days"), {"n": one})) for one in DAYS], rules=can(actor, SEE_DUTIES), part="list")


@blueprint.get("/<int:duty_id>")
def show(duty_id: int) -> str:
    """One duty with its records and its history."""
    return _page(duty_id)


def _page(duty_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    day = earlier(query_data(DutyAsked)["as_of"]) if refused is None else None
    with look() as work:
        row = queries.visible_duty(work.session, work.actor, duty_id)
        card = card_on(work.session, work.actor, row, day, settings().timezone) if day else queries.duty_card(
            work.session, work.actor, duty_id, today())
        rule = queries.rule_of(work.session, row)
        people = directory(work.session).people
        return render_template(
            "standards/duties/show.html", card=card, rule=rule, wanted=wanted(work.session, rule), reads=can(work.actor, SEE_STANDARDS),
            way=way_to(work.actor, rule), show=showing,
            steps=queries.steps_of(work.session, duty_id, cut_of(day, settings().timezone) if day else None),
            beside=queries.beside(work.session, row) if day is None else (0, 0),
            offers={one.verb: one for one in verbs.offers_for(work, row, today())} if day is None else {},
            verbs=verbs.VERBS, refused=refused, today=today(), people={one.id: one.name for one in people.values()},
            sees_all=can(work.actor, SEE_DUTIES), part="list",
            adds=day is None and bool(rule) and things.adds(work.session, work.actor, duty_id))


@blueprint.post("/<int:duty_id>/<any(do, prove, drop_record, plan, move, give, waive, cancel, reopen):name>")
def act(duty_id: int, name: str) -> Response:
    """Do something with a duty."""
    typed = form_data()
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, duty_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(duty_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", duty_id=duty_id))


@blueprint.get("/wheel")
def year() -> str:
    """The whole year on one page."""
    actor = current_actor()
    require(actor, SEE_OWN_DUTIES)
    asked = query_data(WheelQuery)
    day = earlier(asked["as_of"])
    soon = queries.DutyFilters(owner=asked["owner"], unit=asked["unit"], days=30)
    with look() as work:
        then = cards_on(work.session, actor, queries.DutyFilters(), day, settings().timezone) if day else None
        found = wheel.wheel(work.session, actor, asked["year"] or (day or today()).year, day or today(), owner=asked["owner"],
                            unit=asked["unit"], then=then)
        first = (cards_on(work.session, actor, soon, day, settings().timezone)[:6] if day
                 else queries.duty_cards(work.session, actor, soon, today(), limit=6)[0])
        return render_template(
            "standards/duties/wheel.html", wheel=found, asked=asked, ring=ring(found.months), show=showing,
            people=_people(work.session), first=first,
            units=[(one.id, one.name) for one in open_units(work.session)], sees_all=can(actor, SEE_DUTIES),
            keeps=day is None and can(actor, KEEP_DUTIES), rules=day is None and can(actor, KEEP_DUTY_RULES), today=day or today(),
            part="wheel")


ACTS = {"level": (wheel.level_year, N_("%(n)s duties were planned into emptier months. It can be taken back.")),
        "unlevel": (lambda work, year, day: wheel.unlevel_year(work, year), N_("%(n)s duties stand on their due day again.")),
        "make": (lambda work, year, day: wheel.make_year(work, year), N_("%(n)s duties were missing and are there now."))}


@blueprint.post("/wheel/<any(level, unlevel, make):name>")
def act_year(name: str) -> Response:
    """Plan a year, take that back, or make what is missing of it."""
    data = load(WheelYearInput)
    run, said = ACTS[name]
    with begin() as work:
        count = run(work, data["year"], today())
    flash(sentence(said, {"n": count}), "ok")
    return go(url_for(".year", year=data["year"]))
