"""Pages of articles for readers: the list, one article, its old versions, what changed, «read and understood»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import ended, table_answer
from kmsvc.core import past
from kmsvc.core.cards import Moment
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, InputSchema, Line, OnDay, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, look, query_data, safe_target, settings, today
from kmsvc.core.work import Work
from kmsvc.files.queries import shown_files
from kmsvc.knowledge.articles import lists, queries, showing, versions
from kmsvc.knowledge.articles.days import version_on
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.rules import ArticleState, Confidentiality, Stage, Validity
from kmsvc.knowledge.articles.schemas import ConfirmRead
from kmsvc.knowledge.articles.secrets import secret_of
from kmsvc.knowledge.citations.beside import of_article as citations_of
from kmsvc.knowledge.confirmations.permissions import sees_readers
from kmsvc.knowledge.confirmations.queries import my_reading, read_rate, readers_of
from kmsvc.knowledge.confirmations.usecases import confirm_read
from kmsvc.knowledge.contacts.permissions import LINK_CONTACT
from kmsvc.knowledge.contacts.queries import reuse_of
from kmsvc.knowledge.feedback.permissions import SEND_FEEDBACK
from kmsvc.knowledge.feedback.showing import said_of_article
from kmsvc.knowledge.flows.indexing import flows_to
from kmsvc.knowledge.health.using import used
from kmsvc.knowledge.proposals.usecases import may_correct, not_corrected_why
from kmsvc.knowledge.relations.queries import changes_of_twin, taken_away
from kmsvc.knowledge.relations.rules import RelationWord
from kmsvc.knowledge.relations.standing import family_of
from kmsvc.knowledge.relations.switching import switch_of
from kmsvc.knowledge.scopes.register import register
from kmsvc.knowledge.shelf.lists import is_favourite
from kmsvc.knowledge.templates.guiding import empty_draft
from kmsvc.markup.diff import count_changes
from kmsvc.markup.render import reading_seconds
from kmsvc.markup.rows import MODES, mode_of, picked_pair, rows
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import holders_of
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import audiences
from kmsvc.search.keeping import known_marks
from kmsvc.search.scopes import DIMENSIONS
from kmsvc.search.showing import applies_to, scope_groups

past.readable("knowledge_articles_pages.show", "on", framed=False)
blueprint = Blueprint("knowledge_articles_pages", __name__, url_prefix="/knowledge/articles")

PAGE = 50
MOST_EXPORTED = 20_000


class ListQuery(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in ArticleState]))
    owner = Whole(load_default=None, allow_none=True)
    validity = Choice(Validity)
    product, region, channel, customer = Words(), Words(), Words(), Words()
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


@blueprint.get("")
def index() -> str | Response:
    """Articles this person may read, newest first."""
    asked = query_data(ListQuery)
    if asked["state"] in set(Validity):  # an older address said both in one word
        asked |= {"state": Stage.PUBLISHED.value, "validity": asked["state"]}
    with look() as work:
        scopes = known_marks(work.session, {name: asked[name] or () for name in DIMENSIONS})
        stage = asked["state"] or (Stage.PUBLISHED.value if asked["validity"] == Validity.IN_FORCE else None)  # no draft is in force
        chosen = {"q": asked["q"], "category": asked["category"], "owner_id": asked["owner"],
                  "narrowed": lists.Narrowed(stage, asked["validity"], scopes)}
        if asked["format"]:
            lines, rest = lists.article_lines(work.session, work.actor, today(), **chosen, limit=MOST_EXPORTED)
            table = showing.export_rows(work.session, lines, lambda at: local_date(at, settings().timezone), work.actor.language)
            return table_answer(asked["format"], sentence(N_("Knowledge")), [sentence(one) for one in showing.EXPORT_HEAD],
                                ended(table, len(lines), more=rest is not None),
                                name=f"articles-{today().isoformat()}")
        lines, following = lists.article_lines(work.session, work.actor, today(), **chosen, before=asked["cursor"],
                                               limit=PAGE)
        total = lists.count_articles(work.session, work.actor, today(), **chosen)
        shelves = lists.shelves(work.session, work.actor)
        owners = lists.keepers(work.session, work.actor)
        may_write = can(work.actor, EDIT_ARTICLE)
        groups = scope_groups(register(work.session), scopes, work.actor.language)
    return render_template(
        "knowledge/articles/index.html", asked=asked, lines=lines, next_cursor=following, total=total, owners=owners,
        shelves=[(name, f"{showing.category_name(name)} {n}") for name, n in shelves], may_write=may_write, show=showing,
        states=Stage, validities=Validity, groups=groups, levels=Confidentiality, all_n=sum(n for _, n in shelves),
        is_narrowed=bool(asked["q"] or asked["category"] or asked["owner"]) or chosen["narrowed"] != lists.EVERYTHING)


@blueprint.get("/<int:article_id>")
def show(article_id: int) -> str | Response:
    """One article: facts, text, files, versions; what changed since I confirmed it last, if I am asked to. `on=` leads to the
    version that counted on that day."""
    day = query_data(OnDay)["on"]
    with look() as work:
        then = _then(work, article_id, day)
        if then is not None and then.version is not None and not then.is_face:
            return go(url_for(".version", article_id=article_id, n=then.version.ordinal, on=day))
        return article_page(work, article_id, then=then)


@dataclass(frozen=True)
class Then:
    """A day that is looked back at. version: what counted then, if anything did; is_face: readers see that today too."""

    day: date
    version: ArticleVersion | None
    is_face: bool


def _then(work: Work, article_id: int, day: date | None) -> Then | None:
    if day is None or day == today():
        return None
    article, face = queries.readable_version(work.session, work.actor, article_id)
    wanted = version_on(work.session, article.id, Moment(day, today(), settings().timezone))
    seen = queries.readable_version(work.session, work.actor, article_id, version_id=wanted)[1] if wanted else None
    return Then(day, seen, seen is not None and seen.id == face.id)


def article_page(work: Work, article_id: int, refused: tuple[str, dict[str, Any], str] | None = None,
                 then: Then | None = None) -> str:
    """The page of an article; `refused` is an act that comes back with what was typed and why. then: the day looked back at."""
    session, actor = work.session, work.actor
    article, version = queries.readable_version(session, actor, article_id)
    card = queries.article_card(session, actor, article_id, today(), zone=settings().timezone)
    mine = my_reading(session, article_id, version.id, actor.person_id)
    waiting = card.is_published and mine.asked and mine.confirmed_at is None
    before = _confirmed_before(work, article_id, mine.before_version_id) if waiting else None
    changes = versions.changes_between(actor, before, version) if before is not None else []
    history = versions.history_of(session, actor, article)
    lines = versions.lines_of(session, history)
    return render_template(
        "knowledge/articles/show.html", **_surroundings(work, article, card), **guarded(work, article, version, Place.PAGE),
        version=version, lines=lines, is_kept=is_favourite(session, actor, article_id) if card.is_published else None,
        html=showing.page_text(session, actor, version), files=shown_files(session, actor, card.body),
        seconds=reading_seconds(card.body), versions=showing.version_rows(article_id, lines),
        log=showing.log_rows(versions.publication_lines(session, history)), mine=mine, waiting=waiting, then=then,
        before=before, changed=count_changes(changes), rows=rows(changes, showing.painter(session, actor), "changes"), refused=refused,
        use=used(session, article_id), may_say=can(actor, SEND_FEEDBACK) and not actor.must_change,
        reuse=reuse_of(session, "article", article_id, work.now) if card.is_published and can(actor, LINK_CONTACT) else None,
        tally=said_of_article(session, actor, article),
        rate=read_rate(session, version.id) if sees_readers(actor) else None,
        readers=readers_of(session, version.id) if sees_readers(actor) else [], **_related(work, article), **_keeping(work, article),
        **citations_of(session, actor, article, today()))


def _related(work: Work, article: Article) -> dict[str, Any]:
    """The articles related to this one, its twin with what its editors must take over, and what may be related."""
    kin, twin = family_of(work.session, work.actor, article.id)
    may = can(work.actor, EDIT_ARTICLE, article)
    drift = changes_of_twin(work.session, work.actor, twin) if may and twin is not None else None
    seen = guarded(work, drift[0], drift[1], Place.COMPARISON)["secret"] if drift is not None else None
    return {"kin": kin, "may_correct": not may and may_correct(work, article, today()),
            "not_corrected": None if may else not_corrected_why(work, article, today()),
            "twin": twin, "other_tongue": switch_of(twin) if twin is not None else None, "may_relate": may,
            "flows": flows_to(work.session, work.actor, "article", article.id),
            "taken_away": taken_away(work.session, work.actor, article.id) if may else None, "relation_words": RelationWord,
            "drift": rows(drift[2], showing.painter(work.session, work.actor), "changes") if drift is not None else [],
            "drift_secret": seen}


def guarded(work: Work, article: Article, version: ArticleVersion, place: Place) -> dict[str, Any]:
    """The secret words of the text that this page is about to show, noted before it does, and whether they may be printed."""
    return {"secret": shown(secret_of(work.session, work.actor, article, version), place), "now": work.now,
            "may_print": can(work.actor, PRINT_SECRET)}


def _confirmed_before(work: Work, article_id: int, version_id: int | None) -> Any:
    """The version confirmed last, where this reader may still read it."""
    if version_id is None:
        return None
    try:
        return queries.readable_version(work.session, work.actor, article_id, version_id=version_id)[1]
    except NotFound:
        return None


def _keeping(work: Work, article: Article) -> dict[str, Any]:
    """What an editor may do with it, and what can be chosen."""
    if not can(work.actor, EDIT_ARTICLE, article) or article.process_id is not None:
        return {"may_edit": False}
    chosen = {person.id: person for role in ("knowledge_editor", "business_owner") for person in holders_of(work.session, role)}
    owner = directory(work.session).people.get(article.owner_id or 0)
    if owner is not None and owner.login:
        chosen.setdefault(owner.id, owner)  # whatever role the present owner has now: saving must not lose who it is
    units = audiences(work.session, article.audience_unit_id)
    return {"may_edit": True, "empty_sections": empty_draft(work, article),
            "owners": [(person.login, person.name) for person in chosen.values()],
            "owner_login": (owner.login or None) if owner is not None else None, "units": [(unit.code, unit.name) for unit in units],
            "unit_code": next((unit.code for unit in units if unit.id == article.audience_unit_id), None)}


def _surroundings(work: Work, article: Article, card: queries.ArticleCard) -> dict[str, Any]:
    """What every page about one article needs."""
    from kmsvc.core.cards import card as thing

    heir = thing(work.session, work.actor, "article", article.superseded_by_id) if article.superseded_by_id else None
    process = thing(work.session, work.actor, "process", article.process_id) if article.process_id else None
    unit = work.session.get(Unit, article.audience_unit_id) if article.audience_unit_id else None
    return {"article": card, "state": showing.stage_mark(card.stage), "validity": showing.validity_mark(card.validity),
            "successor": heir, "process": process,
            "unit": unit.name if unit else None, "group_id": unit.id if unit and unit.readers is not None else None,
            "category": showing.category_name(card.category),
            "applies": applies_to(register(work.session), card.marks, work.actor.language),
            "retired_at": article.retired_at, "levels": Confidentiality,
            "name": showing.version_name}


@blueprint.get("/<int:article_id>/versions/<int:n>")
def version(article_id: int, n: int) -> str:
    """One version as it was, with a red bar and the way to what is in force."""
    day = query_data(OnDay)["on"]
    with look() as work:
        row = versions.numbered_version(work.session, work.actor, article_id, n)
        article, face = queries.readable_version(work.session, work.actor, article_id)
        card = queries.article_card(work.session, work.actor, article_id, today(), version_id=row.id,
                                    zone=settings().timezone)
        lines = versions.version_lines(work.session, work.actor, article_id)
        line = next(one for one in lines if one.id == row.id)
        return render_template(
            "knowledge/articles/version.html", **_surroundings(work, article, card), **guarded(work, article, row, Place.VERSION),
            version=row, face=face, line=line, then=_then(work, article_id, day),
            older=next((one for one in lines if one.n < n), None), html=showing.page_text(work.session, work.actor, row),
            may_edit=can(work.actor, EDIT_ARTICLE, article) and article.process_id is None)


@blueprint.get("/<int:article_id>/versions/<int:n>/diff/<int:m>")
def difference(article_id: int, n: int, m: int) -> str:
    """What changed from version n to version m, in three views."""
    mode = mode_of(request.args.get("view"))
    with look() as work:
        old = versions.numbered_version(work.session, work.actor, article_id, n)
        new = versions.numbered_version(work.session, work.actor, article_id, m)
        card = queries.article_card(work.session, work.actor, article_id, today(), version_id=new.id)
        changes = versions.changes_between(work.actor, old, new)
        here = url_for(".difference", article_id=article_id, n=n, m=m)
        article = work.get(Article, article_id)
        before, after = (guarded(work, article, one, Place.COMPARISON) for one in (old, new))
        return render_template(
            "knowledge/articles/diff.html", **_surroundings(work, article, card), **(after if after["secret"] else before),
            old=old, new=new, moved=showing.moved(work.session, old, new, work.actor.language),
            mode=mode, rows=rows(changes, showing.painter(work.session, work.actor), mode), changed=count_changes(changes),
            hrefs={one: f"{here}?view={one}" for one in MODES})


@blueprint.get("/<int:article_id>/compare")
def compare(article_id: int) -> Response:
    """The two picked versions as an address of their own."""
    pair = picked_pair(request.args.get("old"), request.args.get("new"))
    if pair is None:
        raise NotFound()
    return go(url_for(".difference", article_id=article_id, n=pair[0], m=pair[1]))


@blueprint.post("/<int:article_id>/confirm")
def confirm(article_id: int) -> Response:
    """«I have read and understood this version.»"""
    data = load(ConfirmRead)
    with begin() as work:
        confirm_read(work, article_id, version_id=data["version_id"], today=today())
    flash(sentence(N_("Noted: you have read and understood this version.")), "ok")
    return go(safe_target(request.form.get("then"), url_for(".show", article_id=article_id)))
