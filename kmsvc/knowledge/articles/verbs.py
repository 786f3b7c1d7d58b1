"""What a caller may do with an article now, as `allowed` shows it: the acts of the buttons, with self-contained schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.queries import ArticleCard
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.people.units.queries import audiences

Schema = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """An article at this moment for this caller: its row, the text shown, the newest text, versions that could come back."""

    session: Session
    article: Article
    card: ArticleCard
    newest: ArticleVersion | None
    earlier: tuple[int, ...]


@dataclass(frozen=True)
class Verb:
    """An act: when it makes sense, and what it asks for."""

    name: str
    label: str
    when: Callable[[Scene], bool]
    schema: Callable[[Scene], Schema]


def _object(properties: dict[str, Any], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _text(title: str, default: Any = None) -> Schema:
    return {"type": "string", "title": title} | ({"default": default} if default else {})


def _day(title: str, default: Any = None) -> Schema:
    return {"type": "string", "format": "date", "title": title} | ({"default": default} if default else {})


_REASON = _text(N_("Reason"))


def _audience(scene: Scene) -> Schema:
    units = [unit.code for unit in audiences(scene.session, scene.article.audience_unit_id)]
    return {"type": "string", "title": N_("For whom")} | ({"enum": units} if units else {})


def _edit(scene: Scene) -> Schema:
    now = scene.newest
    lines = {"type": "array", "items": {"type": "string"}}
    return _object({
        "title": _text(N_("Title"), now and now.title), "body": _text(N_("Text"), now and now.body),
        "summary": _text(N_("The answer in one sentence"), now and now.summary),
        "category": _text(N_("Category"), scene.card.category),
        "tags": lines | {"title": N_("Tags"), "default": list(now.tags or ()) if now else []},
        "aliases": lines | {"title": N_("What customers call it"), "default": list(now.aliases or ()) if now else []},
        "confidentiality": {"type": "string", "title": N_("May it be said?"), "enum": [one.value for one in Confidentiality],
                            "default": now.confidentiality if now else Confidentiality.SAYABLE.value},
        "language": {"type": "string", "title": N_("Language"), "enum": ["zh_Hans_CN", "en"],
                     "default": now.language if now else "zh_Hans_CN"},
        "valid_from": _day(N_("Valid from"), now and now.valid_from),
        "valid_to": _day(N_("Valid to"), now and now.valid_to),
        "owner": _text(N_("Owner")), "audience": _audience(scene),
        "publish": {"type": "boolean", "title": N_("Publish"), "default": False},
        "note": _text(N_("What changed"))}, "title", "body")


def _keep(scene: Scene) -> Schema:
    return _object({"owner": _text(N_("Owner")), "audience": _audience(scene),
                    "review_on": _day(N_("Next review"), scene.card.review_on), "reason": _REASON})


_VERBS = (
    Verb("edit", N_("Edit"), lambda scene: True, _edit),
    Verb("publish", N_("Publish the draft"), lambda scene: scene.card.has_draft, lambda scene: _object({})),
    Verb("revert", N_("Bring it back"), lambda scene: bool(scene.earlier), lambda scene: _object({
        "to_version_id": {"type": "integer", "title": N_("Version"), "enum": list(scene.earlier)}, "reason": _REASON},
        "to_version_id", "reason")),
    Verb("keep", N_("Owner, audience, review"), lambda scene: True, _keep),
    Verb("retire", N_("Retire"), lambda scene: scene.article.retired_at is None, lambda scene: _object({
        "reason": _REASON, "superseded_by_id": {"type": "integer", "title": N_("What takes its place")}}, "reason")),
)


def allowed(session: Session, actor: Actor, card: ArticleCard, *, waiting: bool) -> list[dict[str, Any]]:
    """`allowed` of an article. waiting: whether the caller is asked to confirm the version in force."""
    base = f"/api/v1/knowledge/articles/{card.id}"
    found = []
    if waiting:
        found.append({"verb": "confirm", "href": f"{base}/confirm", "method": "POST", "forward": True, "schema": _object({
            "version_id": {"type": "integer", "title": N_("Version"), "const": card.version_id}}, "version_id")})
    article = session.get(Article, card.id)
    if article is None or article.process_id is not None or not can(actor, EDIT_ARTICLE, article):
        return found
    live = set(session.scalars(select(ArticlePublication.new_version_id).where(ArticlePublication.article_id == card.id)))
    scene = Scene(session, article, card,
                  session.get(ArticleVersion, article.draft_version_id) if article.draft_version_id else None,
                  tuple(sorted((one for one in live if one and one != article.published_version_id), reverse=True)))
    return found + [{"verb": verb.name, "href": f"{base}/{verb.name}", "method": "POST", "forward": verb.name == "publish",
                     "schema": verb.schema(scene)} for verb in _VERBS if verb.when(scene)]
