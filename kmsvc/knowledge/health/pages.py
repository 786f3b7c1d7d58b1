"""Pages of health: the board, the list, one article with its signs and its use, pairs alike, and what may be done about them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, look, query_data, safe_target, settings, today, told_fields
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.contacts.queries import reuse_of
from kmsvc.knowledge.health import deciding, details, queries, showing, usecases
from kmsvc.knowledge.health.passages import passages_of
from kmsvc.knowledge.health.permissions import JUDGE_HEALTH, SEE_ALL_HEALTH, SEE_HEALTH
from kmsvc.knowledge.health.rules import Gravity, HealthSign
from kmsvc.knowledge.health.schemas import (
    GRAVITIES,
    SIGNS,
    ActFilters,
    BoardQuery,
    HealthFilters,
    Join,
    ManyInOrder,
    PairFilters,
    Reason,
    SayRight,
)

blueprint = Blueprint("knowledge_health_pages", __name__, url_prefix="/knowledge/health")

PAGE = 50
_OF_ARTICLE = re.compile(r"/knowledge/health/articles/(\d{1,9})$")
MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """The board: owners or categories, and how many of their articles show which sign."""
    asked = query_data(BoardQuery)
    by = asked["by"] or "owner"
    with look() as work:
        work.permit(SEE_HEALTH)
        rows, whole = queries.board(work.session, work.actor, by)
        sees_all = can(work.actor, SEE_ALL_HEALTH)
        last = queries.last_look(work.session)
    if asked["format"]:
        head, table = showing.board_table(rows, by, SIGNS)
        return table_answer(asked["format"], sentence(N_("Health of the articles")), head, table, name=f"health-{today().isoformat()}")
    return render_template("knowledge/health/index.html", rows=rows, whole=whole, by=by, last=last, show=showing, Gravity=Gravity,
                           sees_all=sees_all)


@blueprint.get("/articles")
def articles() -> str | Response:
    """Articles with signs, the gravest first, with filters in the address and an export of what is shown."""
    asked = query_data(HealthFilters)
    chosen = {name: asked[name] for name in ("q", "sign", "gravity", "owner", "category")}
    with look() as work:
        work.permit(SEE_HEALTH)
        if asked["format"]:
            lines, rest = queries.health_lines(work.session, work.actor, today(), **chosen, limit=MOST_EXPORTED)
            return table_answer(asked["format"], sentence(N_("Health of the articles")), [sentence(one) for one in showing.EXPORT_HEAD],
                                ended(showing.export_rows(lines), len(lines), more=rest is not None),
                                name=f"health-articles-{today().isoformat()}")
        return _list(work, asked, chosen)


def _list(work: Any, asked: dict[str, Any], chosen: dict[str, Any]) -> str:
    lines, following = queries.health_lines(work.session, work.actor, today(), **chosen, after=asked["cursor"], limit=PAGE)
    return render_template(
        "knowledge/health/articles.html", asked=asked, lines=lines, next_cursor=following, show=showing,
        total=queries.count_health(work.session, work.actor, **chosen), signs=SIGNS, gravities=GRAVITIES,
        owners=queries.owners_of(work.session, work.actor), shelves=queries.shelves_of(work.session, work.actor),
        may_edit=can(work.actor, EDIT_ARTICLE), sees_all=can(work.actor, SEE_ALL_HEALTH), NONE=queries.NONE)


@blueprint.get("/articles/<int:article_id>")
def show(article_id: int) -> str:
    """One article: its signs and where each number comes from, how it is used, what was said of signs."""
    return _page(article_id)


def _page(article_id: int, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        work.permit(SEE_HEALTH)
        line = queries.line_of(work.session, work.actor, article_id, today())
        if line is None:
            raise NotFound()
        pairs = details.pair_lines(work.session, work.actor, article_id=article_id)[0]
        usage = details.usage_of(work.session, article_id, work.now)
        return render_template(
            "knowledge/health/show.html", reuse=reuse_of(work.session, "article", article_id, work.now, checks=True),
            line=line, passages=passages_of(work.session, work.actor, article_id, usage.asked),
            show=showing, refused=refused, pairs=pairs,
            astray=_is_astray(refused, pairs, {sign.sign for sign in line.signs}),
            sources={sign.sign: showing.sources_of(work.session, work.actor, line, sign) for sign in line.signs},
            words=details.words_on(work.session, article_id), usage=usage,
            may_judge=can(work.actor, JUDGE_HEALTH, work.get(Article, article_id)), Sign=HealthSign)


@blueprint.post("/articles/<int:article_id>/right")
def right(article_id: int) -> Response:
    """«It is right as it is.»"""
    typed = {key: request.form[key] for key in request.form if key != "version"}
    try:
        data = load(SayRight)
        with begin() as work:
            usecases.say_right(work, article_id, sign=data["sign"], reason=data["reason"], today=today(), zone=settings().timezone)
    except InvalidInput as error:
        return make_response(_page(article_id, (typed.get("sign", ""), {**typed, "errors": told_fields(error)},
                                                sentence(error.sentence))), 422)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_page(article_id, (typed.get("sign", ""), {**typed, "errors": {}},
                                                sentence(error.sentence, error.params))), 409)
    flash(sentence(N_("Noted. The sign rests until something new comes.")), "ok")
    return go(url_for(".show", article_id=article_id))


@blueprint.post("/words/<int:word_id>/withdraw")
def withdraw(word_id: int) -> Response:
    """The sign is shown again."""
    with begin() as work:
        word = usecases.take_word_back(work, word_id, today=today(), zone=settings().timezone)
        place = url_for(".pairs") if word.other_id is not None else url_for(".show", article_id=word.article_id)
    flash(sentence(N_("Taken back. The sign is shown again.")), "ok")
    return go(safe_target(request.form.get("then"), place))


@blueprint.get("/pairs")
def pairs() -> str | Response:
    """Articles whose texts are nearly the same, two by two."""
    return _pairs()


def _pairs(refused: tuple[str, dict[str, Any], str] | None = None, typed: dict[str, str] | None = None) -> str | Response:
    asked = query_data(PairFilters) if typed is None else load(PairFilters, typed)
    with look() as work:
        work.permit(SEE_HEALTH)
        found, total, following = details.pair_lines(
            work.session, work.actor, q=asked["q"], state=asked["state"], start=0 if asked["format"] else asked["cursor"] or 0,
            limit=MOST_EXPORTED if asked["format"] else PAGE)
    if asked["format"]:
        return table_answer(asked["format"], sentence(N_("Nearly the same")), [sentence(one) for one in showing.PAIR_HEAD],
                            ended(showing.pair_rows(found), len(found), more=following is not None), name=f"alike-{today().isoformat()}")
    return render_template("knowledge/health/pairs.html", asked=asked, pairs=found, total=total, next_cursor=following, refused=refused,
                           astray=_is_astray(refused, found))


def _is_astray(refused: tuple[str, dict[str, Any], str] | None, pairs: list[details.PairLine], signs: Collection[str] = ()) -> bool:
    """Whether what a refusal is of does not stand on the page any more, so that the reason must stand above it."""
    return refused is not None and refused[0] not in signs and not any(
        refused[0].endswith(f":{pair.first.id}:{pair.second.id}") for pair in pairs)


@blueprint.post("/pairs/<int:article_id>/<int:other_id>/distinct")
def distinct(article_id: int, other_id: int) -> Response:
    """«They are alike, and that is right.»"""
    def act(work: Any, data: dict[str, Any]) -> None:
        usecases.say_distinct(work, article_id, other_id, reason=data["reason"], zone=settings().timezone)
    return _on_pair("distinct", article_id, other_id, Reason, act, N_("Noted. The two are not shown as a pair any more."))


@blueprint.post("/pairs/<int:article_id>/<int:other_id>/join")
def join(article_id: int, other_id: int) -> Response:
    """One of the two is retired in favour of the other."""
    def act(work: Any, data: dict[str, Any]) -> None:
        deciding.join(work, article_id, other_id, data, today(), settings().timezone)
    return _on_pair("join", article_id, other_id, Join, act, N_("Joined. Old links lead to the article that stays."))


def _on_pair(name: str, article_id: int, other_id: int, schema: Any, act: Any, said: str) -> Response:
    typed = {key: request.form[key] for key in request.form if key not in ("version", "then")}
    held = f"{name}:{min(article_id, other_id)}:{max(article_id, other_id)}"
    try:
        data = load(schema)
        with begin() as work:
            act(work, data)
    except InvalidInput as error:
        return make_response(_back((held, {**typed, "errors": told_fields(error)}, sentence(error.sentence))), 422)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_back((held, {**typed, "errors": {}}, sentence(error.sentence, error.params))), 409)
    flash(sentence(said), "ok")
    return go(safe_target(request.form.get("then"), url_for(".pairs")))


def _back(refused: tuple[str, dict[str, Any], str]) -> str | Response:
    """The page a form on a pair came from, as it was: that of an article, or the list with its filters and place."""
    place = urlsplit(safe_target(request.form.get("then"), url_for(".pairs")))
    if article := _OF_ARTICLE.search(place.path):
        return _page(int(article[1]), refused)
    return _pairs(refused, {name: value for name, value in parse_qsl(place.query) if name in ("q", "state", "cursor")})


@blueprint.get("/acts")
def acts() -> str | Response:
    """What was done to many articles at once, and the way back; filters in the address and an export of what is shown."""
    asked = query_data(ActFilters)
    with look() as work:
        work.permit(EDIT_ARTICLE)
        lines, following = details.batch_lines(
            work.session, q=asked["q"], act=asked["act"], start=0 if asked["format"] else asked["cursor"] or 0,
            limit=MOST_EXPORTED if asked["format"] else PAGE)
        total = details.count_batches(work.session, q=asked["q"], act=asked["act"])
    if asked["format"]:
        return table_answer(asked["format"], sentence(N_("Done to many")), [sentence(one) for one in showing.ACT_HEAD],
                            ended(showing.act_rows(lines), len(lines), more=following is not None), name=f"many-{today().isoformat()}")
    return render_template("knowledge/health/acts.html", lines=lines, asked=asked, next_cursor=following, total=total,
                           acts=usecases.ACTS, show=showing)


@blueprint.post("/acts")
def many() -> Response:
    """Set review day, category or owner of many articles: first what it would change, then for good."""
    fields = ("act", "review_on", "category", "owner", "reason")
    typed: dict[str, Any] = {key: request.form[key] for key in fields if key in request.form}
    ids = request.form.getlist("ids")
    try:
        data = load(ManyInOrder, {**{key: value for key, value in typed.items() if value}, "ids": ids,
                                  "sure": request.form.get("sure", "") == "1"})
        if data["sure"]:
            with begin() as work:
                batch = deciding.put_many(work, data, today(), settings().timezone)
                count = len(batch.before)
            flash(sentence(N_("%(count)s articles were changed. Below is the way back."), {"count": count}), "ok")
            return go(url_for(".acts"))
        with look() as work:
            ahead = deciding.look_ahead(work, data, today())
            lines = queries.lines_by_id(work.session, work.actor, ahead.changed, today())
        return make_response(_ahead(typed, ids, ahead=ahead, lines=lines))
    except InvalidInput as error:
        return make_response(_ahead(typed, ids, errors=told_fields(error), said=sentence(error.sentence)), 422)


def _ahead(typed: dict[str, Any], ids: list[str], **more: Any) -> str:
    with look() as work:
        work.permit(EDIT_ARTICLE)
        owners, shelves = usecases.possible_owners(work.session), queries.shelves_of(work.session, work.actor)
    return render_template("knowledge/health/many.html", typed=typed, ids=ids, owners=owners, shelves=shelves, show=showing,
                           **{"ahead": None, "lines": [], "errors": {}, "said": "", **more})


@blueprint.post("/acts/<int:batch_id>/undo")
def undo(batch_id: int) -> Response:
    """Each article gets back what it had."""
    with begin() as work:
        _batch, count = usecases.undo_many(work, batch_id, zone=settings().timezone)
    flash(sentence(N_("%(count)s articles have back what they had."), {"count": count}), "ok")
    return go(url_for(".acts"))
