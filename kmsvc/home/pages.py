"""The start page «My day», and two lists that belong to one person: what I asked for, what I have not confirmed."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from kmsvc.core.i18n import fmt_date, is_chinese, sentence
from kmsvc.core.permissions import Permission, require
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.home import own, queries
from kmsvc.knowledge.confirmations.queries import open_count, open_page
from kmsvc.knowledge.health.queries import own_by_gravity
from kmsvc.process.changes import rules
from kmsvc.process.changes.board import card_of
from kmsvc.search.permissions import SEARCH
from kmsvc.standards.duties.permissions import SEE_OWN_DUTIES
from kmsvc.training.courses.permissions import SEE_LEARNING
from kmsvc.training.practice.queries import of_the_day

blueprint = Blueprint("home", __name__)

SHOWN = 50
SEE_DAY = Permission("home.day.see", N_("See one's own day"))


@blueprint.get("/")
def my_day() -> str:
    """One list of what is mine to do, overdue first; of a long one its beginning, unless all is asked for."""
    require(current_actor(), SEE_DAY)
    shown = None if query_data(own.DayQuery)["all"] else SHOWN
    with look() as work:
        found = queries.tasks(work.session, work.actor, today(), settings().timezone, work.now)
        asked = queries.asked_by(work.session, work.actor.person_id, limit=6)
        grave = own_by_gravity(work.session, work.actor)
        practice = of_the_day(work.session, work.actor, today())
    if work.actor.person_id is not None:
        current_app.extensions["kmsvc.counts"].put(work.actor.person_id, len(found))
    return render_template("home/my_day.html", groups=queries.grouped(found, today()), total=len(found), shown=shown,
                           to_confirm=sum(task.kind == "confirmation" for task in found), asked=asked[:4], grave=grave,
                           practice=practice, more_asked=len(asked) > 4, fmt_day=fmt_day, due_text=due_text, **_words(asked))


@blueprint.get("/my/requests")
def my_requests() -> str | Response:
    """Everything I asked for, with its step and who has it; filters in the address and an export of what is shown."""
    require(current_actor(), SEE_DAY)
    asked = query_data(own.AskedQuery)
    with look() as work:
        lines, following = own.asked_page(
            work.session, work.actor.person_id, q=asked["q"], state=asked["state"],
            start=0 if asked["format"] else asked["cursor"] or 0, limit=own.MOST_EXPORTED if asked["format"] else own.PAGE)
        to_confirm = None if asked["format"] else open_count(work.session, work.actor)
    if asked["format"]:
        return own.asked_file(asked["format"], lines, today(), settings().timezone, more=following is not None)
    return render_template("home/requests.html", lines=lines, asked=asked, following=following, to_confirm=to_confirm, rules=rules,
                           **_words(lines))


@blueprint.get("/my/confirmations")
def my_confirmations() -> str | Response:
    """Every version I have not confirmed yet, earliest due first; filters in the address and an export of what is shown."""
    require(current_actor(), SEE_DAY)
    asked = query_data(own.ConfirmQuery)
    start = 0 if asked["format"] else asked["cursor"] or 0
    with look() as work:
        found, following = open_page(work.session, work.actor, q=asked["q"], until=own.due_until(asked["due"], today()),
                                     start=start, limit=own.MOST_EXPORTED if asked["format"] else own.PAGE)
        whole = not (asked["q"] or asked["due"] or start or following)
        to_confirm = len(found) if whole or asked["format"] else open_count(work.session, work.actor)
    if asked["format"]:
        return own.confirm_file(asked["format"], found, today(), settings().timezone, settings().base_url,
                                more=following is not None)
    return render_template("home/confirmations.html", found=found, asked=asked, following=following, to_confirm=to_confirm,
                           dues=[(code, sentence(word)) for code, word in own.DUE.items()], due_text=due_text)


@blueprint.get("/knowledge")
def knowledge_map() -> str:
    """All parts of Knowledge that the caller may use, with a line each."""
    require(current_actor(), SEARCH)
    return render_template("home/knowledge.html")


@blueprint.get("/training")
def training_map() -> str:
    """What waits for the caller in Training, then all its parts that the caller may use, with a line each."""
    require(current_actor(), SEE_LEARNING)
    with look() as work:
        found = [task for task in queries.tasks(work.session, work.actor, today(), settings().timezone, work.now)
                 if task.url.startswith("/training/")]
    return render_template("home/training.html", groups=queries.grouped(found, today()), total=len(found), due_text=due_text)


@blueprint.get("/standards")
def standards_map() -> str:
    """What waits for the caller in Standards, then all its parts that the caller may use, with a line each."""
    require(current_actor(), SEE_OWN_DUTIES)
    with look() as work:
        found = [task for task in queries.tasks(work.session, work.actor, today(), settings().timezone, work.now)
                 if task.url.startswith(("/standards/", "/process/audits"))]
    return render_template("home/standards.html", groups=queries.grouped(found, today()), total=len(found), due_text=due_text)


def _words(asked: list[Any]) -> dict[str, Any]:
    cards = {line.id: card_of(line, today(), settings().timezone) for line in asked}
    return {"cards": cards, "State": rules.State}


def fmt_day(day: date) -> str:
    """A day with its weekday."""
    name = format_date(day, "EEE")
    return f"{fmt_date(day)} {name}" if is_chinese() else f"{name} {fmt_date(day)}"


def due_text(day: date | None, late: int | None = None) -> str:
    """When something is due, as people say it: late by days, today, a weekday of this week, else the date.

    late: working days beyond its limit, for what counts in working days.
    """
    if day is None:
        return ""
    ahead = (day - today()).days
    if late:
        return ngettext("%(num)d working day late", "%(num)d working days late", late)
    if ahead < 0 and late is None:
        return ngettext("%(num)d day late", "%(num)d days late", -ahead)
    if ahead == 0:
        return _("today")
    short = str(format_date(day, "M\u6708d\u65e5" if is_chinese() else "d MMM"))
    return f"{format_date(day, 'EEE')} {short}" if ahead < 7 else short
