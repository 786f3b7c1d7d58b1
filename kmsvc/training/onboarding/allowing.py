"""What a caller may do with a newcomer now, as every object with a life says it: verb, address, inputs with what can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer
from kmsvc.core.texts import N_
from kmsvc.training.onboarding.one import NewcomerCard
from kmsvc.training.onboarding.points import BY_HAND_NEVER, OnboardingList, PointState
from kmsvc.training.onboarding.rules import FACTORS, SCORED, NewcomerForm, NewcomerTalk

BASE = "/api/v1/training/onboarding"
_REASON = Input("reason", "text", N_("Reason"), required=True, most=2000)
_TEXT = Input("text", "text", N_("What was learned and seen"), required=True, most=4000)
FINAL_FIRST = ("enter_team", "go_on", "extend", "observe", "transfer", "leave")
"""the favourable verdict stands first"""


def allowed(card: NewcomerCard, today: date) -> list[dict[str, Any]]:
    """Every act that is open to the caller, in the order in which it is usually done."""
    return [{"verb": one.verb, "href": href, "method": "POST", "forward": one.forward, "schema": one.schema}
            for href, one in _offers(card, today) if one is not None]


def _offers(card: NewcomerCard, today: date) -> Iterator[tuple[str, Offer | None]]:
    here = f"{BASE}/trainees/{card.row.id}"
    for kind, signed in card.to_sign if card.own else []:
        yield f"{BASE}/{kind}s/{signed.it.id}/sign", offer(f"sign_{kind}", N_("Sign"), (
            Input("word", "text", N_("In own words"), most=2000),), {}, today, forward=True)
    for line in card.due:
        scored = (Input("score", "line", N_("Score"), required=True, default="80"),
                  Input("mark", "line", N_("Pass mark"), required=True, default="80")) if line.form in SCORED else ()
        factors = tuple(Input(name, "whole", words, required=True, default=5) for name, words in FACTORS.items()
                        ) if line.form == NewcomerForm.EVALUATION else ()
        yield f"{here}/hand_in", offer("hand_in", N_("Hand in a form"), (
            Input("form", "const", N_("Form of the day"), required=True), Input("day", "const", N_("Working day"), required=True),
            Input("part", "choice", N_("Filled in as"), required=True, choices="parts"), _TEXT, *scored, *factors),
            {"form": line.form.value, "day": line.number, "parts": [(one, one) for one in line.mine]}, today, forward=True)
    if card.keeps:
        yield from _kept(card, here, today)
    if card.decides and card.row.ended_on is None:
        verbs = [one for one in FINAL_FIRST if one == "go_on" or (one in card.may and not card.may[one])]
        yield f"{here}/talk", offer("talk", N_("Keep a talk"), (
            Input("talk", "choice", N_("Talk"), required=True, choices="talks"),
            Input("held_on", "date", N_("Held on"), default="today", past_only=True),
            Input("shortcomings", "text", N_("Shortcomings"), required=True, most=2000),
            Input("advice", "text", N_("Advice"), required=True, most=2000)),
            {"talks": [(one.value, one.value) for one in NewcomerTalk]}, today)
        yield f"{here}/decide", offer("decide", N_("Decide on the week"), (
            Input("verb", "choice", N_("Decision on the week"), required=True, choices="verbs"),
            Input("days", "whole", N_("Working days")), _REASON), {"verbs": [(one, one) for one in verbs]}, today, forward=True)
    if card.undoable is not None:
        yield f"{BASE}/decisions/{card.undoable}/undo", offer("undo", N_("Take it back"), (_REASON,), {}, today, back=True)


def _kept(card: NewcomerCard, here: str, today: date) -> Iterator[tuple[str, Offer | None]]:
    yield f"{here}/note", offer("note", N_("Note a day"), (
        Input("kind", "choice", N_("What is noted"), required=True, choices="kinds"),
        Input("on", "date", N_("Day"), default="today", past_only=True), Input("text", "text", N_("Note"), most=2000),
        Input("score", "line", N_("Score"))), {"kinds": [(one, one) for one in ("note", "attention", "absent", "quality")]}, today)
    open_points = [one for one in card.points if one.state == PointState.OPEN and one.key not in BY_HAND_NEVER]
    item = Input("item", "choice", N_("Point"), required=True, choices="items")
    proof = Input("proof", "line", N_("Proof"), required=True, most=500)
    yield f"{here}/tick", offer("tick", N_("Tick"), (item, proof, Input("reason", "text", N_("Reason"), most=2000)), {
        "items": [(one.key, one.key) for one in open_points]}, today, forward=True)
    left = [one.key for one in open_points if card.decides or one.list == OnboardingList.WELCOME]
    yield f"{here}/leave_out", offer("leave_out", N_("Leave out"), (item, _REASON), {"items": [(one, one) for one in left]}, today)
    held = [one.key for one in card.points if one.state in (PointState.DONE, PointState.LEFT_OUT)]
    yield f"{here}/untick", offer("untick", N_("Take back"), (item,), {"items": [(one, one) for one in held]}, today, back=True)
