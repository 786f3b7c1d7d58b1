"""The daily page, made for a phone: the newcomer's own day, those a mentor or an inspector looks after, the classes of a teacher."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, today
from kmsvc.training.onboarding import doing, inputs, queries, showing
from kmsvc.training.onboarding.one import look_at_many
from kmsvc.training.onboarding.permissions import SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.today import day_of_person

blueprint = Blueprint("training_onboarding_today", __name__, url_prefix="/training/onboarding")


@blueprint.get("/today")
def day() -> str:
    """What is to be done today."""
    return _day()


def again(trainee_id: int, refused: tuple[str, dict[str, Any], dict[str, Any], str]) -> str:
    """The same page with what was refused for one newcomer, and what was typed."""
    return _day((trainee_id, *refused))


def _day(refused: tuple[int, str, dict[str, Any], dict[str, Any], str] | None = None, typed: dict[str, Any] | None = None,
         why: str = "") -> str:
    require(current_actor(), SEE_OWN_ONBOARDING)
    with look() as work:
        found = day_of_person(work, today())
        others = [one.row.person_id for its in (found.mentored, found.inspected, *(day.cards for day in found.classes)) for one in its]
        noted = look_at_many(work.session, work.actor, others, "day")
    shown(noted, Place.PAGE)
    return render_template("training/onboarding/today.html", found=found, refused=refused, typed=typed or {}, why=why, show=showing)


@blueprint.post("/classes/<int:class_id>/hand_in_day")
def hand_in_day(class_id: int) -> Response:
    """The word of the class teacher on each newcomer's day, handed in for those that were filled in."""
    typed = form_data()
    texts = [{"trainee_id": int(key[5:]), "text": value} for key, value in typed.items()
             if key.startswith("text-") and key[5:].isdecimal() and len(key) < 14 and value.strip()]
    try:
        if not texts:
            raise InvalidInput({"texts": [N_("Nothing is written yet.")]}, N_("Nothing is written yet."))
        data = load(inputs.DayInput, {"day": typed.get("day", ""), "texts": texts})
        with begin() as work:
            queries.class_of(work.session, work.actor, class_id)
            doing.hand_in_day(work, class_id, data, today())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_day(typed=typed | {"class_id": class_id}, why=told.said), error.status)
    flash(sentence(N_("Handed in for %(count)s newcomers."), {"count": len(texts)}), "ok")
    return go(url_for(".day") + f"#class-{class_id}")


