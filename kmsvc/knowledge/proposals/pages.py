"""Pages of proposals: the queue, one's own, writing one, correcting an article, one proposal with what may be done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, Refusal, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.knowledge.articles import lists, showing
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import READ_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.licences.permissions import PROPOSE
from kmsvc.knowledge.licences.rules import Level, at_least
from kmsvc.knowledge.licences.standing import best_standing, standing
from kmsvc.knowledge.proposals import queries, usecases
from kmsvc.knowledge.proposals.api import propose_with
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.rules import ProposalKind, ProposalState
from kmsvc.knowledge.proposals.schemas import ProposalList, ProposeArticle, ProposeCorrection
from kmsvc.knowledge.proposals.verbs import ACTS, offered
from kmsvc.markup import fences
from kmsvc.markup.blocks import identify, split, visible_blocks
from kmsvc.markup.diff import count_changes, diff_blocks
from kmsvc.markup.kept import revive
from kmsvc.markup.render import render
from kmsvc.markup.rows import rows

blueprint = Blueprint("knowledge_proposals_pages", __name__, url_prefix="/knowledge/proposals")

PAGE, MOST_EXPORTED, AROUND = 50, 20_000, 2
STATES = {"waiting": "due", "unseen": "warn", "published": "ok", "seen": "ok", "returned": "bad", "taken_back": "bad",
          "withdrawn": "off"}
HEAD = (N_("Number"), N_("Kind"), N_("Title"), N_("Article"), N_("Category"), N_("Written by"), N_("Handed in"), N_("By when"),
        N_("State"), N_("Decided by"), N_("Decided"), N_("As written, per cent"))


@blueprint.get("")
def index() -> str | Response:
    """Proposals this person may know, newest first; whoever decides begins with those that wait."""
    asked = query_data(ProposalList)
    chosen = {name: asked[name] for name in ("q", "view", "state", "kind")}
    with look() as work:
        session, actor = work.session, work.actor
        limit = MOST_EXPORTED if asked["format"] else PAGE
        lines, following = queries.proposal_page(session, actor, today(), **chosen, limit=limit,
                                                 before=None if asked["format"] else asked["cursor"])
        if asked["format"]:
            return _export(asked["format"], lines, more=following is not None)
        total = queries.count_proposals(session, actor, today(), **chosen)
        waiting = queries.count_proposals(session, actor, today(), view="waiting")
        mine = queries.count_proposals(session, actor, today(), view="mine")
        stand = best_standing(session, actor, today())
    return render_template("knowledge/proposals/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                           waiting=waiting, mine=mine, may_write=can(actor, PROPOSE, stand), marks=STATES,
                           category_label=showing.category_name,
                           decides=at_least(stand.level, Level.PUBLISHER), states=ProposalState, kinds=ProposalKind)


def _export(form: str, lines: list[queries.ProposalLine], *, more: bool) -> Response:
    zone = settings().timezone
    table = [(one.number, label(one.kind, ProposalKind), one.title, one.article_number, one.category, one.author,
              local(one.sent_at, zone), one.due_on, label(one.state, ProposalState), one.decided_by,
              local(one.decided_at, zone) if one.decided_at else None, one.likeness) for one in lines]
    return table_answer(form, sentence(N_("Proposals")), [sentence(one) for one in HEAD], ended(table, len(lines), more=more),
                        name=f"proposals-{today().isoformat()}")


@blueprint.get("/new")
def new() -> str:
    """An empty article to propose."""
    return _form({}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        stand = best_standing(work.session, work.actor, today())
        require(work.actor, PROPOSE, stand)
        shelves = [name for name, _ in lists.shelves(work.session, work.actor)]
    return render_template("knowledge/proposals/new.html", typed=typed, errors=errors, shelves=shelves,
                           category_label=showing.category_name,
                           levels=[one for one in Confidentiality if one != Confidentiality.SECRET])


@blueprint.post("")
def propose() -> Response | str:
    """Hand in a new article."""
    try:
        data = load(ProposeArticle)
        with begin() as work:
            row = propose_with(work, data)
    except InvalidInput as error:
        return make_response(_form(form_data(), told_fields(error)), error.status)
    flash(sentence(N_("Handed in as %(number)s. A publisher looks at it by %(day)s."),
                   {"number": row.number, "day": row.due_on.isoformat()}), "ok")
    return go(url_for(".show", proposal_id=row.id))


@blueprint.get("/correct/<int:article_id>")
def correct_form(article_id: int) -> str:
    """The text in force, to be worded otherwise."""
    return _correct(article_id, None, {})


def _correct(article_id: int, typed: dict[str, Any] | None, errors: dict[str, Any], said: str = "") -> str:
    with look() as work:
        article, face = readable_version(work.session, work.actor, article_id)
        stand = standing(work.session, work.actor, article.category_id, today())
        require(work.actor, PROPOSE, stand)
        usecases.refuse_uncorrectable(article, face)
        values = typed or {"title": face.title, "summary": face.summary, "body": face.body, "base_version_id": face.id}
        return render_template("knowledge/proposals/correct.html", article=article, face=face, values=values, errors=errors, said=said,
                               at_once=at_least(stand.level, Level.CONTRIBUTOR), free=stand.level == Level.PUBLISHER)


@blueprint.post("/correct/<int:article_id>")
def correct(article_id: int) -> Response | str:
    """Hand the correction in, or publish it at once; what was typed comes back with the reason when it is refused."""
    try:
        data = load(ProposeCorrection)
        with begin() as work:
            row = usecases.propose_correction(work, article_id, today=today(), **{**data, "summary": data["summary"] or ""})
    except InvalidInput as error:
        return make_response(_correct(article_id, form_data(), told_fields(error)), error.status)
    except Stale:
        with look() as work:
            face = readable_version(work.session, work.actor, article_id)[1]
        typed = form_data() | {"base_version_id": face.id}
        return make_response(_correct(article_id, typed, {}, sentence(N_(
            "Another text has been published meanwhile. Yours is below; look at the new one before you send it again."))), 409)
    except Refusal as error:
        if error.status != 409:
            raise
        said = sentence(error.sentence, {name: sentence(str(its)) for name, its in error.params.items()})
        return make_response(_correct(article_id, form_data(), {}, said), 409)
    if row.state == ProposalState.WAITING:
        flash(sentence(N_("Handed in as %(number)s. A publisher looks at it by %(day)s."),
                       {"number": row.number, "day": row.due_on.isoformat()}), "ok")
        return go(url_for(".show", proposal_id=row.id))
    flash(sentence(N_("Published. Readers see it now.") if row.state == ProposalState.PUBLISHED else
                   N_("Published. A publisher looks at it afterwards.")), "ok")
    return go(f"/knowledge/articles/{article_id}")


@blueprint.get("/<int:proposal_id>")
def show(proposal_id: int) -> str:
    """One proposal: what it says, what it changes, what came of it, what this person may do."""
    return _page(proposal_id)


def _page(proposal_id: int, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        session, actor = work.session, work.actor
        row = queries.proposal_row(session, actor, proposal_id, today())
        line = queries.lines_of(session, [row])[0]
        article = session.get(Article, row.article_id) if row.article_id else None
        base = _base(session, actor, row, article)
        published = session.get(ArticleVersion, row.version_id) if row.version_id else None
        changes = _changes(row, base, published if row.state != ProposalState.WAITING else None) if base is not None else []
        draft = (article is not None and article.draft_version_id not in (None, article.published_version_id)
                 and actor.can("knowledge.article.read_drafts"))
        return render_template(
            "knowledge/proposals/show.html", row=row, line=line, article=article, base=base, refused=refused, marks=STATES,
            overtaken=row.state == ProposalState.WAITING and base is not None and base.id != row.base_version_id,
            rows=rows(changes, showing.painter(session, actor), "changes", AROUND), changed=count_changes(changes), draft=draft,
            html=render(fences.visible(row.body, fences.INTERNAL), labels=showing.block_labels()), acts=ACTS,
            offers=offered(session, actor, row, today()), states=ProposalState, kinds=ProposalKind, levels=Level)


def _base(session: Session, actor: Actor, row: Proposal, article: Article | None) -> ArticleVersion | None:
    """What a correction is compared with: the text in force while it waits. None where that has become secret, or for another unit,
    since it was handed in: its author saw what it was then."""
    if article is None or not can(actor, READ_ARTICLE, article):
        return None
    shown = article.published_version_id if row.state == ProposalState.WAITING else row.base_version_id
    version = session.get(ArticleVersion, shown) if shown else None
    return version if version is not None and usecases.is_open(version) else None


def _changes(row: Proposal, base: ArticleVersion, published: ArticleVersion | None) -> list[Any]:
    old = revive(base.blocks)
    new = revive(published.blocks) if published is not None else identify(split(row.body), old, seed=row.number)
    return diff_blocks(visible_blocks(old, fences.INTERNAL), visible_blocks(new, fences.INTERNAL))


@blueprint.post("/<int:proposal_id>/<any(publish, return, see, take_back, edit, withdraw):name>")
def act(proposal_id: int, name: str) -> Response:
    """Do one of the acts; what was typed comes back with the reason when it is refused."""
    one = ACTS[name]
    try:
        data = load(one.schema)
        with begin() as work:
            row = one.run(work, proposal_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        said = told.said
        if isinstance(error, Stale):
            said = sentence(N_("Somebody changed it, or the article, meanwhile. Look at it again."))
        return make_response(_page(proposal_id, (name, {**request.form, "errors": told.errors}, said)), error.status)
    flash(sentence(one.said), "ok")
    return go(url_for(".show", proposal_id=row.id))
