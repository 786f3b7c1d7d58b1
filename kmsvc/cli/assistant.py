"""`kmsvc assistant …`: let the centre's own assistant programs find, read and cite its texts."""

from __future__ import annotations

import os
import socket
from typing import Any
from urllib.parse import urlsplit

import click

from kmsvc.cli.glue import Sentence, acting, as_option, say, with_database
from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_


@click.group()
def assistant() -> None:
    """Serve assistant programs (Model Context Protocol), read only."""


@assistant.command("stdio")
@as_option
@with_database
def stdio(db: Any, settings: Any, as_login: str | None) -> None:
    """Speak over standard input and output, for the program that starts this command.

    Reads as the person whose token stands in KMSVC_TOKEN, else as --as LOGIN."""
    server = _server()
    secret = os.environ.get("KMSVC_TOKEN", "")

    def who() -> Actor:
        if not secret:
            found: Actor = acting(db, as_login)
            return found
        known = server.by_token(db, secret)
        if known is None:
            raise Sentence(N_("KMSVC_TOKEN is unknown, revoked or expired."))
        return known[0]  # type: ignore[no-any-return]
    if not secret and as_login is None:
        raise Sentence(N_("Say for whom: a token in KMSVC_TOKEN, or --as LOGIN."))
    who()
    server.over_pipe(db, _desk(settings), who)


@assistant.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8041, show_default=True)
@with_database
def serve(db: Any, settings: Any, host: str, port: int) -> None:
    """Speak over HTTP at /mcp; each request carries the bearer token of its person. Behind the proxy that speaks https."""
    server = _server()
    import uvicorn

    name = urlsplit(settings.base_url or "").hostname
    app = server.http_app(db, _desk(settings), [host, *([name] if name else [])])
    listener = socket.create_server((host, port))
    say(f"Assistants are served at http://{host}:{listener.getsockname()[1]}{server.PATH}")
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False)).run(sockets=[listener])


def _desk(settings: Any) -> Any:
    from kmsvc.assistant.answers import Desk
    from kmsvc.search.engine import SearchEngine

    return Desk(SearchEngine(settings.index_dir), settings.timezone, settings.base_url or "")


def _server() -> Any:
    try:
        import mcp  # noqa: F401
    except ModuleNotFoundError as error:
        raise Sentence(N_("This needs the extra: pip install \"kmsvc[assistant]\".")) from error
    from kmsvc.assistant import server

    return server
