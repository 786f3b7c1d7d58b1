"""Assistant programs, through the protocol's own client: they find, read and cite what their person may, and nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from kmsvc.assistant.answers import Desk
from kmsvc.assistant.server import by_token, http_app, server
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.people.sessions.usecases import revoke_token
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clients import token_secret
from tests.support.clock import ZONE
from tests.support.commands import ROOT, run_commands

ADDRESS = "https://kms.example"
BODY = """前面一句。

:::say
您好，费用三到七个工作日退回。
:::

:::internal
班长可先行补偿。
:::

:::secret
底线是五十元。
:::
"""


def desk(world: Centre) -> Desk:
    return Desk(world.engine, ZONE, ADDRESS + "/")


def asked(world: Centre, who: str, tool: str, **given: Any) -> Any:
    """What the tool answers this person: the structured answer, or the sentence of a refusal."""
    async def go() -> Any:
        async with Client(server(world.db, desk(world), lambda context: world.actor(who))) as client:
            return await client.call_tool(tool, given)
    return said(run(go()))


def run(asking: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser test before this one may have left a loop in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asking).result()


def said(result: Any) -> Any:
    text = result.content[0].text
    if result.is_error:
        return text
    assert json.loads(text) == result.structured_content
    return result.structured_content


def test_it_finds_and_reads_with_number_version_and_the_address_to_cite(world: Centre) -> None:
    article = make_article(world, title="退费标准：宽带", summary="三到七天退回。", body=BODY, drain=True)
    found = asked(world, "agent", "search", query="宽带退费标准")
    [first, *_] = found["results"]
    assert first["number"] == article.number and first["url"] == f"{ADDRESS}/knowledge/articles/{article.id}"
    text = asked(world, "agent", "read", number=article.number.lower())
    assert "三到七个工作日" in text["text"] and text["version"] == "V1.0" and text["title"] == "退费标准：宽带"
    assert text["cite_as"] == f"{article.number} V1.0, {ADDRESS}/knowledge/articles/{article.id}"


def test_a_process_in_force_is_read_too(world: Centre) -> None:
    process = make_process(world, name="退款流程", body="# 退款\n\n客户要求退款时，先核对订单号。")
    world.drain()
    assert "先核对订单号" in asked(world, "agent", "read", number=process.number)["text"]


@pytest.mark.parametrize("who", ["agent", "knowledge_editor", "everything"])
def test_secret_text_leaves_by_this_door_for_nobody(world: Centre, who: str) -> None:
    article = make_article(world, title="退费标准：宽带", body=BODY, drain=True)
    text = asked(world, who, "read", number=article.number)["text"]
    assert "班长可先行补偿" in text and "底线" not in text
    assert "底线" not in json.dumps(asked(world, who, "search", query="底线是五十元")["results"], ensure_ascii=False)


def test_what_is_not_for_the_person_is_as_if_it_were_not_there(world: Centre) -> None:
    theirs = make_article(world, title="二组的优惠", unit="TEAM-B", drain=True)
    draft = make_article(world, title="还没写完", publish=False, drain=True)
    missing = asked(world, "agent", "read", number="KB-9999")
    assert asked(world, "agent", "read", number=theirs.number) == missing
    assert asked(world, "knowledge_editor", "read", number=draft.number) == missing
    assert asked(world, "agent_b", "read", number=theirs.number)["title"] == "二组的优惠"
    assert asked(world, "agent", "search", query="二组的优惠")["results"] == []


def test_the_text_of_an_earlier_day_is_read_as_it_was(world: Centre) -> None:
    bought = world.clock.today
    process = make_process(world, name="退款流程", body="七天退回。")
    world.drain()
    world.clock.move(days=3)
    assert asked(world, "agent", "read", number=process.number, on=str(bought))["as_of"] == str(bought)
    assert "no text" in asked(world, "agent", "read", number=process.number, on=str(bought - timedelta(days=400)))


@pytest.mark.parametrize(("tool", "given", "named"), [
    ("search", {}, "query"), ("search", {"query": ""}, "query"), ("search", {"query": "x" * 3000}, "query"),
    ("search", {"query": "退费", "limit": 0}, "limit"), ("search", {"query": "退费", "limit": "many"}, "limit"),
    ("search", {"query": "退费", "sort": "x"}, "sort"), ("read", {"number": "KB-1", "on": "yesterday"}, "on"),
    ("read", {"number": 5}, "number"), ("write", {"text": "x"}, "no such tool")])
def test_what_is_asked_wrongly_is_refused_by_name(world: Centre, tool: str, given: dict[str, Any], named: str) -> None:
    refused = asked(world, "agent", tool, **given)
    assert isinstance(refused, str) and named in refused


def test_the_tools_say_that_they_only_read(world: Centre) -> None:
    async def go() -> Any:
        async with Client(server(world.db, desk(world), lambda context: world.actor("agent"))) as client:
            return (await client.list_tools()).tools
    tools = run(go())
    assert [one.name for one in tools] == ["search", "read"] and all(one.annotations.read_only_hint for one in tools)


@contextmanager
def serving(world: Centre) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(http_app(world.db, desk(world), ["kms.example"]), log_config=None))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        listener.close()


def over_http(address: str, secret: str, tool: str, **given: Any) -> Any:
    async def go() -> Any:
        async with (httpx2.AsyncClient(headers={"Authorization": f"Bearer {secret}"}, timeout=20) as http,
                    Client(streamable_http_client(address, http_client=http)) as client):
            return await client.call_tool(tool, given)
    return said(run(go()))


def test_over_http_each_request_reads_as_the_person_of_its_token_until_it_is_revoked(world: Centre) -> None:
    theirs = make_article(world, title="二组的优惠", unit="TEAM-B", drain=True)
    mine, other, gone = token_secret(world, "agent_b"), token_secret(world, "agent"), token_secret(world, "team_leader")
    known = by_token(world.db, mine)
    assert known is not None
    with serving(world) as address:
        assert over_http(address, mine, "read", number=theirs.number)["title"] == "二组的优惠"
        assert "no text" in over_http(address, other, "read", number=theirs.number)
        with world.begin("agent_b") as work:
            revoke_token(work, known[1])
        with world.begin("admin") as work:
            suspend_person(work, world.people["team_leader"], reason="left")
        for secret in (mine, gone, "kms_unknown", "x"):
            refused = httpx2.post(address, headers={"Authorization": f"Bearer {secret}"}, json={})
            assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Bearer")
        strange = httpx2.post(address, headers={"Authorization": f"Bearer {other}", "Host": "evil.example"}, json={})
        assert strange.status_code == 421


def test_over_a_pipe_it_reads_as_who_is_named_and_asks_for_whom(tmp_path: Any) -> None:
    env = {"KMSVC_DATA_DIR": str(tmp_path), "KMSVC_ENV": "development"}
    made, unnamed, unknown = run_commands(env, ["init"], ["assistant", "stdio"], ["assistant", "stdio", "--as", "nobody"])
    assert made.returncode == 0 and unnamed.returncode == 2 and "KMSVC_TOKEN" in unnamed.stderr and unknown.returncode == 2

    async def go() -> Any:
        async with Client(StdioServerParameters(command=sys.executable, args=["-m", "kmsvc", "assistant", "stdio", "--as", "admin"],
                                                env=env, cwd=ROOT)) as client:
            return await client.call_tool("search", {"query": "退费"})
    assert said(run(go()))["results"] == []
