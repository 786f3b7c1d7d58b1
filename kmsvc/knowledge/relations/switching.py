"""From an answer to the same in the other language: what a switch shows, and languages by their own names."""

from __future__ import annotations

from babel import Locale
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import OtherLanguage
from kmsvc.knowledge.relations.standing import Twin, twin_of


def tongue(code: str) -> str:
    """A language by its own name."""
    return Locale(lang(code)[:2]).get_language_name() or code


def lang(code: str) -> str:
    """A language as HTML names it."""
    return "en" if code.startswith("en") else "zh-Hans"


def switch_of(twin: Twin) -> OtherLanguage:
    """A twin as a switch shows it."""
    return OtherLanguage(twin.other.id, twin.other.number, twin.other.title, tongue(twin.other.language), lang(twin.other.language),
                         twin.other.url, f"/knowledge/relations/twins/{twin.relation_id}", twin.mine_behind)


def switch_for(session: Session, actor: Actor, article_id: int) -> OtherLanguage | None:
    """The switch of an article whose twin is in force and may be read by this caller."""
    twin = twin_of(session, actor, article_id)
    return switch_of(twin) if twin is not None and twin.other.is_published else None
