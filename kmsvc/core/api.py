"""The JSON door: answers, paging, ETags, Idempotency-Key. A route is declared once and stands in the OpenAPI document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, g, request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.breaks import BrokenOff
from kmsvc.core.db import Base, Code
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken, Stale
from kmsvc.core.schemas import MOST_INTEGER
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, body_json, current_actor, etag, look, problem
from kmsvc.core.work import Work

KEEP_KEYS = timedelta(days=7)


class IdempotentAnswer(Base):
    """What a POST with an Idempotency-Key answered; written in the same transaction as its effect (R-D7)."""

    __tablename__ = "core_idempotency"
    audited = False

    key: Mapped[str] = mapped_column(Code, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Code)
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


def jsonable(value: Any) -> Any:
    """Values as JSON holds them: instants RFC 3339 UTC with Z, days ISO 8601."""
    if value is None or type(value) in (str, int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): jsonable(one) for key, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [jsonable(one) for one in value]
    return value


def reply(body: Any, status: int = 200, *, version: int | None = None) -> Response:
    """A JSON answer; with a version it carries an ETag and honours If-None-Match, with 201 where the new thing is read."""
    answer = Response(json.dumps(jsonable(body), ensure_ascii=False, separators=(",", ":")), status=status,
                      mimetype="application/json")
    if version is not None:
        answer.headers["ETag"] = etag(version)
    if status == 201:
        answer.headers["Location"] = f"{request.path}/{body['id']}"
    return answer


def page(items: list[Any], following: Any = None, **more: Any) -> dict[str, Any]:
    """The body of every list."""
    return {"items": items, "next": str(following) if following is not None else None, **more}


def part_of(rows: Sequence[Any], asked: Mapping[str, Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """The page of a whole list that the loaded PageQuery asks for; its cursor is the place in the list."""
    start = cursor_id(asked["cursor"]) or 0
    end = start + asked["limit"]
    return page([show(row) for row in rows[start:end]], end if end < len(rows) else None)


def part_read(read: Callable[[int, int], Sequence[Any]], asked: Mapping[str, Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """The same where the database cuts the page out: read(start, limit) are its rows."""
    start = cursor_id(asked["cursor"]) or 0
    rows = read(start, asked["limit"] + 1)
    return page([show(row) for row in rows[:asked["limit"]]], start + asked["limit"] if len(rows) > asked["limit"] else None)


def cursor_id(cursor: str | None) -> int | None:
    """A cursor that is an id; InvalidInput when it is none."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 10 or int(cursor) > MOST_INTEGER:
        raise InvalidInput({"cursor": [N_("This cursor is not one of ours.")]})
    return int(cursor)


def posting(effect: Callable[[Work], tuple[Any, int, int | None]], *, theirs: Callable[[Work], Any] | None = None,
            content: bytes | None = None) -> Response:
    """Run one use case for a POST: `effect(work)` answers (body, status, version); 201 is for a body with its `id`.

    With an Idempotency-Key the answer is kept in the same transaction; the same request again gets it, another one 422.
    theirs: what stands now, for who was too late (R-W4); what was sent is given back beside it. content: what makes two
    requests the same where the bytes of the body do not (a file comes in other wrapping each time).
    """
    try:
        return _post(effect, request.get_data() if content is None else content)
    except Stale as error:
        if theirs is not None:
            error.mine = body_json() if error.mine is None else error.mine
            with look() as work:
                error.theirs = jsonable(theirs(work)) if error.theirs is None else error.theirs
        raise


def broken_off(error: BrokenOff, report: dict[str, Any]) -> Response:
    """An import that broke off, as a problem with the report of what is in; never kept for its Idempotency-Key."""
    answer = problem(error)
    answer.set_data(json.dumps({**answer.get_json(), "report": error.told(report)}, ensure_ascii=False))
    return answer


def replayed(content: bytes) -> Response | None:
    """The answer this very request got before, for work that takes several transactions; None when it is new."""
    kept, digest = _key_and_digest(content)
    with look() as work:
        old = work.session.get(IdempotentAnswer, kept) if kept else None
        return _again(old, digest) if old is not None else None


def _key_and_digest(content: bytes) -> tuple[str | None, str]:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        raise InvalidInput({"Idempotency-Key": [N_("1 to 200 characters.")]})
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + content).hexdigest()
    return hashlib.sha256(f"{current_actor().person_id}:{key}".encode()).hexdigest()[:60] if key else None, digest


def _post(effect: Callable[[Work], tuple[Any, int, int | None]], content: bytes) -> Response:
    kept, digest = _key_and_digest(content)
    for attempt in (1, 2):
        try:
            with begin() as work:
                if kept:
                    old = work.session.get(IdempotentAnswer, kept)
                    if old is not None:
                        return _again(old, digest)
                body, status, version = effect(work)
                if kept:
                    body = jsonable(body)
                    work.session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at < work.now - KEEP_KEYS))
                    work.session.add(IdempotentAnswer(key=kept, request_hash=digest, status=status,
                                                      body={"body": body, "version": version}, at=work.now))
                    work.session.flush()
            return reply(body, status, version=version)
        except IntegrityError as error:
            if kept and attempt == 1 and "core_idempotency" in str(error.orig):
                continue  # the same request ran beside this one; its answer stands now
            raise Clash() from error
        except Refusal:
            if kept and attempt == 1 and _kept(kept):
                continue  # it was refused because it had just been done, by this very request
            raise
    raise Clash()


def _kept(key: str) -> bool:
    with look() as work:
        return work.session.get(IdempotentAnswer, key) is not None


class Clash(Refusal):
    """Two requests did the same thing at once; the other one won."""

    status = 409
    code = "clash"
    sentence = N_("Somebody did the same at this very moment. Look again.")


def _again(old: IdempotentAnswer, digest: str) -> Response:
    if old.request_hash != digest:
        raise KeyReused("idempotency.key_reused", N_("This Idempotency-Key was used for another request."))
    answer = reply(old.body["body"], old.status, version=old.body["version"])
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


class KeyReused(RuleBroken):
    """An Idempotency-Key came with another request."""

    status = 422


def request_id() -> str:
    """The id of this request, as it stands in log, audit and answer."""
    return str(g.get("request_id", ""))
