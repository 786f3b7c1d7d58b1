"""Sessions, tokens and guesses: what ends them, what renews them, what holds over several processes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from kmsvc.app import make_database
from kmsvc.core.errors import InvalidInput
from kmsvc.people.accounts.models import Account
from kmsvc.people.accounts.usecases import change_person, resume_person, suspend_person
from kmsvc.people.sessions.models import Guess
from kmsvc.people.sessions.own_password import change_own_password
from kmsvc.people.sessions.rules import FREE_FAILURES, PER_ADDRESS, wait_after
from kmsvc.people.sessions.usecases import TooManyGuesses, WrongSignIn, sign_in
from kmsvc.people.system import NOBODY
from tests.conftest import make_settings
from tests.support import starting
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller

ME = "/api/v1/people/me"
NEW = "another-lantern-82-otter"
Client = Callable[..., Caller]


def cookie(caller: Caller) -> str:
    held = caller.get_cookie("kmsvc")
    return held.value if held else ""


def enter(caller: Caller, login: str, password: str = PASSWORD) -> Any:
    return caller.post("/sign-in", data={"login": login, "password": password})


def both(client: Client, login: str) -> list[Caller]:
    return [client(login), client(login, by="token")]


@pytest.mark.parametrize("way", ["sign_out", "own_password", "given_password", "suspended_and_resumed"])
def test_r_i1_an_old_cookie_is_worth_nothing(client: Client, world: Centre, way: str) -> None:
    """R-I1: replaying the cookie after the session ended is refused, whatever ended it."""
    old = client("agent")
    replay = client()
    replay.set_cookie("kmsvc", cookie(old))
    assert replay.call("GET", ME)[0] == 200
    if way == "sign_out":
        assert old.post("/sign-out").status_code == 303
    elif way == "own_password":
        change_own_password(world.db, world.actor("agent"), old=PASSWORD, new=NEW, address="1.1.1.1")
    elif way == "given_password":
        assert client("admin").call("POST", f"/api/v1/people/accounts/{world.people['agent']}/password", {})[0] == 200
    else:
        with world.begin("admin") as work:
            suspend_person(work, world.people["agent"], reason="leaves")
        with world.begin("admin") as work:
            resume_person(work, world.people["agent"], reason="is back")
    assert replay.call("GET", ME)[0] == 401
    assert replay.get("/").status_code == 303


@pytest.mark.parametrize("way", ["own_password", "given_password", "suspended_and_resumed", "revoked"])
def test_r_i1_an_old_token_is_worth_nothing(client: Client, world: Centre, way: str) -> None:
    """R-I1: tokens die with the password they were made under, with a suspension, and when revoked."""
    program = client("agent", by="token")
    assert program.call("GET", ME)[0] == 200
    if way == "own_password":
        change_own_password(world.db, world.actor("agent"), old=PASSWORD, new=NEW, address="1.1.1.1")
    elif way == "given_password":
        assert client("admin").call("POST", f"/api/v1/people/accounts/{world.people['agent']}/password", {})[0] == 200
    elif way == "suspended_and_resumed":
        with world.begin("admin") as work:
            suspend_person(work, world.people["agent"], reason="leaves")
        with world.begin("admin") as work:
            resume_person(work, world.people["agent"], reason="is back")
    else:
        own = client("agent")
        token = own.call("GET", f"{ME}/tokens")[1]["items"][0]["id"]
        assert own.call("POST", f"{ME}/tokens/{token}/revoke", {})[0] == 200
    assert program.call("GET", ME)[0] == 401


def test_r_i2_signing_in_and_proving_again_give_new_ids(client: Client, world: Centre) -> None:
    """R-I2: a session id planted before the sign-in, or known before the step-up, is not the one after it."""
    caller = client()
    caller.set_cookie("kmsvc", "planted-by-somebody-else")
    assert enter(caller, "agent").status_code == 303
    first = cookie(caller)
    assert first != "planted-by-somebody-else"
    world.clock.move(minutes=6)
    assert caller.post("/people/me/prove", data={"password": PASSWORD, "then": "/people/me"}).status_code == 303
    second = cookie(caller)
    assert second != first
    replay = client()
    replay.set_cookie("kmsvc", first)
    assert replay.call("GET", ME)[0] == 401
    assert caller.call("GET", ME)[0] == 200


def test_r_i3_the_limit_holds_over_several_processes(world: Centre) -> None:
    """R-I3: two processes on one database count the same guesses, on every path that takes a password."""
    other = make_database(world.settings, clock=world.clock)
    heard = refused = 0
    for number in range(60):
        place = (world.db, other)[number % 2]
        try:
            sign_in(place, NOBODY, login="agent", password="wrong", address=f"10.0.0.{number}", browser=None)
        except WrongSignIn:
            heard += 1
        except TooManyGuesses:
            refused += 1
    assert heard == FREE_FAILURES
    assert refused == 60 - FREE_FAILURES
    for door in (lambda: sign_in(other, NOBODY, login="agent", password=PASSWORD, address="10.0.1.1", browser=None),
                 lambda: change_own_password(other, world.actor("agent"), old=PASSWORD, new=NEW, address="10.0.1.2")):
        with pytest.raises(TooManyGuesses):
            door()
    other.engine.dispose()


def test_r_i3_waiting_grows_and_ends(world: Centre) -> None:
    """R-I3: the owner gets in after the pause; it is never a lock for good."""
    for _ in range(FREE_FAILURES + 3):
        with pytest.raises((WrongSignIn, TooManyGuesses)):
            sign_in(world.db, NOBODY, login="agent", password="wrong", address="10.0.0.1", browser=None)
    world.clock.move(seconds=wait_after(FREE_FAILURES + 4).total_seconds() + 1)
    assert sign_in(world.db, NOBODY, login="agent", password=PASSWORD, address="10.0.0.1", browser=None).secret


def test_r_i3_one_address_is_heard_only_so_often(world: Centre) -> None:
    """R-I3: guessing one password on many accounts from one address ends as well."""
    heard = 0
    for number in range(PER_ADDRESS + 20):
        try:
            sign_in(world.db, NOBODY, login=f"nobody{number}", password="wrong", address="10.9.9.9", browser=None)
        except WrongSignIn:
            heard += 1
        except TooManyGuesses:
            break
    assert heard <= PER_ADDRESS


def forget_all_guesses(world: Centre) -> None:
    with world.begin("operator") as work:
        work.session.execute(delete(Guess))


def test_r_i5_no_answer_tells_whether_an_account_exists(client: Client, world: Centre) -> None:
    """R-I5: unknown login, wrong password and suspended person: the same status, text and time."""
    tries = {"unknown": ("no-such-login", PASSWORD), "wrong": ("agent", "not this one at all"),
             "suspended": ("suspended", PASSWORD)}
    answers: dict[str, set[tuple[int, str]]] = {kind: set() for kind in tries}
    times: dict[str, list[float]] = {kind: [] for kind in tries}
    caller = client()
    for _ in range(7):
        for kind, (login, password) in tries.items():
            forget_all_guesses(world)
            began = time.thread_time()  # what others do on the machine meanwhile is not in it
            answer = enter(caller, login, password)
            times[kind].append(time.thread_time() - began)
            answers[kind].add((answer.status_code, answer.get_data(as_text=True).replace(login, "LOGIN")))
    assert answers["unknown"] == answers["wrong"] == answers["suspended"]
    medians = {kind: statistics.median(rows[1:]) for kind, rows in times.items()}
    assert max(medians.values()) <= 1.6 * min(medians.values()), medians


@pytest.mark.parametrize("what", ["role", "suspension"])
def test_r_a7_the_next_request_knows(client: Client, world: Centre, what: str) -> None:
    """R-A7: a lost role or a suspension counts from the next request on, by cookie and by token."""
    callers = both(client, "auditor")
    assert [caller.call("GET", "/api/v1/audit/entries")[0] for caller in callers] == [200, 200]
    with world.begin("admin") as work:
        if what == "role":
            change_person(work, world.people["auditor"], roles=["agent"])
        else:
            suspend_person(work, world.people["auditor"], reason="leaves")
    by_cookie, by_token = [caller.call("GET", "/api/v1/audit/entries")[0] for caller in callers]
    assert by_cookie == 401  # the session ended with the change
    assert by_token == (403 if what == "role" else 401)


def test_a_gained_role_counts_at_once_for_a_token(client: Client, world: Centre) -> None:
    program = client("agent", by="token")
    assert program.call("GET", "/api/v1/audit/entries")[0] == 403
    with world.begin("admin") as work:
        change_person(work, world.people["agent"], roles=["agent", "auditor"])
    assert program.call("GET", "/api/v1/audit/entries")[0] == 200


def test_a_first_password_opens_one_page_only(client: Client, world: Centre) -> None:
    made = client("admin").call("POST", f"/api/v1/people/accounts/{world.people['agent']}/password", {})[1]["password"]
    caller = client()
    assert enter(caller, "agent", made).status_code == 303
    for path in ("/", "/search", "/people/me", "/process/changes", "/nowhere"):
        answer = caller.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/people/me/password"), path
    status, body = caller.call("GET", ME)
    assert (status, body["code"]) == (403, "password_first")
    assert caller.get("/people/me/password").status_code == 200
    assert caller.post("/people/me/password", data={"old": made, "new": NEW, "again": "other"}).status_code == 422
    assert caller.post("/people/me/password", data={"old": made, "new": NEW, "again": NEW}).headers["Location"] == "/sign-in"
    assert enter(caller, "agent", NEW).status_code == 303
    assert caller.call("GET", ME)[0] == 200


@pytest.mark.parametrize(("old", "new", "field"), [
    ("not the present one", NEW, "old"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new"),
    (PASSWORD, "aaaaaaaaaaaaaaaaaaaa", "new")])
def test_a_bad_new_password_says_which_field(world: Centre, old: str, new: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_own_password(world.db, world.actor("agent"), old=old, new=new, address="1.1.1.1")
    assert set(refused.value.fields) == {field}


def test_a_token_is_shown_once_and_asks_for_a_fresh_password(client: Client, world: Centre) -> None:
    caller = client("agent")
    world.clock.move(minutes=6)
    assert caller.call("POST", f"{ME}/tokens", {"name": "robot"})[1]["code"] == "step_up_needed"
    refused = caller.post("/people/me/tokens", data={"name": "robot", "days": "5", "password": "wrong"})
    assert refused.status_code == 422
    page = caller.post("/people/me/tokens", data={"name": "robot", "days": "5", "password": PASSWORD})
    text = page.get_data(as_text=True)
    secret = text.split('id="secret">')[1].split("<")[0]
    assert secret.startswith("kms_")
    program = client()
    assert program.get(ME, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert secret not in caller.get("/people/me").get_data(as_text=True)
    assert "robot" in caller.get("/people/me").get_data(as_text=True)


def test_a_repeated_request_for_a_token_does_not_show_it_again(client: Client, world: Centre) -> None:
    caller = client("agent")
    first = caller.call("POST", f"{ME}/tokens", {"name": "robot"}, **{"Idempotency-Key": "k1"})[1]
    again = caller.call("POST", f"{ME}/tokens", {"name": "robot"}, **{"Idempotency-Key": "k1"})[1]
    assert first["token"].startswith("kms_") and again["token"] is None
    assert first["id"] == again["id"]


def test_one_ends_only_ones_own_sessions_and_tokens(client: Client, world: Centre) -> None:
    other = client("trainer")
    session_id = other.call("GET", f"{ME}/sessions")[1]["items"][0]["id"]
    token_id = other.call("POST", f"{ME}/tokens", {"name": "mine"})[1]["id"]
    mine = client("agent")
    assert mine.call("POST", f"{ME}/sessions/{session_id}/end", {})[0] == 404
    assert mine.call("POST", f"{ME}/tokens/{token_id}/revoke", {})[0] == 404
    assert mine.post(f"/people/me/sessions/{session_id}/end").status_code == 404
    assert other.call("GET", ME)[0] == 200


def test_signing_out_elsewhere_keeps_this_browser(client: Client, app: Flask) -> None:
    here, there = client("agent"), client("agent")
    assert here.post("/people/me/sessions/end_others").status_code == 303
    assert here.call("GET", ME)[0] == 200
    assert there.call("GET", ME)[0] == 401


def test_r_i10_a_fresh_centre_has_no_known_password(tmp_path: Any, templates: Any, clock: Any) -> None:
    """R-I10: the first sign-in is generated, shown once and must be replaced; the key file is the owner's alone."""
    import os
    import stat

    env = {**os.environ, "KMSVC_DATA_DIR": str(tmp_path / "fresh")}
    for name in ("KMSVC_SECRET_KEY", "KMSVC_DATABASE_URL"):
        env.pop(name, None)
    runs = [starting.run("-m", "kmsvc", "init", env=env) for _ in range(2)]
    assert [one.returncode for one in runs] == [0, 0]
    assert "password" in runs[0].stdout and "password" not in runs[1].stdout
    first = runs[0].stdout.rsplit("password ", 1)[1].strip()
    assert len(first) >= 15
    key = tmp_path / "fresh" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) >= 43
    db = make_database(make_settings(tmp_path / "fresh", f"sqlite:///{tmp_path / 'fresh' / 'kmsvc.db'}"))
    with db.look(NOBODY) as work:
        account = work.session.query(Account).one()
    assert account.login == "admin" and account.must_change
    for guess in ("admin", "password", "kmsvc", ""):
        with pytest.raises(WrongSignIn):
            sign_in(db, NOBODY, login="admin", password=guess, address="1.1.1.1", browser=None)
    assert sign_in(db, NOBODY, login="admin", password=first, address="1.1.1.2", browser=None).must_change
    db.engine.dispose()
