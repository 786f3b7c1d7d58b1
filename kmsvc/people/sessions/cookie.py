"""The session cookie: its name and how it is set."""

from __future__ import annotations

from flask import Response

from kmsvc.core.web import settings


def cookie_name() -> str:
    """`__Host-` over https, a plain host-only name where people come by http."""
    return "__Host-kmsvc" if settings().https else "kmsvc"


def with_cookie(answer: Response, secret: str) -> Response:
    """The answer with the session cookie set."""
    answer.set_cookie(cookie_name(), secret, httponly=True, samesite="Lax", secure=settings().https, path="/")
    return answer
