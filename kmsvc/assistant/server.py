"""The protocol: two tools, served over a pipe or over HTTP. Needs the extra `kmsvc[assistant]`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import anyio
import mcp_types as types
from marshmallow import Schema, ValidationError, fields, validate
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from kmsvc import __version__
from kmsvc.assistant.answers import MOST, Desk, reader
from kmsvc.core.actors import Actor
from kmsvc.core.api import jsonable
from kmsvc.core.errors import NotFound, NotPermitted, Refusal
from kmsvc.core.work import Database, Work
from kmsvc.people.sessions.usecases import actor_by_token, note_use
from kmsvc.people.system import SYSTEM

Context = ServerRequestContext[dict[str, Any], Any]
Who = Callable[[Context], Actor]
PATH = "/mcp"
NOTED_EVERY = timedelta(minutes=1)
LONGEST_QUESTION = 2_000
INSTRUCTIONS = (
    "Knowledge and processes of a customer contact centre, as the person you work for may read them. Search first, then read the "
    "whole text by its number before you answer. Cite number, version and address. Blocks marked :::say may be said to a customer; "
    "blocks marked :::internal are for staff only. Never fill gaps by guessing: say that the centre has no text on it.")


class Find(Schema):
    """What the tool `search` takes."""

    query = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_QUESTION))
    limit = fields.Integer(load_default=5, strict=True, validate=validate.Range(min=1, max=MOST))
    on = fields.Date(load_default=None, allow_none=True)


class Read(Schema):
    """What the tool `read` takes."""

    number = fields.String(required=True, validate=validate.Length(min=1, max=64))
    on = fields.Date(load_default=None, allow_none=True)


_DAY = {"type": ["string", "null"], "format": "date",
        "description": "The text that counted on this day, such as the day of the customer's purchase; today when left out."}
_SAFE = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
TOOLS = [
    types.Tool(
        name="search", title="Search the centre's knowledge", annotations=_SAFE,
        description="Find articles and processes by what the customer says, in Chinese or English, by words, pinyin or number.",
        input_schema={"type": "object", "additionalProperties": False, "required": ["query"], "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": LONGEST_QUESTION},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 5}, "on": _DAY}}),
    types.Tool(
        name="read", title="Read one text", annotations=_SAFE,
        description="The whole text of an article or process by its number, with version, owner and the address to cite.",
        input_schema={"type": "object", "additionalProperties": False, "required": ["number"], "properties": {
            "number": {"type": "string", "minLength": 1, "maxLength": 64}, "on": _DAY}}),
]


def server(db: Database, desk: Desk, who: Who) -> Server[dict[str, Any]]:
    """The protocol's server; who: the person a request is asked for, looked up anew for each."""
    def ask(work: Work, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name == "search":
            wanted = Find().load(given)
            return desk.find(work, wanted["query"], limit=wanted["limit"], on=wanted["on"])
        wanted = Read().load(given)
        return desk.read(work, wanted["number"], on=wanted["on"])

    def answer(context: Context, name: str, given: dict[str, Any]) -> types.CallToolResult:
        if name not in {tool.name for tool in TOOLS}:
            return _refused("There is no such tool.")
        try:
            with db.look(reader(who(context))) as work:
                found = jsonable(ask(work, name, given))
        except ValidationError as error:
            return _refused(json.dumps(error.messages, ensure_ascii=False))
        except NotFound:
            return _refused("There is no text with this number for this person.")
        except Refusal as error:
            return _refused(str(error))
        return types.CallToolResult(content=[types.TextContent(text=json.dumps(found, ensure_ascii=False))], structured_content=found)

    async def tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=TOOLS)

    async def call(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await anyio.to_thread.run_sync(partial(answer, context, params.name, params.arguments or {}))

    return Server("kmsvc", version=__version__, title="kmsvc", instructions=INSTRUCTIONS, on_list_tools=tools, on_call_tool=call)


def _refused(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=sentence)], is_error=True)


def over_pipe(db: Database, desk: Desk, actor: Callable[[], Actor]) -> None:
    """Serve standard input and output, for one person, until they are closed."""
    async def run() -> None:
        served = server(db, desk, lambda context: actor())
        async with stdio_server() as (into, out):
            await served.run(into, out, served.create_initialization_options())
    anyio.run(run)


def by_token(db: Database, secret: str) -> tuple[Actor, int] | None:
    """Whom a bearer token stands for, and its id; None where it is unknown, revoked or expired."""
    with db.look(SYSTEM) as work:
        found = actor_by_token(work.session, secret, work.now)
    return (found[0], found[1].id) if found is not None else None


class Guarded:
    """An ASGI application that answers 401 without a valid bearer token."""

    def __init__(self, app: ASGIApp, db: Database) -> None:
        self.app, self.db = app, db
        self._noted: dict[int, datetime] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its person, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        kind, _, secret = head.partition(" ")
        found = await anyio.to_thread.run_sync(by_token, self.db, secret.strip()) if kind.lower() == "bearer" else None
        if found is None:
            await send({"type": "http.response.start", "status": 401, "headers": [
                (b"www-authenticate", b'Bearer realm="kmsvc"'), (b"content-type", b"text/plain; charset=utf-8")]})
            await send({"type": "http.response.body", "body": b"A valid token is needed.\n"})
            return
        await anyio.to_thread.run_sync(self._note, *found)
        scope.setdefault("state", {})["actor"] = found[0]
        await self.app(scope, receive, send)

    def _note(self, actor: Actor, token_id: int) -> None:
        now = self.db.clock()
        if now - self._noted.get(token_id, datetime.min.replace(tzinfo=UTC)) > NOTED_EVERY:
            self._noted[token_id] = now
            note_use(self.db, actor, token_id)


def http_app(db: Database, desk: Desk, hosts: list[str]) -> ASGIApp:
    """The protocol over HTTP at `/mcp`, stateless, each request with the bearer token of its person.

    hosts: host names by which the service is called; a request for another one is refused (DNS rebinding)."""
    def who(context: Context) -> Actor:
        if context.request is None:
            raise NotPermitted()
        actor: Actor = context.request.scope["state"]["actor"]
        return actor
    names = [*hosts, "127.0.0.1", "localhost", "[::1]"]
    safe = TransportSecuritySettings(allowed_hosts=[*names, *(f"{one}:*" for one in names)],
                                     allowed_origins=[f"{scheme}://{one}{port}" for scheme in ("http", "https") for one in names
                                                      for port in ("", ":*")])
    return Guarded(server(db, desk, who).streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, transport_security=safe), db)
