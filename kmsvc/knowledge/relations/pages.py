"""Pages of relations: relate, take away and put back from the page of an article, similar articles as a fragment, the twins of
the centre, one pair side by side, the switch between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal, Stale
from kmsvc.core.i18n import local, sentence
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
)
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.pages import article_page, guarded
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE, level_of
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.relations import listing, queries, showing, switching, usecases
from kmsvc.knowledge.relations.choosing import choices, meant
from kmsvc.knowledge.relations.schemas import (
    STATES,
    ChoicesQuery,
    EqualInput,
    RelateForm,
    RemoveInput,
    SwitchQuery,
    TwinFilters,
    WithdrawInput,
)
from kmsvc.knowledge.relations.similar import similar_to
from kmsvc.markup.fences import visible
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_relations_pages", __name__, url_prefix="/knowledge/relations")

MOST_EXPORTED = 20_000
LONGEST_TYPED = 200


@blueprint.get("/twins")
def twins() -> str | Response:
    """Twins and how they stand, those to be looked at unless others are asked for, with an export of what is shown."""
    require(current_actor(), READ_ARTICLE)
    asked = query_data(TwinFilters)
    chosen = {name: asked[name] for name in ("q", "state", "view")}
    with look() as work:
        if asked["format"]:
            lines, rest = listing.twin_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
            return list_answer(asked["format"], N_("Twins"), showing.HEAD, rows, name="twins", more=rest is not None)
        lines, following = listing.twin_lines(work.session, work.actor, **chosen, start=asked["cursor"])
        total = listing.count_twins(work.session, work.actor, **chosen)
        mine = listing.count_twins(work.session, work.actor, view="mine")
    return render_template("knowledge/relations/twins.html", asked=asked, lines=lines, total=total, mine=mine, next_cursor=following,
                           show=showing, tongue=switching.tongue, states=STATES)


@blueprint.get("/twins/<int:relation_id>")
def twin(relation_id: int) -> str:
    """Two twins side by side, and what changed since they were found equal."""
    return _side_by_side(relation_id)


def _side_by_side(relation_id: int, why: str = "") -> str:
    with look() as work:
        card = queries.twin_card(work.session, work.actor, relation_id)
        secrets = [guarded(work, one.article, one.version, Place.COMPARISON)["secret"] for one in (card.left, card.right)]
        summaries = [visible(one.version.summary or "", level_of(work.actor)).strip() for one in (card.left, card.right)]
        return render_template(
            "knowledge/relations/twin.html", card=card, line=card.line, rows=showing.painted(work.session, work.actor, card),
            show=showing, speak=switching, why=why, secrets=secrets, summaries=summaries,
            secret=secrets[0] or secrets[1], now=work.now,
            may_print=can(work.actor, PRINT_SECRET))


@blueprint.post("/twins/<int:relation_id>/equal")
def equal(relation_id: int) -> Response:
    """«They say the same», of the two texts that were shown."""
    data = load(EqualInput)

    def run(work: Work) -> None:
        usecases.find_equal(work, relation_id, version_ids=(data["from_version_id"], data["to_version_id"]))
    return _on_twins(relation_id, run, N_("Noted: both say the same as they stand now. It can be taken back below."))


@blueprint.post("/twins/<int:relation_id>/withdraw")
def withdraw(relation_id: int) -> Response:
    """«They do not say the same after all»: what was found last is taken back."""
    data = load(WithdrawInput)

    def run(work: Work) -> None:
        usecases.take_back(work, relation_id, check_id=data["check_id"])
    return _on_twins(relation_id, run, N_("Taken back. What was found before counts again."))


def _on_twins(relation_id: int, run: Callable[[Work], Any], said: str) -> Response:
    try:
        with begin() as work:
            run(work)
    except Stale:
        return make_response(_side_by_side(relation_id, sentence(N_(
            "One of the two was published anew while you read. Please look once more at what stands here now."))), 409)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_side_by_side(relation_id, sentence(error.sentence, error.params)), 409)
    flash(sentence(said), "ok")
    return go(url_for(".twin", relation_id=relation_id))


@blueprint.get("/twins/<int:relation_id>/switch")
def switch(relation_id: int) -> Response:
    """From one twin to the other, at the paragraph that says the same."""
    asked = query_data(SwitchQuery)
    with look() as work:
        other, block = queries.counterpart(work.session, work.actor, relation_id, asked["from_id"], asked["at"] or "")
    return go(other.url + (f"#b-{block}" if block else ""))


@blueprint.get("/articles/<int:article_id>/similar")
def similar(article_id: int) -> str:
    """Articles that are near this one, fetched when the page of it is read."""
    with look() as work:
        found = similar_to(work.session, engine(), work.actor, article_id, today())
    return render_template("knowledge/relations/_similar.html", found=found)


@blueprint.get("/articles/<int:article_id>/choices")
def choose(article_id: int) -> str:
    """Articles that may be meant by what is typed beside «Other article», to pick one."""
    typed = query_data(ChoicesQuery)["other"] or ""
    with look() as work:
        article = readable_version(work.session, work.actor, article_id)[0]
        work.permit(EDIT_ARTICLE, article)
        found = choices(work.session, engine(), work.actor, article_id, typed, today())
    return render_template("knowledge/relations/_choices.html", choices=found, typed={"other": typed})


@blueprint.post("/articles/<int:article_id>")
def relate(article_id: int) -> Response:
    """Relate another article to this one; what was typed comes back with the reason, and what it may mean, when it is refused."""
    def run(work: Work) -> None:
        data = load(RelateForm, {"equal": False} | form_data())  # a box that is not ticked is not sent
        readable_version(work.session, work.actor, article_id)
        other = meant(work.session, engine(), work.actor, article_id, data["other"], data["picked"], today())
        usecases.relate(work, article_id, other, data["word"], equal=data["equal"])
    return _act(article_id, "relate", run, N_("The two articles are related now."))


@blueprint.post("/articles/<int:article_id>/<int:relation_id>/<any(remove, restore):verb>")
def change(article_id: int, relation_id: int, verb: str) -> Response:
    """Take a relation of this article away, or put it back."""
    def run(work: Work) -> None:
        data = load(RemoveInput)
        if not usecases.touches(work, relation_id, article_id):
            raise NotFound()
        if verb == "remove":
            usecases.remove(work, relation_id, reason=data["reason"])
        else:
            usecases.restore(work, relation_id)
    said = N_("The relation is taken away. You can put it back below.") if verb == "remove" else N_("The relation is back.")
    return _act(article_id, verb, run, said)


def _act(article_id: int, name: str, run: Callable[[Work], Any], said: str) -> Response:
    try:
        with begin() as work:
            run(work)
    except Refusal as error:
        told = form_refused(error)
        with look() as work:
            found = choices(work.session, engine(), work.actor, article_id, request.form.get("other", "")[:LONGEST_TYPED], today())
            typed = {**request.form, "errors": told.errors, "choices": found}
            page = article_page(work, article_id, (name, typed, told.said))
        return make_response(page, error.status)
    flash(sentence(said), "ok")
    return go(url_for("knowledge_articles_pages.show", article_id=article_id) + "#related")
