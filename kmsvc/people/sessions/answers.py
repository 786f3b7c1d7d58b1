"""Answers that show a secret once: it is added after the answer was kept for its Idempotency-Key, so it is never stored."""

from __future__ import annotations

import json

from flask import Response

from kmsvc.core.api import jsonable


def with_secret(answer: Response, name: str, secret: str | None) -> Response:
    """The answer with `name` in it; null when the same request comes again, or when there is no secret."""
    if answer.status_code >= 400:
        return answer
    body = answer.get_json()
    body[name] = None if "Idempotency-Replayed" in answer.headers else secret
    answer.set_data(json.dumps(jsonable(body), ensure_ascii=False, separators=(",", ":")))
    answer.headers["Cache-Control"] = "no-store"
    return answer
