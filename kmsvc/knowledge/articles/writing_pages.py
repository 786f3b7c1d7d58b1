"""Pages of articles for editors: write, edit with preview, publish, bring back, retire, owner and audience."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.access.rules import Place
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import listed, sentence
from kmsvc.core.permissions import require
from kmsvc.core.schemas import InputSchema, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, told_fields, wanted_version
from kmsvc.core.work import Work
from kmsvc.files.queries import address_of, files_of
from kmsvc.knowledge.articles import acts, lists, queries, showing, usecases, versions
from kmsvc.knowledge.articles.pages import article_page, guarded
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, level_of
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.articles.schemas import (
    ArticleForm,
    KeepArticle,
    RetireForm,
    Revert,
    content_of,
)
from kmsvc.knowledge.scopes.register import register
from kmsvc.knowledge.templates.guiding import beginning, empty_now, guide
from kmsvc.knowledge.templates.queries import template_card
from kmsvc.markup import fences
from kmsvc.markup.render import render
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import audiences
from kmsvc.search.scopes import DIMENSIONS
from kmsvc.search.showing import scope_groups

blueprint = Blueprint("knowledge_writing_pages", __name__, url_prefix="/knowledge/articles")

PROBLEMS = {"unknown_name": N_("A block has a name that is not known; readers take it as secret: %(words)s"),
            "unclosed": N_("A block of kind %(words)s has no end; it goes on to the end of the text.")}


class Preview(InputSchema):
    """The text as it is typed."""

    body = Text(load_default=None, allow_none=True, validate=validate.Length(max=100_000))


@blueprint.post("/preview")
def preview() -> str:
    """The text as readers of this person's level would see it, with remarks on blocks that are not closed."""
    data = load(Preview)
    body = data["body"] or ""
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        html = render(fences.visible(body, level_of(work.actor)), attachment_url=address_of(work.session, work.actor),
                      labels=showing.block_labels())
    remarks = [sentence(PROBLEMS[code], {"words": words[:60]}) for code, words in fences.problems(body)[:10]]
    return render_template("knowledge/articles/_preview.html", html=html, remarks=remarks)


class NewQuery(InputSchema):
    """template: id of what the article begins with."""

    template = Whole(load_default=None, allow_none=True)


class Guided(InputSchema):
    """What of the form decides on the sections of its template."""

    publish = fields.Boolean(load_default=False)
    anyway = fields.Boolean(load_default=False)
    template = Whole(load_default=None, validate=validate.Range(min=1, max=2**31 - 1))
    body = Text(load_default="")


@blueprint.get("/new")
def new() -> str:
    """An empty article, or one that begins with a template."""
    wanted = query_data(NewQuery)["template"]
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        return _form(work, None, beginning(template_card(work.session, wanted)) if wanted else {})


def _loaded(article_id: int | None) -> dict[str, Any]:
    """The form; all that does not fit is told at once, the empty sections of its template with it."""
    empty = _empty_sections(article_id)
    try:
        data = load(ArticleForm, _sent())
    except InvalidInput as error:
        raise InvalidInput({**empty, **error.fields}, labels=error.labels) from error
    if empty:
        raise InvalidInput(empty)
    return data


def _empty_sections(article_id: int | None) -> dict[str, Any]:
    """The empty sections of its template, by the field that says so, when an article is about to be published; asked once where
    it may be so."""
    try:
        asked = load(Guided, {name: request.form[name] for name in ("publish", "anyway", "template", "body") if request.form.get(name)})
    except InvalidInput:  # the form itself says so
        return {}
    if not asked["publish"]:
        return {}
    with look() as work:
        empty, strict = empty_now(work, article_id, asked["template"], asked["body"])
    if not empty or (asked["anyway"] and not strict):
        return {}
    said = N_("The template asks for sections that are empty: %(sections)s.") if strict else N_("Empty: %(sections)s")
    return {"body" if strict else "anyway": [sentence(said, {"sections": listed(empty)})]}


@blueprint.post("/new")
def write() -> Response:
    """Write a new article, and publish it if asked."""
    try:
        data = _loaded(None)
        with begin() as work:
            article_id = acts.write(work, data).id
    except InvalidInput as error:
        return _again(None, error, 422)
    flash(sentence(N_("Published.") if data["publish"] else N_("Saved as a draft.")), "ok")
    return go(url_for("knowledge_articles_pages.show", article_id=article_id))


def _sent() -> dict[str, Any]:
    """The form, every ticked box of where it applies under one name; a form without these boxes leaves that as it is."""
    sent: dict[str, Any] = {name: value for name, value in form_data().items() if name not in ("applies", *DIMENSIONS)}
    return sent | {name: request.form.getlist(name) for name in DIMENSIONS if "applies" in request.form or name in request.form}


@blueprint.get("/<int:article_id>/edit")
def edit_page(article_id: int) -> str:
    """The newest text in the editor, with the files of the article."""
    with look() as work:
        article, version = queries.readable_version(work.session, work.actor, article_id, draft=True)
        require(work.actor, EDIT_ARTICLE, article)
        if article.process_id is not None:
            raise RuleBroken("knowledge.article.follows_process",
                             N_("This article follows a process. Submit a change request for the process."))
        guarded(work, article, version, Place.EDITOR)
        return _form(work, article_id, _values(work, article_id, version))


@blueprint.post("/<int:article_id>/edit")
def edit(article_id: int) -> Response:
    """Write the next version; a stale one comes back with both texts and nothing is overwritten."""
    try:
        data = _loaded(article_id)
        seen = wanted_version()
        with begin() as work:
            queries.readable_version(work.session, work.actor, article_id, draft=True)
            usecases.edit_article(work, article_id, content_of(data), version=seen, category=data["category"],
                                  note=data["note"], publish=data["publish"])
    except InvalidInput as error:
        return _again(article_id, error, 422)
    except Stale as error:
        return _again(article_id, error, 409)
    flash(sentence(N_("Published.") if data["publish"] else N_("Saved as a draft.")), "ok")
    return go(url_for("knowledge_articles_pages.show", article_id=article_id))


def _values(work: Work, article_id: int, version: Any) -> dict[str, Any]:
    card = queries.article_card(work.session, work.actor, article_id, today(), draft=True)
    return {"title": version.title, "summary": version.summary, "body": version.body, "category": card.category,
            "tags": ", ".join(version.tags or ()), "aliases": "\n".join(version.aliases or ()), "language": version.language,
            "confidentiality": version.confidentiality, "valid_from": version.valid_from, "valid_to": version.valid_to,
            "version": card.version, "marks": card.marks}


def _form(work: Work, article_id: int | None, values: dict[str, Any], errors: dict[str, Any] | None = None,
          theirs: dict[str, Any] | None = None) -> str:
    files = files_of(work.session, work.actor, "article", article_id) if article_id is not None else []
    known = article_id is not None
    card = queries.article_card(work.session, work.actor, article_id or 0, today(), draft=True) if known else None
    groups = scope_groups(register(work.session), values.get("marks", ()), work.actor.language)
    return render_template(
        "knowledge/articles/edit.html", **guide(work, article_id, values), article=card,
        values=values, errors=errors or {}, files=files, theirs=theirs, groups=groups,
        applies=[one["label"] for group in groups for one in group["options"] if one["on"]],
        audience=work.session.get(Unit, card.audience_unit_id) if card is not None and card.audience_unit_id else None,
        levels=Confidentiality, shelves=[name for name, _ in lists.shelves(work.session, work.actor)],
        units=[(unit.code, unit.name) for unit in audiences(work.session)],
        history=versions.version_lines(work.session, work.actor, article_id) if article_id is not None else [])


def _again(article_id: int | None, error: Refusal, status: int) -> Response:
    """The form with what was typed; when somebody was faster, with their text beside it and their version to build on."""
    typed: dict[str, Any] = {**request.form}
    typed["marks"] = [f"{name}.{one}" for name in DIMENSIONS for one in request.form.getlist(name)]
    theirs = None
    with look() as work:
        if article_id is not None:
            article, version = queries.readable_version(work.session, work.actor, article_id, draft=True)
            require(work.actor, EDIT_ARTICLE, article)
            if isinstance(error, Stale):
                theirs = _values(work, article_id, version)
                typed["version"] = theirs["version"]
        else:
            require(work.actor, EDIT_ARTICLE)
        errors = told_fields(error) if isinstance(error, InvalidInput) else {}
        return make_response(_form(work, article_id, typed, errors, theirs), status)


def _verb(article_id: int, name: str, schema: type[InputSchema], run: Any, said: str) -> Response:
    """Run one act; what was typed comes back with the reason when it is refused."""
    try:
        data = load(schema)
        seen = wanted_version()
        with begin() as work:
            queries.readable_version(work.session, work.actor, article_id, draft=True)
            run(work, data, seen)
    except Refusal as error:
        if error.status not in (409, 422):
            raise
        errors = told_fields(error) if isinstance(error, InvalidInput) else {}
        typed = {**request.form, "errors": errors}
        with look() as work:
            page = article_page(work, article_id, (name, typed, sentence(error.sentence, error.params)))
        return make_response(page, error.status)
    flash(sentence(said), "ok")
    return go(url_for("knowledge_articles_pages.show", article_id=article_id))


@blueprint.post("/<int:article_id>/publish")
def publish(article_id: int) -> Response:
    """Let readers see the draft."""
    return _verb(article_id, "publish", InputSchema, lambda work, data, seen: usecases.publish_article(
        work, article_id, version=seen), N_("Published."))


@blueprint.post("/<int:article_id>/revert")
def revert(article_id: int) -> Response:
    """Publish an earlier version again."""
    return _verb(article_id, "revert", Revert, lambda work, data, seen: usecases.revert_article(
        work, article_id, to_version_id=data["to_version_id"], reason=data["reason"], version=seen),
        N_("The earlier version is in force again."))


@blueprint.post("/<int:article_id>/retire")
def retire(article_id: int) -> Response:
    """Take an article out of force."""
    def run(work: Work, data: dict[str, Any], seen: int | None) -> None:
        heir = lists.article_numbered(work.session, work.actor, data["superseded_by"]) if data["superseded_by"] else None
        if data["superseded_by"] and heir is None:
            raise InvalidInput({"superseded_by": [N_("There is no article with this number.")]})
        usecases.retire_article(work, article_id, reason=data["reason"], superseded_by_id=heir, version=seen)
    return _verb(article_id, "retire", RetireForm, run, N_("Retired. Readers of old links see it with a red bar."))


@blueprint.post("/<int:article_id>/keep")
def keep(article_id: int) -> Response:
    """Change owner, audience and review day."""
    def run(work: Work, data: dict[str, Any], seen: int | None) -> None:
        acts.keep(work, article_id, data, seen)
    return _verb(article_id, "keep", KeepArticle, run, N_("Saved."))
