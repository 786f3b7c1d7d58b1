"""One-time codes: set up in a complete session, asked for at the sign-in, each counting once. R-I7."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.people import people
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken
from kmsvc.notices.models import Mail
from kmsvc.operations.usecases import set_option
from kmsvc.people.factors.asked import ROLES
from kmsvc.people.factors.codes import WrongCode, normal, step_of
from kmsvc.people.factors.entering import Ticket, sign_in_with_code
from kmsvc.people.factors.models import RecoveryCode, SecondFactor
from kmsvc.people.factors.usecases import (
    begin_factor,
    confirm_factor,
    remove_factor,
    renew_codes,
    reset_factor,
)
from kmsvc.people.sessions.rules import FREE_FAILURES
from kmsvc.people.sessions.usecases import SignedIn, TooManyGuesses, WrongSignIn, sign_in
from kmsvc.people.system import NOBODY
from kmsvc.settings import Settings
from tests.support.centre import PASSWORD, Centre

ME = "/api/v1/people/me"
Client = Callable[..., Any]


def app_code(world: Centre, secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(world.clock().timestamp() + 30 * steps)


def set_up(world: Centre, login: str = "agent") -> tuple[str, list[str]]:
    """(secret, recovery codes) of a factor that is confirmed."""
    with world.begin(login) as work:
        secret, address = begin_factor(work)
    assert address.startswith("otpauth://totp/kmsvc:") and secret in address
    codes = confirm_factor(world.db, world.actor(login), code=app_code(world, secret), address="1.1.1.1")
    world.clock.move(minutes=2)
    return secret, codes


def password(world: Centre, login: str = "agent") -> SignedIn:
    return sign_in(world.db, NOBODY, login=login, password=PASSWORD, address="1.1.1.1", browser=None)


def enter(world: Centre, proof: tuple[int, str], code: str, address: str = "1.1.1.1") -> SignedIn:
    return sign_in_with_code(world.db, NOBODY, proof=proof, code=code, address=address, browser=None)


def test_codes_are_read_as_people_write_them_and_belong_to_their_half_minute(world: Centre) -> None:
    assert normal(" 123\u2009456 ") == "123456" == normal("１２３４５６") == normal("123-456") and normal("ABCD-efgh") == "abcdefgh"
    secret = pyotp.random_base32()
    now = world.clock()
    here = int(now.timestamp()) // 30
    for steps in (-1, 0, 1):
        assert step_of(secret, app_code(world, secret, steps=steps), now) == here + steps
    assert step_of(secret, app_code(world, secret, steps=-2), now) is None is step_of(secret, "", now)
    assert step_of(secret, "12345٦", now) is None  # digits of another script are no code


def test_r_i7_of_sixteen_at_once_one_counts(world: Centre) -> None:
    """R-I7: the same code of the app, and the same recovery code, written with blanks and without, open one session each."""
    secret, codes = set_up(world)
    proof = password(world).proof
    assert proof is not None

    def attempt(code: str) -> bool:
        while True:
            try:
                return bool(enter(world, proof, code).secret)
            except WrongCode:
                return False
            except TooManyGuesses:
                world.clock.move(minutes=0)
                return False
    ways = [lambda one: one, lambda one: f" {one[:3]} {one[3:]} ", lambda one: one.replace("", "\u3000").strip()]
    world.clock.move(seconds=30)
    for code in (app_code(world, secret), codes[0]):
        with ThreadPoolExecutor(16) as pool:
            done = list(pool.map(attempt, [ways[place % 3](code) for place in range(16)]))
        assert sum(done) == 1, code
        world.clock.move(hours=2)
        proof = password(world).proof
        assert proof is not None
        with pytest.raises(WrongCode):
            enter(world, proof, code)
    with world.look() as work:
        kept = list(work.session.scalars(select(RecoveryCode).order_by(RecoveryCode.id)))
    assert [one.used_at is not None for one in kept] == [True] + [False] * 9
    assert not {one.code_hash for one in kept} & set(codes) and all(len(one.code_hash) == 64 for one in kept)


def test_an_older_code_never_counts_after_a_newer_one(world: Centre) -> None:
    secret, _ = set_up(world)
    proof = password(world).proof
    assert proof is not None
    assert enter(world, proof, app_code(world, secret, steps=1)).secret
    for steps in (0, 1):
        with pytest.raises(WrongCode):
            enter(world, proof, app_code(world, secret, steps=steps))


def test_wrong_codes_wait_longer_and_the_password_does_not_begin_anew(world: Centre) -> None:
    """R-I3 for codes: who knows the password gains no fresh guesses by entering it; the right code waits like a wrong one."""
    secret, _ = set_up(world)
    heard = 0
    for number in range(12):
        proof = password(world).proof
        assert proof is not None
        try:
            enter(world, proof, "000000", address=f"10.0.0.{number}")
        except WrongCode:
            heard += 1
        except TooManyGuesses:
            break
    assert heard == FREE_FAILURES
    with pytest.raises(TooManyGuesses):
        enter(world, proof, app_code(world, secret), address="10.1.1.1")
    world.clock.move(minutes=1)
    assert enter(world, proof, app_code(world, secret), address="10.1.1.1").secret


def test_the_ticket_is_bound_to_password_and_time(world: Centre) -> None:
    ticket = Ticket("key")
    held = ticket.give((7, "digest"), 1000.0)
    assert ticket.read(held, 1000.0 + 299) == (7, "digest")
    foreign = Ticket("other").give((7, "digest"), 1000.0)
    for bad, now in ((held, 1301.0), (held, 900.0), (held + "x", 1000.0), ("", 1000.0), (foreign, 1000.0)):
        with pytest.raises(WrongSignIn):
            ticket.read(bad, now)
    secret, _ = set_up(world)
    proof = password(world).proof
    assert proof is not None
    with pytest.raises(WrongSignIn):
        enter(world, (proof[0], "0" * 32), app_code(world, secret))


def test_pages_from_set_up_to_sign_in(client: Client, world: Centre) -> None:
    """The secret stands in the answer of its own post and in no other page; nobody without a session sees the set-up."""
    stranger, caller = client(), client("agent")
    for path in ("begin", "confirm"):
        assert stranger.post(f"/people/me/factor/{path}", data={"code": "1"}).status_code == 303
    assert "Set up" in caller.get("/people/me/factor").get_data(as_text=True)
    page = caller.post("/people/me/factor/begin").get_data(as_text=True)
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found is not None and "<svg" in page
    secret = found[1].replace(" ", "")
    wrong = caller.post("/people/me/factor/confirm", data={"code": "000 000"})
    assert wrong.status_code == 422 and secret not in wrong.get_data(as_text=True).replace(" ", "")
    other = client("agent")
    done = caller.post("/people/me/factor/confirm", data={"code": f"{app_code(world, secret)[:3]} {app_code(world, secret)[3:]}"})
    codes = done.get_data(as_text=True).partition('id="codes">')[2].partition("<")[0].split()
    assert done.status_code == 200 and len(codes) == 10
    assert other.call("GET", ME)[0] == 401 and caller.call("GET", ME)[0] == 200  # what was signed in before knew no code
    assert secret not in caller.get("/people/me/factor").get_data(as_text=True)
    assert caller.call("GET", f"{ME}/factor")[1]["recovery_codes_left"] == 10

    world.clock.move(minutes=2)
    fresh = client()
    first = fresh.post("/sign-in", data={"login": "agent", "password": PASSWORD, "then": "/search"})
    assert first.status_code == 200 and fresh.get_cookie("kmsvc") is None
    ticket = re.search(r'name="ticket" value="([^"]+)"', first.get_data(as_text=True))
    assert ticket is not None
    sent = {"ticket": ticket[1], "then": "/search"}
    assert fresh.post("/sign-in/code", data={**sent, "code": "123"}).status_code == 401
    assert fresh.post("/sign-in/code", data={"ticket": "x", "code": "123456"}).headers["Location"] == "/sign-in"
    entered = fresh.post("/sign-in/code", data={**sent, "code": codes[3].upper().replace("-", " ")})
    assert entered.status_code == 303 and entered.headers["Location"] == "/search" and fresh.call("GET", ME)[0] == 200
    assert fresh.call("GET", f"{ME}/factor")[1]["recovery_codes_left"] == 9


def test_renewing_and_taking_away_need_a_code(world: Centre) -> None:
    secret, codes = set_up(world)
    agent = world.actor("agent")
    with pytest.raises(InvalidInput):
        remove_factor(world.db, agent, code="nothing", address="1.1.1.1")
    fresh = renew_codes(world.db, agent, code=app_code(world, secret), address="1.1.1.1")
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    with pytest.raises(InvalidInput):
        remove_factor(world.db, agent, code=codes[1], address="1.1.1.1")
    remove_factor(world.db, agent, code=fresh[1], address="1.1.1.1")
    assert password(world).secret
    with pytest.raises(Refusal):
        remove_factor(world.db, agent, code=fresh[2], address="1.1.1.1")


def test_an_administrator_takes_a_factor_away_with_a_reason_and_the_person_hears_of_it(client: Client, world: Centre) -> None:
    secret, _ = set_up(world)
    path = f"/people/accounts/{world.people['agent']}"
    assert client("manager").post(f"{path}/reset_factor", data={"reason": "x"}).status_code == 403
    admin = client("admin")
    assert "Take the codes away" in admin.get(path).get_data(as_text=True)
    assert admin.post(f"{path}/reset_factor", data={"reason": ""}).status_code == 422
    running = client("agent")
    assert admin.post(f"{path}/reset_factor", data={"reason": "phone stolen"}).status_code == 303
    assert running.call("GET", ME)[0] == 401 and password(world).secret
    assert client("admin", by="token").call("POST", f"/api/v1{path}/reset_factor", {"reason": "again"})[0] == 409
    world.drain(index=False)
    with world.look() as work:
        assert work.session.scalars(select(Mail.kind).where(Mail.person_id == world.people["agent"])).all() == ["people.factor.reset"]
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "people_factor", AuditEntry.act == "delete")).one()
        trail = [str((one.before, one.after)) for one in work.session.scalars(
            select(AuditEntry).where(AuditEntry.subject == "people_factor").order_by(AuditEntry.seq))]
        assert work.session.scalars(select(SecondFactor)).all() == []
    assert entry.reason == "phone stolen" and not any(secret in one for one in trail)
    with world.begin("admin", fresh=False) as work, pytest.raises(Refusal):
        reset_factor(work, world.people["agent"], reason="not proved")


def test_a_role_that_must_sets_codes_up_before_anything_else_and_keeps_them(client: Client, world: Centre) -> None:
    admin, agent = client("admin"), client("agent")
    assert agent.get("/").status_code == 200
    refused = admin.post("/operations/settings/people.factor.roles", data={"value": "agent, wizard", "reason": "r"})
    assert refused.status_code == 422 and "wizard" in refused.get_data(as_text=True)
    assert admin.post("/operations/settings/people.factor.roles", data={"value": "Agent，auditor", "reason": "r"}).status_code == 303
    assert agent.get("/").headers["Location"] == "/people/me/factor", "from the next request on"
    assert agent.call("GET", "/api/v1/people/me")[1]["code"] == "factor_first"
    assert client("team_leader").get("/").status_code == 200
    assert client("agent", by="token").call("GET", f"{ME}/factor")[1]["must"] is True
    assert "Your role signs in with a code" in agent.get("/people/me/factor").get_data(as_text=True)
    secret, _ = set_up(world)
    with pytest.raises(RuleBroken):
        remove_factor(world.db, world.actor("agent"), code=app_code(world, secret), address="1.1.1.1")
    with world.begin("admin") as work:
        set_option(work, ROLES.name, "", reason="no more")
    remove_factor(world.db, world.actor("agent"), code=app_code(world, secret), address="1.1.1.1")


def test_a_lost_factor_is_taken_away_at_the_command_line(world: Centre, settings: Settings) -> None:
    set_up(world)

    def run(*words: str) -> Any:
        return CliRunner().invoke(people, ["factor", *words], env={"KMSVC_DATA_DIR": str(settings.data_dir),
                                                                  "KMSVC_DATABASE_URL": settings.database_url})
    listed = {one["login"]: one for one in json.loads(run("list", "--json").output)["items"]}
    assert listed["agent"] == {"login": "agent", "name": listed["agent"]["name"], "is_on": True, "must": False}
    assert not listed["trainer"]["is_on"] and json.loads(run("list", "--missing", "--json").output)["items"] == []
    assert run("reset", "nobody", "--reason", "x").exit_code and run("reset", "agent").exit_code
    assert run("reset", "agent", "--reason", "phone lost", "--as", "manager").exit_code, "who keeps no accounts takes nothing away"
    done = run("reset", "agent", "--reason", "phone lost")
    assert done.exit_code == 0, done.output
    assert run("reset", "agent", "--reason", "again").exit_code
    with world.look() as work:
        assert work.session.scalars(select(SecondFactor)).all() == []
        assert work.session.scalars(select(AuditEntry.reason).where(
            AuditEntry.subject == "people_factor", AuditEntry.act == "delete")).all() == ["phone lost"]
