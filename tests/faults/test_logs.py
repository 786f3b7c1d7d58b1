"""What the processes write down: one JSON line each, and no secret, whatever went wrong. R-O2."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from kmsvc.core.logs import scrub
from tests.faults import story
from tests.faults.conftest import KIND_SQLITE
from tests.faults.house import House, until
from tests.support.centre import PASSWORD
from tests.support.smtp import fake_smtp

PLANTED = {"wrong": "planted-wrong-password-77", "smtp": "planted-smtp-secret-88", "query": "planted-query-words-99",
           "bearer": "kms_planted0123456789abcdefghijklmnop"}


@KIND_SQLITE
def test_r_o2_planted_secrets_reach_no_log(house: House) -> None:
    """R-O2: sign-in, wrong password, tokens, a mail server that refuses the login, bad requests: nothing is written down."""
    with fake_smtp(login=("mailer", PLANTED["smtp"])) as server:
        server.faults.refuse_login = True
        house.settings = replace(house.settings, smtp_url=server.url)
        house.start("serve")
        with requests.Session() as browser:
            browser.headers["Sec-Fetch-Site"] = "same-origin"
            for password in (PLANTED["wrong"], PASSWORD):
                browser.post(f"{house.address}/sign-in", data={"login": "agent", "password": password})
            browser.get(f"{house.address}/search?q={PLANTED['query']}")
            cookies = [cookie.value for cookie in browser.cookies if len(cookie.value or "") > 20]
        assert cookies, "signed in"
        requests.get(f"{house.address}/api/v1/people/me", headers={"Authorization": f"Bearer {PLANTED['bearer']}"})
        requests.post(f"{house.address}/api/v1/process/changes", data=b"{bad", headers={
            "Authorization": f"Bearer {house.token('agent')}"})
        change = story.submit(house)
        house.insist("agent", "GET", f"/api/v1/process/changes/{change}")
        until(lambda: "mail server away" in house.log(), what="a refused login at the mail server")
        house.stop("serve")
    log = house.log()
    for secret in [*PLANTED.values(), PASSWORD, *cookies, *house.tokens.values(),
                   (house.settings.data_dir / "secret.key").read_text().strip()]:
        assert secret not in log
    lines = [line for line in log.splitlines() if line.strip() and not line.startswith("Serving on")]
    assert lines
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(json.loads(line)), line
    requested = [json.loads(line) for line in lines if '"event": "request"' in line]
    assert {"method", "path", "status", "ms", "request"} <= set(requested[0])
    assert not any("?" in one["path"] for one in requested)


@pytest.mark.parametrize("text", [
    "Authorization: Bearer abcdefghijklmnop", '{"password": "hunter22hunter"}', "password=hunter22hunter&x=1",
    "smtp://user:hunter22hunter@mail.test:25", "postgresql+psycopg://kmsvc:hunter22hunter@db/kmsvc",
    "token kms_hunter22hunter22hunter22", "$argon2id$v=19$m=19456,t=2,p=1$hunter22hunter$abc", "Cookie: hunter22hunter",
    "{'secret': 'hunter22hunter'}"])
def test_r_o2_what_looks_like_a_secret_is_struck_out(text: str) -> None:
    """R-O2: even in a line nobody thought of."""
    assert "hunter22" not in scrub(text)
    assert "abcdefghijklmnop" not in scrub(text)


def test_r_o2_a_log_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    """R-O2, R-D4: a full disk under the log is no error of the request."""
    import logging

    from kmsvc.core.logs import _Lines

    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")
    handler = _Lines(Full())
    handler.handle(logging.LogRecord("x", logging.INFO, "x", 1, "text", (), None))
