"""Clients of the web half that are signed in: a browser with a session cookie, or a program with a token."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kmsvc.people.accounts.queries import account_by_login
from kmsvc.people.sessions.pages import cookie_name
from kmsvc.people.sessions.usecases import create_token, open_session
from tests.support.centre import Centre


class Caller(FlaskClient):
    """Flask's test client; `login` says who calls, and a browser says that its requests come from our own pages."""

    login: str | None = None

    def freeze(self) -> None:
        """Keep the present cookies whatever later answers say."""
        cookies = "; ".join(f"{one.key}={one.value}" for one in (self._cookies or {}).values())
        self._cookies = None
        if cookies:
            self.environ_base["HTTP_COOKIE"] = cookies

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """(status, JSON) of a JSON request."""
        sent = {} if body is None else {"data": json.dumps(body).encode(), "content_type": "application/json"}
        answer = self.open(path, method=method, headers=headers, **sent)
        return answer.status_code, answer.get_json(silent=True)


def session_secret(world: Centre, login: str) -> str:
    """The cookie of a new session, without proving a password."""
    with world.db.begin(world.actor("operator")) as work:
        account = account_by_login(work.session, login)
        assert account is not None, login
        return open_session(work, account, address="127.0.0.1", browser="test")


def token_secret(world: Centre, login: str, *, days: int = 3650) -> str:
    """A new API token."""
    with world.db.begin(world.actor("operator")) as work:
        return create_token(work, login, name="test", days=days)


def sign_in_as(app: Flask, world: Centre, login: str | None, *, by: str = "cookie") -> Caller:
    """A client for somebody, or for a stranger."""
    app.test_client_class = Caller
    made = app.test_client()
    assert isinstance(made, Caller)
    made.login = login
    if login is not None and by == "token":
        made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_secret(world, login)}"
        return made
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if login is not None:
        with app.test_request_context():
            name = cookie_name()
        made.set_cookie(name, session_secret(world, login))
    return made
