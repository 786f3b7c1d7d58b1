"""The two words a browser is known by on the page of sessions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kmsvc.people.sessions.browsers import known_as
from kmsvc.people.sessions.models import SignInSession
from tests.support.centre import Centre

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/143.0.0.0 Safari/537.36"


@pytest.mark.parametrize(("said", "wanted"), [
    (WINDOWS, ("Chrome", "Windows")),
    (f"{WINDOWS} Edg/143.0.0.0", ("Edge", "Windows")),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", ("Firefox", "Linux")),
    (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {KIT} Version/18.5 Mobile/15E148 Safari/604.1", ("Safari", "iPhone")),
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KIT} Version/18.5 Safari/605.1.15", ("Safari", "macOS")),
    (f"Mozilla/5.0 (Linux; Android 14; V2309A) {KIT} Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0", ("WeChat", "Android")),
    ("curl/8.5.0", None), ("Mozilla/5.0", None), ("", None), (None, None),
])
def test_a_browser_is_known_by_two_words_or_shown_as_it_came(said: str | None, wanted: tuple[str, str] | None) -> None:
    assert known_as(said) == wanted


def test_the_page_of_sessions_says_it_shortly_and_keeps_the_whole_at_hand(client: Callable, world: Centre) -> None:
    caller = client("agent")
    with world.begin("operator") as work:
        for row in work.session.query(SignInSession):
            row.browser = WINDOWS
    page = caller.get("/people/me").text
    assert "Chrome on Windows" in page and f'title="{WINDOWS}"' in page
