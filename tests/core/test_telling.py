"""A refusal speaks the reader's language and calls things what people call them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from marshmallow import Schema

import kmsvc.audit.columns as words
from kmsvc.core.db import Base
from kmsvc.models import load_models
from kmsvc.people.sessions.usecases import create_token
from tests.builders import submit
from tests.support.centre import Centre

NEW = "/api/v1/process/changes"


def token_of(world: Centre, login: str) -> str:
    with world.begin(login) as work:
        return create_token(work, login, name="script", days=1)


def test_a_problem_is_titled_and_labelled_in_the_language_asked_for(client: Callable, world: Centre) -> None:
    agent = client("agent", by="token")
    for language, title, label in (("zh-CN,zh;q=0.9", "输入不合要求", "标题"), ("en", "Invalid input", "Title"),
                                   ("fr, en;q=0.5", "Invalid input", "Title")):
        answer = agent.post(NEW, json={"reason": "x"}, headers={"Accept-Language": language})
        told = answer.get_json()
        assert (answer.status_code, told["title"], told["labels"]["title"]) == (422, title, label), language
        assert "title" in told["fields"]
    stranger = client()
    assert stranger.get(NEW, headers={"Accept-Language": "zh"}).get_json()["title"] == "需要登录"
    assert stranger.get(NEW, headers={"Accept-Language": "en"}).get_json()["title"] == "Sign in needed"


def test_without_a_wish_the_language_of_the_account_counts(client: Callable, world: Centre) -> None:
    from kmsvc.people.accounts.usecases import set_own_language

    for language, title in (("en", "Not found"), ("zh_Hans_CN", "未找到")):
        with world.begin("agent") as work:
            set_own_language(work, language)
        assert client("agent", by="token").get(f"{NEW}/99999").get_json()["title"] == title


def test_a_verb_uses_its_own_words(client: Callable, world: Centre) -> None:
    change_id = submit(world, new=True)
    manager = client("process_manager", by="token")
    answer = manager.post(f"{NEW}/{change_id}/accept", json={}, headers={"Accept-Language": "en"}).get_json()
    assert answer["labels"]["author"] == "Author"
    answer = manager.post(f"{NEW}/{change_id}/accept", json={"author": "nobody", "owner": "nobody"},
                          headers={"Accept-Language": "en"}).get_json()
    assert answer["labels"] == {"author": "Author", "owner": "Business owner"}


def test_the_page_of_a_refused_address_names_what_does_not_fit(client: Callable) -> None:
    page = client("agent").get("/process/definitions?state=%3Cb%3E")
    text = page.get_data(as_text=True)
    assert page.status_code == 422 and ("状态" in text or "State" in text) and "<b>" not in text.split("<main")[1].split("state")[0]
    assert client("agent", by="token").post(NEW, json={"": 1, "title": "x", "reason": "y"}).get_json()["labels"][""] == ""


def test_every_column_of_a_governed_row_has_a_word() -> None:
    load_models()
    columns = {(mapper.local_table.name, column.key) for mapper in Base.registry.mappers  # type: ignore[attr-defined]
               if mapper.class_.audited for column in mapper.column_attrs}
    assert {(table, name) for table, name in columns - set(words.OF_TABLE) if name not in words.COLUMNS} == set()


@pytest.mark.parametrize("kind", ["body", "query", "form"])
def test_every_input_of_the_api_has_a_word(app: Flask, kind: str) -> None:
    missing = set()
    for view in app.view_functions.values():
        schema: type[Schema] | None = (getattr(view, "says", None) or {}).get(kind)
        for name, field in (schema().fields.items() if schema else ()):
            if "label" not in field.metadata and (field.data_key or name) not in words.COLUMNS:
                missing.add(field.data_key or name)
    assert missing == set()
