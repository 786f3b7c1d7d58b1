"""Pages of feedback: one key on an answer, the list, one with what came of it and what may be done."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.convert.sending import list_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    go,
    load,
    look,
    query_data,
    safe_target,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.contacts.current import current_contact, keep_contact
from kmsvc.knowledge.feedback import queries, showing, usecases, verbs
from kmsvc.knowledge.feedback.cards import feedback_card, parts
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.feedback.schemas import ASKED_KINDS, STATES, SayFeedback, said_of

blueprint = Blueprint("knowledge_feedback_pages", __name__, url_prefix="/knowledge/feedback")

PAGE = 50
MOST_EXPORTED = 20_000


class ListQuery(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(ASKED_KINDS)
    state = Choice(STATES)
    view = Choice(queries.VIEWS)
    article = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


@blueprint.get("")
def index() -> str | Response:
    """Feedback this person may see, newest first, with filters in the address and an export of what is shown."""
    asked = query_data(ListQuery)
    chosen = {"q": asked["q"], "kind": asked["kind"], "state": asked["state"], "view": asked["view"],
              "article_id": asked["article"]}
    with look() as work:
        if asked["format"]:
            lines, rest = queries.feedback_lines(work.session, work.actor, today(), **chosen, limit=MOST_EXPORTED)
            rows = showing.export_rows(lines, lambda at: local_date(at, settings().timezone))
            return list_answer(asked["format"], N_("Feedback"), showing.EXPORT_HEAD, rows, name="feedback", more=rest is not None)
        lines, following = queries.feedback_lines(work.session, work.actor, today(), **chosen, before=asked["cursor"], limit=PAGE)
        total = queries.count_feedback(work.session, work.actor, today(), **chosen)
        mine = queries.waiting_count(work.session, work.actor)
    return render_template("knowledge/feedback/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                           mine=mine, show=showing, Kind=FeedbackKind, State=FeedbackState, kinds=ASKED_KINDS, states=STATES)


@blueprint.post("/versions/<int:version_id>")
def send(version_id: int) -> Response:
    """One key or button on an answer; a script gets what may be added to it, a browser the page it came from."""
    data = load(SayFeedback)
    with begin() as work:
        row = usecases.send_feedback(work, version_id, data["kind"], today=today(), said=said_of(data), instead=data["instead"])
        shown = _said(work, row)
    if not is_fragment():
        flash(showing.thanks(row), "ok")
    answer = _answer(shown, data["contact"], url_for(".show", feedback_id=row.id))
    if is_fragment() and data["instead"] not in (None, row.id):
        answer.headers["HX-Trigger"] = json.dumps({"km:toast": {"kind": "ok", "text": showing.replaced(row)}})
    return answer


def _said(work: Work, row: Feedback, errors: dict[str, Any] | None = None) -> str:
    """What stands in place of the buttons once one was pressed."""
    work.session.flush()
    version = work.get(ArticleVersion, row.version_id)
    return render_template("knowledge/feedback/_said.html", row=row, parts=parts(work.actor, version), errors=errors or {},
                           Kind=FeedbackKind, contact=row.contact or current_contact(work.actor))


def _answer(shown: str, contact: str | None, place: str) -> Response:
    answer = make_response(shown) if is_fragment() else go(safe_target(request.form.get("then"), place))
    return keep_contact(answer, current_actor(), contact) if contact else answer


@blueprint.get("/<int:feedback_id>")
def show(feedback_id: int) -> str:
    """One word of a reader: what was said of which text, what came of it, what this person may do."""
    return _page(feedback_id)


def _page(feedback_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        row = queries.visible_feedback(work.session, work.actor, feedback_id)
        card = feedback_card(work.session, work.actor, feedback_id)
        offers = {offer.verb: offer for offer in verbs.offers_for(work.session, work.actor, row, today())}
        article = work.get(Article, row.article_id)
        may_edit = can(work.actor, EDIT_ARTICLE, article) and article.process_id is None
    return render_template("knowledge/feedback/show.html", card=card, offers=offers, refused=refused, may_edit=may_edit,
                           show=showing, Kind=FeedbackKind, State=FeedbackState)


@blueprint.post("/<int:feedback_id>/<any(take, settle, answer, duplicate, add, withdraw):name>")
def act(feedback_id: int, name: str) -> Response:
    """Do one of the acts; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in request.form.items() if key != "version"}
    try:
        data = load(verbs.VERBS[name].schema())
        with begin() as work:
            row = verbs.act(work, feedback_id, name, data, verbs.Around(today(), wanted_version()))
            shown = _said(work, row) if is_fragment() else ""
    except InvalidInput as error:
        return make_response(_refused(feedback_id, name, typed, told_fields(error), sentence(error.sentence)), 422)
    except Refusal as error:
        if error.status != 409 or is_fragment():
            raise
        return make_response(_refused(feedback_id, name, typed, {}, sentence(error.sentence, error.params)), 409)
    if not is_fragment():
        flash(sentence(verbs.VERBS[name].said), "ok")
    return _answer(shown, data.get("contact"), url_for(".show", feedback_id=feedback_id))


def _refused(feedback_id: int, name: str, typed: dict[str, Any], errors: dict[str, Any], why: str) -> str:
    if not is_fragment():
        return _page(feedback_id, refused=(name, {**typed, "errors": errors}, why))
    with look() as work:
        return _said(work, queries.visible_feedback(work.session, work.actor, feedback_id), errors)
