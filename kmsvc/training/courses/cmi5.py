"""cmi5 and the part of xAPI it needs: launching a package, its statements and documents, limited to one attempt, lesson and item."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.courses import learning
from kmsvc.training.courses.filling import package_of
from kmsvc.training.courses.models import CourseAttempt, CourseDocument, CourseLaunch, CourseStatement
from kmsvc.training.courses.packages import CMI5
from kmsvc.training.courses.tickets import Ticket

LASTS = timedelta(hours=8)
LARGEST = 100_000
"""characters of a statement or document"""
MOST = 20_000
"""statements of one attempt"""
DATA, PREFERENCES = "LMS.LaunchData", "cmi5LearnerPreferences"
COMPLETED, PASSED, FAILED = (f"http://adlnet.gov/expapi/verbs/{one}" for one in ("completed", "passed", "failed"))
INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"
_SPACE = uuid.UUID("6f3d5a52-54f3-4b52-8f0b-7ad0c3c5a0c5")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def registration_of(attempt_id: int, lesson_id: int) -> str:
    """The registration of one attempt in one lesson: the same each time it is launched."""
    return str(uuid.uuid5(_SPACE, f"{attempt_id}:{lesson_id}"))


def actor_of(person_id: int, name: str, home: str) -> dict[str, Any]:
    """The learner as statements name them. home: the address people use."""
    return {"objectType": "Agent", "name": name, "account": {"homePage": home, "name": str(person_id)}}


def launch(work: Work, attempt_id: int, lesson_id: int, item: str) -> str:
    """A launch of an item of a cmi5 lesson; the secret that its fetch address ends with."""
    attempt, _ = learning.own_attempt(work, attempt_id)
    text = learning.lesson_of(work.session, attempt, lesson_id)
    package = package_of(work, text.content)
    if package.standard != CMI5 or item not in {one["id"] for one in package.items}:
        raise InvalidInput({"item": [N_("There is no such item in this package.")]})
    secret = secrets.token_urlsafe(24)
    work.session.add(CourseLaunch(attempt_id=attempt.id, lesson_id=lesson_id, item=item, fetch_hash=_hash(secret), made_at=work.now,
                                  ends_at=work.now + LASTS))
    return secret


def fetch(work: Work, ticket: Ticket, secret: str) -> str | None:
    """The token of a launch, given out once; None the second time."""
    work.permit(_as_learner(work, ticket))
    row = work.session.scalar(select(CourseLaunch).where(CourseLaunch.fetch_hash == _hash(secret)).with_for_update())
    if row is None or (row.attempt_id, row.lesson_id, row.item) != (ticket.attempt_id, ticket.lesson_id, ticket.item):
        raise NotFound()
    if row.fetched_at is not None or row.ends_at < work.now:
        return None
    token = secrets.token_urlsafe(24)
    row.fetched_at, row.token_hash = work.now, _hash(token)
    return token


def _as_learner(work: Work, ticket: Ticket) -> Any:
    """The learner of a ticket is who acts; the door has made the actor of that person."""
    if work.actor.person_id != ticket.person_id:
        raise NotPermitted()
    return learning.LEARN


def held_launch(work: Work, ticket: Ticket, token: str) -> CourseLaunch:
    """The launch behind a token, or NotPermitted: of this ticket's attempt, lesson and item, while it lasts."""
    work.permit(_as_learner(work, ticket))
    row = work.session.scalar(select(CourseLaunch).where(CourseLaunch.token_hash == _hash(token))) if token else None
    if row is None or row.ends_at < work.now or (row.attempt_id, row.lesson_id, row.item) != (
            ticket.attempt_id, ticket.lesson_id, ticket.item):
        raise NotPermitted()
    return row


def put_statements(work: Work, ticket: Ticket, home: str, given: list[Any]) -> list[str]:
    """Keep statements of this learner and registration; the same once more is no fault. Their ids."""
    attempt, _ = learning.own_attempt(work, ticket.attempt_id)
    found = []
    for one in given:
        if not isinstance(one, dict) or len(json.dumps(one)) > LARGEST:
            raise InvalidInput({"statement": [N_("This is no statement, or it is too large.")]})
        _fits(one, ticket, home)
        key = str(one.get("id") or uuid.uuid4())
        try:
            key = str(uuid.UUID(key))
        except ValueError:
            raise InvalidInput({"id": [N_("The id of a statement is a UUID.")]}) from None
        if _kept(work, attempt.id, key):
            found.append(key)
            continue
        verb = str((one.get("verb") or {}).get("id") or "")[:300]
        work.session.add(CourseStatement(attempt_id=attempt.id, lesson_id=ticket.lesson_id, statement_id=key, verb=verb,
                                         statement=_storable(one | {"id": key}), stored_at=work.now))
        work.session.flush()
        _judge(work, attempt, ticket, verb, one)
        found.append(key)
    return found


def _kept(work: Work, attempt_id: int, key: str) -> bool:
    return work.session.scalar(select(CourseStatement.id).where(
        CourseStatement.attempt_id == attempt_id, CourseStatement.statement_id == key)) is not None


def _fits(one: dict[str, Any], ticket: Ticket, home: str) -> None:
    """A statement speaks of this learner and, where it names one, of this registration."""
    account = ((one.get("actor") or {}) if isinstance(one.get("actor"), dict) else {}).get("account")
    context = one.get("context") if isinstance(one.get("context"), dict) else {}
    registration = context.get("registration") if context else None
    verb = one.get("verb")
    if not isinstance(account, dict) or account.get("name") != str(ticket.person_id) or account.get("homePage") != home:
        raise NotPermitted(N_("A statement speaks of whoever was launched, and of nobody else."))
    if registration is not None and registration != registration_of(ticket.attempt_id, ticket.lesson_id):
        raise NotPermitted(N_("A statement speaks of its own registration."))
    if not isinstance(verb, dict) or not isinstance(verb.get("id"), str):
        raise InvalidInput({"verb": [N_("A statement needs a verb.")]})


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(char for char in value if char != "\x00" and not 0xD800 <= ord(char) <= 0xDFFF)
    if isinstance(value, dict):
        return {_storable(str(key)): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value


def _judge(work: Work, attempt: CourseAttempt, ticket: Ticket, verb: str, one: Mapping[str, Any]) -> None:
    """What a verb means for the item: done by its rule, with its score."""
    if verb not in (INITIALIZED, COMPLETED, PASSED, FAILED):
        return
    package = package_of(work, learning.lesson_of(work.session, attempt, ticket.lesson_id).content)
    item = next(it for it in package.items if it["id"] == ticket.item)
    result = one.get("result") if isinstance(one.get("result"), dict) else {}
    scaled = (result.get("score") or {}).get("scaled") if result and isinstance(result.get("score"), dict) else None
    share = float(scaled) if isinstance(scaled, int | float) and not isinstance(scaled, bool) else None
    score = round(max(0.0, min(1.0, share)) * 10_000) if share is not None else None
    if verb == PASSED and item.get("mastery") is not None and score is not None and score < item["mastery"]:
        return
    row = learning.progress_of(work.session, attempt.id).get(ticket.lesson_id)
    said = dict((((row.data if row else None) or {}).get(ticket.item) or {}).get("cmi") or {})
    said |= {INITIALIZED: {"initialized": "1"}, COMPLETED: {"completed": "1"}, PASSED: {"passed": "1"}, FAILED: {}}[verb]
    learning.note_package(work, attempt, ticket.lesson_id, item=ticket.item, data=said, done=satisfied(item.get("move_on") or "", said),
                          items={it["id"]: bool(it.get("counts", True)) for it in package.items}, score=score)


def satisfied(move_on: str, said: Mapping[str, str]) -> bool:
    """Whether an item is done by the rule of its package."""
    passed, completed = "passed" in said, "completed" in said
    return {"Passed": passed, "Completed": completed, "CompletedAndPassed": passed and completed,
            "CompletedOrPassed": passed or completed}.get(move_on, "initialized" in said)


def statements(work: Work, ticket: Ticket, statement_id: str | None) -> Any:
    """One statement of this registration, or the newest hundred."""
    query = select(CourseStatement).where(CourseStatement.attempt_id == ticket.attempt_id, CourseStatement.lesson_id == ticket.lesson_id)
    if statement_id is not None:
        row = work.session.scalar(query.where(CourseStatement.statement_id == statement_id.lower()))
        if row is None:
            raise NotFound()
        return row.statement
    rows = work.session.scalars(query.order_by(CourseStatement.id.desc()).limit(100))
    return {"statements": [row.statement for row in rows], "more": ""}


def launch_data(work: Work, ticket: Ticket, back: str) -> dict[str, Any]:
    """The document that a package reads first."""
    attempt, _ = learning.own_attempt(work, ticket.attempt_id, lock=False)
    package = package_of(work, learning.lesson_of(work.session, attempt, ticket.lesson_id).content)
    item = next(it for it in package.items if it["id"] == ticket.item)
    found: dict[str, Any] = {
        "contextTemplate": {"registration": registration_of(ticket.attempt_id, ticket.lesson_id), "contextActivities": {"grouping": [
            {"objectType": "Activity", "id": ticket.item}]}, "extensions": {
            "https://w3id.org/xapi/cmi5/context/extensions/sessionid": f"{ticket.attempt_id}-{ticket.lesson_id}"}},
        "launchMode": "Browse" if attempt.done_at is not None else "Normal", "launchMethod": "AnyWindow",
        "moveOn": item.get("move_on") or "NotApplicable", "returnURL": back, "launchParameters": item.get("data") or ""}
    return found | ({"masteryScore": item["mastery"] / 10_000} if item.get("mastery") is not None else {})


def document(work: Work, ticket: Ticket, resource: str, name: str) -> CourseDocument | None:
    """A document that a package keeps."""
    return work.session.scalar(select(CourseDocument).where(
        CourseDocument.attempt_id == ticket.attempt_id, CourseDocument.lesson_id == ticket.lesson_id,
        CourseDocument.resource == resource, CourseDocument.name == name))


def put_document(work: Work, ticket: Ticket, resource: str, name: str, media_type: str, content: str | None) -> None:
    """Keep a document, or take it away (None). Of an attempt that is over nothing is kept."""
    attempt, _ = learning.own_attempt(work, ticket.attempt_id)
    if len(name) > 300 or (content is not None and len(content) > LARGEST):
        raise InvalidInput({"content": [N_("This document is too large.")]})
    if attempt.done_at is not None or attempt.left_at is not None:
        return
    row = document(work, ticket, resource, name)
    if content is None:
        if row is not None:
            work.session.delete(row)
        return
    if row is None:
        row = CourseDocument(attempt_id=attempt.id, lesson_id=ticket.lesson_id, resource=resource, name=name, media_type="", content="",
                             changed_at=work.now)
        work.session.add(row)
    row.media_type, row.content, row.changed_at = media_type[:100], _storable(content), work.now
