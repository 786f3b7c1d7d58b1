"""Addresses with words a page does not know, and with values it does not have."""

from __future__ import annotations

import pytest

LISTS = ("/knowledge/articles", "/knowledge/feedback", "/knowledge/vocabulary",
         "/knowledge/scopes", "/knowledge/bench", "/process/definitions", "/process/changes",
         "/audit", "/people/accounts", "/search", "/operations")


@pytest.mark.parametrize("place", LISTS)
def test_a_page_takes_no_notice_of_words_it_does_not_know(client, place: str) -> None:
    answer = client("everything").get(f"{place}?utm_source=mail&mine=1")
    assert answer.status_code == 200, answer.get_data(as_text=True)[-400:]


def test_a_value_that_does_not_exist_is_said_without_speaking_of_a_form(client) -> None:
    answer = client("everything").get("/knowledge/feedback?state=nonsense", headers={"Accept-Language": "en"})
    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "in the form" not in told and "表单" not in told


def test_the_api_names_a_parameter_it_does_not_know(client) -> None:
    answer = client("everything").get("/api/v1/process/changes?mine=1")
    assert answer.status_code == 422
    assert "mine" in answer.get_json()["fields"]
