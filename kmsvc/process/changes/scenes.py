"""The choices, constants and defaults an input offers at this moment; who has a part in a change; the text on the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.people.accounts.directory import Entry
from kmsvc.people.accounts.queries import active_people, holders_of
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import all_units, downward, open_units, parents, root_unit, unit_names
from kmsvc.process.changes import enums, rules
from kmsvc.process.changes.counting import affected_people, owner_id, scene_of, scenes_of
from kmsvc.process.changes.models import Assistant, Change, Comment, HistoryEntry
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.rules import content_hash
from kmsvc.process.fieldwork import teaching
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine
from kmsvc.process.fieldwork.rules import FeedbackRoute, FeedbackSource, SampleResult, TaughtVerdict

Choice = tuple[Any, str]

__all__ = ["affected_people", "owner_id", "scene_of", "scenes_of"]


def me(actor: Actor) -> rules.Me:
    """The caller as the rules see one."""
    return rules.Me(actor.person_id, actor.permissions)


def involved(session: Session, change: Change) -> frozenset[int]:
    """Persons who have a part in this change already."""
    found = {change.asker_id, change.author_id, owner_id(session, change)}
    found |= set(session.scalars(select(HistoryEntry.person_id).where(HistoryEntry.change_id == change.id)))
    found |= set(session.scalars(select(Assistant.person_id).where(Assistant.change_id == change.id)))
    return frozenset(one for one in found if one is not None)


def _people(session: Session, change: Change, people: Iterable[Entry]) -> list[Choice]:
    """(login, name with post and unit) with those not yet involved first; never anybody without a sign-in or the one `init` made."""
    seen = involved(session, change)
    usable = [person for person in people if person.logins and not person.is_first and not person.is_guest and person.is_active]
    units = unit_names(session)
    posts = {post.id: post.name for post in session.scalars(select(Post))}
    return [(person.login, " · ".join(filter(None, (person.name, posts.get(person.post_id or 0), units.get(person.unit_id)))))
            for person in sorted(usable, key=lambda person: (person.id in seen, person.id))]


def _labels(kind: Any) -> list[Choice]:
    return [(member.value, member.label) for member in kind]


def _units(session: Session, ids: Iterable[int] | None = None) -> list[Choice]:
    wanted = None if ids is None else set(ids)
    rows = open_units(session) if wanted is None else [unit for unit in all_units(session) if unit.id in wanted]
    return [(unit.code, unit.name) for unit in rows]


def default_unit(session: Session, change: Change) -> Unit | None:
    """The unit a change touches when nobody says otherwise: the audience of its process, else the whole centre."""
    process = session.get(Process, change.process_id) if change.process_id else None
    if process is not None and process.audience_unit_id is not None:
        return session.get(Unit, process.audience_unit_id)
    return root_unit(session)


def assistant_people(session: Session, change: Change, scene: rules.Scene) -> list[Choice]:
    """Who can assist: people of the units still without an assistant, with those below them; anybody when nobody is there."""
    tree = parents(session)
    wide = {below for unit in (scene.unassisted() or scene.units) for below in downward(tree, unit)}
    people = active_people(session, wide) or active_people(session)
    found = _people(session, change, people)
    own = {person.login for person in people if person.id == scene.author_id}
    return sorted(found, key=lambda choice: choice[0] in own)


def moment(session: Session, change: Change, scene: rules.Scene, actor: Actor) -> dict[str, Any]:
    """Choices, constants and defaults for the inputs of the verbs offered now; computed lazily per key."""
    return _Moment(session, change, scene, actor)


class _Moment(dict[str, Any]):
    """A mapping that reads the database only for the keys a schema asks for."""

    def __init__(self, session: Session, change: Change, scene: rules.Scene, actor: Actor) -> None:
        super().__init__()
        self._args = (session, change, scene, actor)

    def get(self, key: str, default: Any = None) -> Any:
        """As `[key]`, with a default where this moment has nothing."""
        try:
            return self[key]
        except KeyError:
            return default

    def __missing__(self, key: str) -> Any:
        session, change, scene, actor = self._args
        makers = _MAKERS.get(key)
        if makers is None:
            raise KeyError(key)
        value = self[key] = makers(session, change, scene, actor)
        return value


def _candidate(session: Session, change: Change) -> ProcessVersion | None:
    return session.get(ProcessVersion, change.candidate_id) if change.candidate_id else None


def text_on_the_desk(session: Session, change: Change) -> dict[str, str]:
    """The text an author starts from: the saved draft, else the candidate, else what is published, else the request."""
    if change.draft:
        return dict(change.draft)
    base = _candidate(session, change)
    process = session.get(Process, change.process_id) if change.process_id else None
    if base is None and process is not None and process.published_version_id:
        base = session.get(ProcessVersion, process.published_version_id)
    if base is not None:
        return {"name": base.name, "purpose": base.purpose, "body": base.body}
    return {"name": (change.new_process or {}).get("name") or change.title, "purpose": change.reason, "body": ""}


def shown_hash(session: Session, change: Change) -> str:
    """The hash of the text that stands to be signed."""
    base = _candidate(session, change)
    return content_hash(base.name, base.purpose, base.body) if base else ""


def _sessions(session: Session, change: Change) -> list[Choice]:
    plans = session.scalars(select(PlanLine.plan_id).where(
        PlanLine.change_id == change.id, PlanLine.visit == change.visit(9), PlanLine.plan_id.is_not(None)).order_by(PlanLine.id))
    return [(one.id, f"{one.number} {one.starts_at:%Y-%m-%d}") for plan in teaching.taught(session, list(plans)).values()  # type: ignore[arg-type]
            for one in plan.sessions]


_MAKERS: dict[str, Any] = {
    "authors": lambda s, c, sc, a: _people(s, c, [
        person for person in holders_of(s, "process_author") if person.id not in sc.signed.values()]),
    "owners": lambda s, c, sc, a: _people(s, c, holders_of(s, "business_owner")),
    "trainers": lambda s, c, sc, a: _people(s, c, holders_of(s, "trainer")),
    "assistants": lambda s, c, sc, a: assistant_people(s, c, sc),
    "units": lambda s, c, sc, a: _units(s),
    "units_without_assistant": lambda s, c, sc, a: _units(s, sc.unassisted() or sc.units),
    "affected_units": lambda s, c, sc, a: _units(s, sc.units),
    "default:affected_unit": lambda s, c, sc, a: getattr(default_unit(s, c), "code", None),
    "verdicts": lambda s, c, sc, a: _labels(enums.VerdictKind),
    "sample_results": lambda s, c, sc, a: _labels(SampleResult),
    "taught_verdicts": lambda s, c, sc, a: _labels(TaughtVerdict),
    "feedback_sources": lambda s, c, sc, a: _labels(FeedbackSource),
    "feedback_routes": lambda s, c, sc, a: _labels(FeedbackRoute),
    "open_comments": lambda s, c, sc, a: [(row.id, row.text[:80]) for row in s.scalars(
        select(Comment).where(Comment.change_id == c.id, Comment.wants_answer, Comment.answered_at.is_(None))
        .order_by(Comment.id))],
    "unrouted_items": lambda s, c, sc, a: [(row.id, row.text[:80]) for row in s.scalars(
        select(FeedbackItem).where(FeedbackItem.change_id == c.id, FeedbackItem.route.is_(None)).order_by(FeedbackItem.id))],
    "unanswered_items": lambda s, c, sc, a: [(row.id, row.text[:80]) for row in s.scalars(
        select(FeedbackItem).where(FeedbackItem.change_id == c.id, FeedbackItem.answered_at.is_(None))
        .order_by(FeedbackItem.id))],
    "plan_lines": lambda s, c, sc, a: [(row.id, f"{row.course} {row.held_on}") for row in s.scalars(
        select(PlanLine).where(PlanLine.change_id == c.id, PlanLine.visit == c.visit(9)).order_by(PlanLine.id))],
    "plan_sessions": lambda s, c, sc, a: _sessions(s, c),
    "content_hash": lambda s, c, sc, a: shown_hash(s, c),
    "default:name": lambda s, c, sc, a: text_on_the_desk(s, c)["name"],
    "default:purpose": lambda s, c, sc, a: text_on_the_desk(s, c)["purpose"] or None,
    "default:body": lambda s, c, sc, a: text_on_the_desk(s, c)["body"] or None,
    "default:course": lambda s, c, sc, a: c.title,
}
