"""Pages of reviews: the list by year, the plan, one with its sample, one article of it, and the record on paper."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused, told_fields
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
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.reviews import facts, queries, showing, usecases, verbs
from kmsvc.knowledge.reviews.checklist import Kept, checklist, keep_checklist
from kmsvc.knowledge.reviews.models import Review
from kmsvc.knowledge.reviews.permissions import JUDGE_REVIEW, PLAN_REVIEW, SEE_REVIEWS
from kmsvc.knowledge.reviews.rules import FollowUp, ReviewResult, ReviewState
from kmsvc.knowledge.reviews.schemas import (
    FOLLOW_UPS,
    RESULTS,
    STATES,
    ChecklistInput,
    ItemFilters,
    PlanInput,
    ReviewFilters,
    chosen,
    plan_of,
)
from kmsvc.markup.render import render
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.proof import prove

blueprint = Blueprint("knowledge_reviews_pages", __name__, url_prefix="/knowledge/reviews")

PAGE = 50
MOST_EXPORTED = 20_000


def _local(at: Any) -> Any:
    return local(at, settings().timezone)


@blueprint.get("")
def index() -> str | Response:
    """Reviews by year, newest first, with filters in the address and an export of what is shown."""
    asked = query_data(ReviewFilters)
    filters = {name: asked[name] for name in ("q", "year", "state")}
    with look() as work:
        work.permit(SEE_REVIEWS)
        if asked["format"]:
            lines, rest = queries.review_lines(work.session, work.actor, **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Yearly reviews"), showing.HEAD, showing.rows(lines, _local), name="reviews",
                               more=rest is not None)
        lines, following = queries.review_lines(work.session, work.actor, **filters, before=asked["cursor"], limit=PAGE)
        total = queries.count_reviews(work.session, work.actor, **filters)
        known = queries.years(work.session)
        plans = can(work.actor, PLAN_REVIEW)
    return render_template("knowledge/reviews/index.html", asked=asked, lines=lines, next_cursor=following, total=total, years=known,
                           states=[(one, showing.state_of(one)[1]) for one in STATES], show=showing, plans=plans)


@blueprint.get("/new")
def new() -> str:
    """The form of a plan, for this year."""
    day = today()
    return _form({"year": day.year, "begins_on": date(day.year, 1, 1), "ends_on": date(day.year, 12, 31),
                  "due_on": date(day.year, 12, 31), "size": 3, "reviewers": [], "categories": []}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(PLAN_REVIEW)
        people = [(one.login, one.name) for one in directory(work.session).active()
                  if JUDGE_REVIEW.name in one.permissions and one.logins]
        shelves = facts.in_force(work.session, ())
    names = [(name, f"{showing.shelf(name)} ({len(numbers)})") for name, numbers in sorted(shelves.items()) if name]
    return render_template("knowledge/reviews/new.html", typed=typed, errors=errors, people=people, categories=names)


@blueprint.post("")
def create() -> Response:
    """Plan it."""
    lists = {name: request.form.getlist(name) for name in ("reviewers", "categories")}
    try:
        data = load(PlanInput, form_data() | {name: "\n".join(its) for name, its in lists.items()})
        with begin() as work:
            row = usecases.plan_review(work, plan_of(data))
    except InvalidInput as error:
        return make_response(_form(form_data() | lists, told_fields(error)), error.status)
    flash(sentence(N_("%(number)s is planned. Draw its sample when the period is over, or when the work begins."),
                   {"number": row.number}), "ok")
    return go(url_for(".show", review_id=row.id))


@blueprint.get("/checklist")
def show_list() -> str:
    """The checklist of good content; a form for who keeps it."""
    return _checklist()


def _checklist(*, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        work.permit(SEE_REVIEWS)
        kept, writes = checklist(work.session), can(work.actor, PLAN_REVIEW)
    held = {"zh": "\n".join(kept.zh), "en": "\n".join(kept.en)}
    return render_template("knowledge/reviews/checklist.html", standing=kept, writes=writes, typed=held if typed is None else typed,
                           errors=errors or {}, why=why, lines=kept.lines(current_actor().language))


@blueprint.post("/checklist")
def keep_list() -> Response:
    """Write it down anew; somebody else's newer one is not written over."""
    typed = form_data()
    try:
        data = load(ChecklistInput, typed)
        with begin() as work:
            keep_checklist(work, data["zh"] or (), data["en"] or (), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_checklist(typed=typed, errors=told.errors, why=told.why), error.status)
    flash(sentence(N_("The checklist is kept.")), "ok")
    return go(url_for(".show_list"))


@blueprint.get("/<int:review_id>")
def show(review_id: int) -> str | Response:
    """One review: plan, completeness, sample with filters and export, conclusion, what this person may do."""
    return _page(review_id)


def _page(review_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str | Response:
    asked = query_data(ItemFilters) if request.method == "GET" else dict.fromkeys(ItemFilters().fields)
    with look() as work:
        card = queries.review_card(work.session, work.actor, review_id)
        row = work.get(Review, review_id)
        offers = {one.verb: one for one in verbs.offers_for(work.actor, row, card, today())}
        judges = row.state == ReviewState.RUNNING and can(work.actor, JUDGE_REVIEW, row)
        following = queries.next_of(work.session, row.id, work.actor.person_id, 0) if judges else None
    items = chosen(card.items, asked)
    if asked["format"]:
        return table_answer(asked["format"], card.line.number, [sentence(one) for one in showing.ITEM_HEAD],
                            showing.item_rows(items, _local), name=card.line.number)
    return render_template(
        "knowledge/reviews/show.html", card=card, line=card.line, items=items, asked=asked, offers=offers, refused=refused,
        following=following, show=showing, results=[(one, showing.result_of(one)[1]) for one in RESULTS],
        follows=[(one, showing.follow_of(one)[1]) for one in FOLLOW_UPS], Result=ReviewResult)


@blueprint.get("/<int:review_id>/paper")
def paper(review_id: int) -> str:
    """The whole record on one page, to be printed."""
    with look() as work:
        card = queries.review_card(work.session, work.actor, review_id)
    return render_template("knowledge/reviews/paper.html", card=card, line=card.line, show=showing)


@blueprint.post("/<int:review_id>/<any(draw, sign, cancel):name>")
def act(review_id: int, name: str) -> Response:
    """Draw, sign or give up; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in form_data().items() if key != "password"}
    try:
        if name == "sign":
            prove(request.form.get("password"), always=True)
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, review_id, name, data, verbs.Around(today(), settings().timezone, wanted_version()))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(review_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", review_id=review_id))


@blueprint.get("/<int:review_id>/items/<int:item_id>")
def item(review_id: int, item_id: int) -> str:
    """One article of the sample: what the service knows, its text of that day, the form."""
    return _item(review_id, item_id)


def _item(review_id: int, item_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
          why: str = "") -> str:
    with look() as work:
        row, line, body = queries.item_of(work.session, work.actor, review_id, item_id)
        offer = verbs.judge_offer(work.actor, row, line, today())
        edits = can(work.actor, EDIT_ARTICLE)
    found: dict[str, Any] = {name: None if value is None else "yes" if value else "no" for name, value in line.answers.items()}
    typed = typed if typed is not None else found | {"findings": line.findings, "result": line.result, "due_on": line.due_on}
    points = (row.record or {}).get("checklist") or {}
    lines = Kept(tuple(points.get("zh", ())), tuple(points.get("en", ()))).lines(current_actor().language)
    reason = line.findings or ""
    ask = "/process/changes/new?" + urlencode({"from": line.article_url, "title": line.facts["title"], "reason": reason})
    return render_template("knowledge/reviews/item.html", row=row, line=line, html=render(body), offer=offer, typed=typed,
                           errors=errors or {}, why=why, show=showing, ask_change=ask, edits=edits, Follow=FollowUp, points=lines)


@blueprint.post("/<int:review_id>/items/<int:item_id>/judge")
def judge(review_id: int, item_id: int) -> Response:
    """Judge it and go on to the next one."""
    typed = form_data()
    try:
        data = load(verbs.JUDGE_SCHEMA, typed)
        with begin() as work:
            verbs.judge(work, review_id, item_id, data, verbs.Around(today(), settings().timezone, wanted_version()))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_item(review_id, item_id, typed=typed, errors=told.errors, why=told.why), error.status)
    with look() as work:
        place = queries.item_of(work.session, work.actor, review_id, item_id)[1].place
        following = queries.next_of(work.session, review_id, current_actor().person_id, place)
    flash(sentence(N_("Noted.")) if following else sentence(N_("Noted. Every article of the sample has been judged.")), "ok")
    return go(url_for(".item", review_id=review_id, item_id=following) if following else url_for(".show", review_id=review_id))
