"""Who lost the session is told so: a person at the sign-in page, a script of a page where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SCRIPTS = [{"Accept": "application/json"}, {"HX-Request": "true"}, {"X-Requested-With": "fetch", "Accept": "text/html"}]


@pytest.mark.parametrize("headers", SCRIPTS)
@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/process/changes/similar?reason=refunds"), ("POST", "/process/changes/1/save_draft"), ("POST", "/files?subject=change:1"),
    ("GET", "/search/live?q=x")])
def test_a_script_gets_401_and_no_place_to_go(client: Callable, headers: dict[str, str], method: str, path: str) -> None:
    answer = client().open(path, method=method, headers=headers)
    assert answer.status_code == 401
    assert "Location" not in answer.headers and "HX-Redirect" not in answer.headers
    assert answer.get_json()["code"] == "sign_in_needed"


def test_a_page_comes_back_after_signing_in_with_all_it_asked_for(client: Callable) -> None:
    answer = client().get("/process/changes?q=a&who=mine", headers={"Accept": "text/html,application/json;q=0.1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?then=/process/changes%3Fq%3Da%26who%3Dmine")


@pytest.mark.parametrize(("source", "place"), [
    ("http://localhost/process/changes/7/write", "/process/changes/7/write"), ("http://evil.example/x", "/"), ("", "/")])
def test_a_form_leads_back_to_the_page_it_stood_on(client: Callable, source: str, place: str) -> None:
    answer = client().post("/process/changes/7/submit_draft", data={"body": "x"},
                           headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"} | ({"Referer": source} if source else {}))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?then={place}")


def test_a_refused_upload_gives_a_script_its_reason(client: Callable) -> None:
    answer = client("process_author").post("/files?subject=nonsense", headers={"Accept": "application/json"})
    assert answer.status_code in (404, 422) and answer.get_json()["detail"]
