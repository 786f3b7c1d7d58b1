"""Auditor's rooms: who comes in how, what they see and what not, samples that anybody can repeat, requests on both sides. E12, W10."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask, request
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import AnyConverter

from kmsvc.app import is_public
from kmsvc.cli.standards import standards
from kmsvc.notices.models import Mail, Notice
from kmsvc.operations.setup import install_standards
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence import sampling
from kmsvc.standards.packs.making import make_packs
from kmsvc.standards.packs.models import ProofPack
from kmsvc.standards.rooms import rules
from kmsvc.standards.rooms.models import RoomLook, RoomSample
from tests.builders import make_process
from tests.support.centre import PASSWORD, Centre
from tests.support.clock import ZONE
from tests.support.pages import problems

PLACE, API = "/standards/rooms", "/api/v1/standards/rooms"
CHOSEN = "a-lantern-for-otters-9"
Client = Callable[..., Any]


@pytest.fixture
def told(world: Centre) -> Centre:
    """Four processes in force, one reviewed ten days later."""
    install_standards(world.db)
    for name in ("退费办理流程", "补偿流程", "改约流程"):
        make_process(world, name=name)
    first = make_process(world, drain=True)
    world.clock.move(days=10)
    with world.begin("business_owner") as work:
        confirm_review(work, first.id, reason="still right", today=world.clock.today)
    return world


def opened(world: Centre, client: Client, **more: Any) -> dict[str, Any]:
    """A room for clause 42 and 67 of the year, open for two weeks, as the house's JSON."""
    day = world.clock.today
    status, body = client("compliance", by="token").call("POST", API, {
        "title": "2026年度复审", "year": day.year, "clauses": "42, 67", "from_on": day.isoformat(),
        "until_on": (day + timedelta(days=14)).isoformat(), **more})
    assert status == 201, body
    return dict(body)


def invited(world: Centre, client: Client, room: dict[str, Any], email: str = "he.miao@audit.test") -> str:
    """The address of the link in the letter."""
    status, body = client("compliance", by="token").call("POST", f"{API}/{room['id']}/invite", {
        "name": "何苗", "email": email, "language": "en"})
    assert status == 200, body
    with world.look() as work:
        letter = work.session.scalars(select(Mail).where(Mail.kind == "standards.room.invited").order_by(Mail.id.desc())).first()
        assert letter is not None
        assert letter.url.startswith(rules.ENTER)
        return str(letter.url)


def inside(world: Centre, client: Client, room: dict[str, Any], email: str = "he.miao@audit.test") -> Any:
    """A browser of a guest who came in by the link, chose a password and set up codes."""
    guest = client()
    entered = guest.post(invited(world, client, room, email), data={"new": CHOSEN, "again": CHOSEN})
    assert entered.status_code == 303 and entered.headers["Location"] == "/people/me/factor", entered.get_data(as_text=True)
    assert guest.get(f"{PLACE}/{room['id']}/room").headers["Location"] == "/people/me/factor"
    page = guest.post("/people/me/factor/begin").get_data(as_text=True)
    guest.secret = page.partition('id="secret">')[2].partition("<")[0].replace(" ", "")
    done = guest.post("/people/me/factor/confirm", data={"code": pyotp.TOTP(guest.secret).at(world.clock().timestamp())})
    assert done.status_code == 200
    return guest


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.get_data(as_text=True)[:400])
    return str(answer.get_data(as_text=True))


def test_a_link_counts_once_within_its_days_and_a_fresh_one_replaces_it(client: Client, told: Centre) -> None:
    room = opened(told, client)
    first = invited(told, client, room)
    second = invited(told, client, room)
    stranger = client()
    stranger.set_cookie("km-language", "en")
    assert first != second and stranger.get(first).status_code == 404 and stranger.get(f"{rules.ENTER}nothing").status_code == 404
    page = text_of(stranger.get(second))
    assert not problems(page) and "2026年度复审" in page and "guest-he-miao" in page
    for sent, field in (({"new": "short", "again": "short"}, "15 to 128"), ({"new": CHOSEN, "again": "other"}, "not the same"),
                        ({"new": "guest-he-miao-1", "again": "guest-he-miao-1"}, "too easy")):
        refused = stranger.post(second, data=sent)
        assert refused.status_code == 422 and field in refused.get_data(as_text=True)
    told.clock.move(days=8)
    assert stranger.get(second).status_code == 404 == stranger.post(second, data={"new": CHOSEN, "again": CHOSEN}).status_code
    third = invited(told, client, room)
    assert stranger.post(third, data={"new": CHOSEN, "again": CHOSEN}).status_code == 303
    assert client().get(third).status_code == 404 == client().post(third, data={"new": CHOSEN, "again": CHOSEN}).status_code
    with told.look() as work:
        guest = work.session.scalars(select(Person).where(Person.is_guest)).one()
        assert guest.id not in {one.id for one in directory(work.session).active()}
    bad = client("compliance", by="token")
    for body in ({"name": "A", "email": "agent@centre.test"}, {"name": "A", "email": "no mail"}, {"name": "", "email": "a@b.test"}):
        assert bad.call("POST", f"{API}/{room['id']}/invite", body)[0] == 422, body


def test_a_guest_is_a_stranger_everywhere_else(client: Client, told: Centre, app: Flask) -> None:
    """Every address of the service, read and written, answers a guest as it does a stranger; other rooms too."""
    room, other = opened(told, client), opened(told, client, title="另一间")
    guest, stranger = inside(told, client, room), client()
    assert text_of(guest.get(f"{PLACE}/{room['id']}/room")) and text_of(guest.get(f"{PLACE}/{room['id']}/requests"))
    seen = 0
    for rule in app.url_map.iter_rules():
        fits = getattr(app.view_functions[rule.endpoint], "for_guests", False)
        names = {name: other["id"] if name == "room_id" else 1 for name in rule.arguments}
        for name, one in rule._converters.items():
            names[name] = sorted(one.items)[0] if isinstance(one, AnyConverter) else names[name]
        path = app.url_map.bind("").build(rule.endpoint, names)
        if rule.endpoint == "static":
            continue
        with app.test_request_context(path):
            if is_public(request) or (fits and rule.endpoint.startswith("people_factor")):
                continue
        for method in sorted(set(rule.methods or ()) & {"GET", "POST"}):
            mine, theirs = guest.open(path, method=method), stranger.open(path, method=method)
            assert (mine.status_code, mine.headers.get("Location")) == (
                theirs.status_code, theirs.headers.get("Location")), (method, path)
            seen += 1
    assert seen > 500
    assert guest.get("/sign-in").headers["Location"] == f"{PLACE}/{room['id']}/room"
    asked = client("compliance", by="token").call("GET", f"{API}/{room['id']}/requests")[1]["items"]
    assert asked == []


def test_days_revoking_and_closing_shut_the_door_at_once(client: Client, told: Centre) -> None:
    room = opened(told, client, from_on=(told.clock.today + timedelta(days=1)).isoformat())
    guest = inside(told, client, room)
    at = f"{PLACE}/{room['id']}/room"
    assert guest.get(at).status_code == 303  # tomorrow
    told.clock.move(days=1)

    def again() -> Any:
        caller = client()
        told.clock.move(minutes=1)
        page = caller.post("/sign-in", data={"login": "guest-he-miao", "password": CHOSEN}).get_data(as_text=True)
        ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
        caller.entered = caller.post("/sign-in/code", data={
            "ticket": ticket, "code": pyotp.TOTP(guest.secret).at(told.clock().timestamp())})
        return caller
    guest_again = again()
    assert guest_again.entered.headers["Location"] == at and guest_again.get(at).status_code == 200
    house, page = client("compliance", by="token"), client("compliance")
    one = house.call("GET", f"{API}/{room['id']}")[1]
    assert {it["verb"] for it in one["allowed"]} == {"invite", "change", "revoke", "close"}
    for reason, status in (("", 422), ("left the firm", 303)):
        sent = {"guest": one["people"][0]["id"], "reason": reason}
        assert page.post(f"{PLACE}/{room['id']}/revoke", data=sent).status_code == status
    assert guest_again.get(at).status_code == 303 == again().get(at).status_code
    assert client("compliance").get(f"{PLACE}/{room['id']}").status_code == 200
    link = invited(told, client, room)
    other = CHOSEN + "x"
    assert client().post(link, data={"new": other, "again": other}).headers["Location"] == "/sign-in"  # the app stays asked
    status, body = house.call("POST", f"{API}/{room['id']}/change", {
        "until_on": (told.clock.today + timedelta(days=30)).isoformat(), "reason": "one more week"})
    assert status == 200 and body["version"] > one["version"]
    assert house.call("POST", f"{API}/{room['id']}/change", {"until_on": "2020-01-01", "reason": "x"})[0] == 422
    assert house.call("POST", f"{API}/{room['id']}/close", {"reason": "done"})[1]["state"] == "closed"
    assert house.call("POST", f"{API}/{room['id']}/invite", {"name": "A", "email": "a@b.test"})[0] == 409
    assert [it["verb"] for it in house.call("POST", f"{API}/{room['id']}/reopen", {"reason": "more"})[1]["allowed"]][0] == "invite"
    for login in ("agent", "admin"):
        assert client(login, by="token").call("GET", API)[0] == 403 == client(login).get(PLACE).status_code


def test_a_drawing_is_repeated_by_the_published_rule(client: Client, told: Centre) -> None:
    """The rows of a seed are those of the lowest hashes, for everybody and for ever; frozen rows refuse to be changed."""
    keys = [f"process:{one}" for one in range(1, 48)]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"4711|{key}".encode()).hexdigest())[:8]
    assert sampling.drawn(keys, "4711", 8) == by_hand == sampling.drawn(keys[::-1], "4711", 8)
    assert by_hand[:3] == ["process:13", "process:35", "process:19"] and sampling.drawn(keys, "4712", 8) != by_hand
    whole = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
    assert sampling.population_hash(keys) == sampling.population_hash(keys[::-1]) == whole

    room = opened(told, client)
    first, second = inside(told, client, room), inside(told, client, room, "second@audit.test")
    at = f"{API}/{room['id']}"
    things = first.call("GET", f"{at}/clauses/42/things")[1]["items"]
    assert len(things) == 4 and all(one["rank"] is None for one in things)
    drawn = [caller.call("POST", f"{at}/draw", {"clause": "42", "size": 2, "seed": "4711"})[1] for caller in (first, second)]
    assert drawn[0]["rows"] == drawn[1]["rows"] and drawn[0]["population_hash"] == drawn[1]["population_hash"]
    assert [one["key"] for one in drawn[0]["rows"]] == sampling.drawn([one["key"] for one in things], "4711", 2)
    assert drawn[0]["population_hash"] == sampling.population_hash(one["key"] for one in things)
    make_process(told, name="新流程", drain=True)
    kept = first.call("GET", f"{at}/samples/{drawn[0]['id']}")[1]
    assert kept["rows"] == drawn[0]["rows"] and kept["items"][0]["rank"] == sampling.rank("4711", kept["items"][0]["key"])
    assert len(first.call("GET", f"{at}/clauses/42/things")[1]["items"]) == 5
    for body, status in (({"clause": "42", "size": 0}, 422), ({"clause": "43", "size": 2}, 404), ({"clause": "42", "size": 201}, 422)):
        assert first.call("POST", f"{at}/draw", body)[0] == status, body
    assert client("compliance", by="token").call("POST", f"{at}/draw", {"clause": "42", "size": 2})[0] == 403
    for table in ("sample", "look", "mark", "word"):
        with told.begin("operator") as work:
            for statement in (f"UPDATE standards_room_{table} SET id = id + 1000", f"DELETE FROM standards_room_{table}"):
                if table in ("sample", "look"):
                    with pytest.raises(DBAPIError), work.session.begin_nested():
                        work.session.execute(text(statement))
    with told.look() as work:
        assert len(work.session.scalars(select(RoomSample)).all()) == 2


def test_a_room_shows_a_day_and_marks_and_every_look_is_on_record(client: Client, told: Centre) -> None:
    room = opened(told, client)
    guest, at = inside(told, client, room), f"{PLACE}/{room['id']}"
    page = text_of(guest.get(f"{at}/room"))
    assert not problems(page) and "wm-room" in page and page.count("何苗") >= 2 and 'href="/standards/evidence"' not in page
    page = text_of(guest.get(f"{at}/room?clause=42"))
    assert not problems(page) and "4<small> / 4" in page and "退费办理流程" in page
    assert guest.get(f"{at}/room?clause=43").status_code == 404
    key = guest.call("GET", f"{API}/{room['id']}/clauses/42/things")[1]["items"][0]["key"]
    sent = {"clause": "42", "thing": key, "finding": "verified"}
    back = guest.post(f"{at}/mark", data=sent)
    assert back.status_code == 303 and f"at={key}" in back.headers["Location"]
    assert guest.post(f"{at}/mark", data={"clause": "42", "finding": "doubt"}).status_code == 303
    assert guest.post(f"{at}/mark", data={"clause": "42", "finding": "fine"}).status_code == 422
    things = guest.call("GET", f"{API}/{room['id']}/clauses/42/things")[1]["items"]
    assert [one["mark"] for one in things] == ["verified", "none", "none", "none"]
    assert client("compliance").post(f"{at}/mark", data=sent).status_code == 403
    past = text_of(guest.get(f"{at}/room?clause=42&as_of={told.clock.today - timedelta(days=1)}"))
    assert "frame-asof" in past and "1 records that came later" in past and "Confirmed, no change" not in past
    assert "Gaps" in text_of(guest.get(f"{at}/room?gaps=1&q=42")) and "No clause fits" in text_of(guest.get(f"{at}/room?sampled=1"))
    assert guest.get(f"{at}/room?clause=42&format=xlsx").data[:2] == b"PK"
    assert text_of(guest.get(f"{at}/room?clause=42&thing={key}")).count('id="thing"') == 1
    preview = text_of(client("compliance").get(f"{at}/room?clause=42"))
    assert "as the auditor sees it" in preview and "data-judge" not in preview
    looks = client("compliance", by="token").call("GET", f"{API}/{room['id']}/looks?limit=200")[1]["items"]
    kinds = [one["what"] for one in looks][::-1]
    assert kinds[:6] == ["entered", "room", "clause", "clause", "mark", "mark"] and {"export", "thing"} <= set(kinds)
    assert kinds.count("clause") == 5 and {one["who"] for one in looks} == {"何苗"}
    listed = client("compliance").get(f"{at}/looks?format=csv").get_data(as_text=True)
    assert listed.count("何苗") == len(looks)
    assert "何苗" in text_of(client("compliance").get(f"{at}/looks?what=mark"))
    fixed = opened(told, client, as_of=(told.clock.today - timedelta(days=1)).isoformat())
    other = inside(told, client, fixed, "other@audit.test")
    assert "frame-asof" in text_of(other.get(f"{PLACE}/{fixed['id']}/room?clause=42&as_of={told.clock.today}"))  # no later than fixed


def test_a_request_is_a_duty_and_is_answered_in_place(client: Client, told: Centre) -> None:
    room = opened(told, client)
    guest, at = inside(told, client, room), f"{PLACE}/{room['id']}"
    key = guest.call("GET", f"{API}/{room['id']}/clauses/42/things")[1]["items"][1]["key"]
    assert guest.post(f"{at}/ask", data={"clause": "42", "thing": key, "text": ""}).status_code == 422
    assert guest.post(f"{at}/ask", data={"clause": "42", "thing": "process:9999", "text": "x"}).status_code == 404
    assert guest.post(f"{at}/ask", data={"clause": "42", "thing": key, "text": "请补充评审记录"}).status_code == 303
    told.drain(index=False)
    [one] = guest.call("GET", f"{API}/{room['id']}/requests")[1]["items"]
    assert [it["verb"] for it in one["allowed"]] == ["withdraw"] and one["state"] == "open"
    house = client("compliance", by="token")
    [seen] = house.call("GET", f"{API}/{room['id']}/requests?state=open")[1]["items"]
    assert [it["verb"] for it in seen["allowed"]] == ["answer"] and seen["due_on"] == (told.clock.today + timedelta(days=3)).isoformat()
    assert client("manager", by="token").call("GET", f"{API}/requests/{one['id']}")[1]["allowed"] != []
    assert client("process_manager", by="token").call("GET", f"{API}/requests/{one['id']}")[1]["allowed"] == []
    with told.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.subject_kind == "room_request")).one()
        assert (duty.state, duty.owner_id, duty.clause) == ("open", told.people["compliance"], "42")
        assert work.session.scalars(select(Notice.kind).where(
            Notice.person_id == told.people["compliance"], Notice.kind.like("standards.room%"))).all() == ["standards.room.asked"]
    assert one["number"] in text_of(client("compliance").get("/"))  # a line of the day
    href = f"{API}/requests/{one['id']}"
    assert guest.call("POST", f"{href}/accept", {})[0] == 409 and guest.call("POST", f"{href}/answer", {"text": "me"})[0] in (401, 403)
    assert house.call("POST", f"{href}/withdraw", {"text": "x"})[0] == 403
    assert client("compliance").post(f"{PLACE}/requests/{one['id']}/answer", data={"text": ""}).status_code == 422
    assert client("compliance").post(f"{PLACE}/requests/{one['id']}/answer", data={"text": "下周评审"}).status_code == 303
    assert "下周评审" in text_of(guest.get(f"{at}/room?clause=42")) and "下周评审" in text_of(guest.get(f"{at}/requests"))
    assert guest.call("POST", f"{href}/send_back", {"text": "哪天？"})[1]["state"] == "open"
    assert house.call("POST", f"{href}/answer", {"text": "3月20日"})[1]["state"] == "answered"
    body = guest.call("POST", f"{href}/accept", {})[1]
    assert body["state"] == "accepted" and [word["verb"] for word in body["words"]] == ["answer", "send_back", "answer", "accept"]
    told.drain(index=False)
    with told.look() as work:
        assert work.session.scalars(select(Obligation.state).where(Obligation.subject_kind == "room_request")).all() == ["done"]
        kinds = work.session.scalars(select(Mail.kind).order_by(Mail.id)).all()
    assert kinds.count("standards.room.answered") == 2 and "standards.room.asked" in kinds and "standards.room.moved" in kinds


def test_the_pack_of_a_room_is_made_in_the_background_and_checked_without_us(client: Client, told: Centre, settings: Settings,
                                                                               tmp_path: Path) -> None:
    room = opened(told, client)
    guest, at = inside(told, client, room), f"{PLACE}/{room['id']}/packs"
    assert "No pack was ordered yet" in text_of(guest.get(at))
    ordered = guest.post(at, data={"as_of": told.clock.today.isoformat(), "lang": "en"})
    assert ordered.status_code == 303 and ordered.headers["Location"].endswith(at)
    page = text_of(guest.get(at))
    assert "Waits for the worker" in page and 'hx-get="' in page
    [waiting] = guest.call("GET", f"/api/v1{at}")[1]["items"]
    assert waiting["state"] == "waiting" and waiting["file"] is None
    status, again = guest.call("POST", f"/api/v1{at}", {"lang": "en"})
    assert status == 200 and [one["verb"] for one in again["allowed"]] == ["cancel"]
    assert guest.get(f"{at}/{waiting['id']}/file").status_code == 409
    assert make_packs(told.db, settings.data_dir, str(ZONE), "w") == 2
    took = [guest.get(f"{at}/{one}/file").data for one in (waiting["id"], waiting["id"], again["id"])]
    assert took[0] == took[1] == took[2]
    with zipfile.ZipFile(io.BytesIO(took[0])) as pack:
        pack.extractall(tmp_path / "pack")
    assert {one.name for one in (tmp_path / "pack").iterdir() if one.is_dir()} == {"42", "67"}
    assert subprocess.run([sys.executable, "verify.py"], cwd=tmp_path / "pack", check=False).returncode == 0
    body = guest.call("GET", f"/api/v1{at}/{waiting['id']}")[1]
    assert body["state"] == "done" and body["sha256"] == hashlib.sha256(took[0]).hexdigest() and body["allowed"] == []
    assert body["file"] == f"/api/v1{at}/{waiting['id']}/file" and guest.get(body["file"]).data == took[0]
    with told.look() as work:
        who = work.session.scalars(select(RoomLook.person_id)).first()
        assert work.session.execute(select(ProofPack.sha256, ProofPack.person_id).order_by(ProofPack.id)).all() == [
            (body["sha256"], who)] * 2
        kinds = work.session.scalars(select(RoomLook.what).where(RoomLook.thing == waiting["number"]).order_by(RoomLook.id)).all()
        assert kinds == ["order", "pack", "pack", "packs", "pack"]
    before = client("compliance", by="token").call("GET", f"{API}/{room['id']}")[1]["looks"]
    assert guest.get(at, headers={"HX-Request": "true"}).status_code == 200, "what the page asks by itself is no look"
    assert client("compliance", by="token").call("GET", f"{API}/{room['id']}")[1]["looks"] == before


def test_packs_of_a_room_are_stopped_by_who_ordered_them_and_seen_in_no_other_room(client: Client, told: Centre) -> None:
    room, other = opened(told, client), opened(told, client)
    guest, at = inside(told, client, room), f"/api/v1{PLACE}/{room['id']}/packs"
    stranger = inside(told, client, other, "other@audit.test")
    house = client("compliance", by="token")
    theirs, own = house.call("POST", at, {})[1], guest.call("POST", at, {})[1]
    assert guest.call("GET", f"{at}/{theirs['id']}")[1]["allowed"] == []
    assert guest.call("POST", f"{at}/{theirs['id']}/cancel", {})[0] == 404
    assert guest.call("POST", f"{at}/{own['id']}/cancel", {})[1]["state"] == "cancelled"
    assert guest.call("POST", f"{at}/{own['id']}/cancel", {})[0] == 409
    elsewhere = f"/api/v1{PLACE}/{other['id']}/packs"
    assert stranger.call("GET", elsewhere)[1]["items"] == [] and stranger.call("GET", f"{elsewhere}/{theirs['id']}")[0] == 404
    assert stranger.call("GET", at)[0] == 401 and stranger.get(f"{PLACE}/{other['id']}/packs/{theirs['id']}/file").status_code == 404
    assert guest.call("GET", f"/api/v1/standards/packs/{own['id']}")[0] == 401, "the list of all packs stays closed to guests"
    assert client("process_manager", by="token").call("POST", at, {})[0] == 403
    assert guest.post(f"{PLACE}/{room['id']}/packs", data={"as_of": "then", "lang": "en"}).status_code == 422


def test_each_json_read_of_a_guest_is_a_look(client: Client, told: Centre) -> None:
    room = opened(told, client)
    guest, at = inside(told, client, room), f"{API}/{room['id']}"
    key = guest.call("GET", f"{at}/clauses/42/things")[1]["items"][0]["key"]
    sample = guest.call("POST", f"{at}/draw", {"clause": "42", "size": 2, "seed": "7"})[1]
    asked = guest.call("POST", f"{at}/ask", {"clause": "42", "thing": key, "text": "请补充"})[1]

    def after(path: str) -> tuple[str, str | None, str | None]:
        assert guest.call("GET", path)[0] == 200, path
        one = client("compliance", by="token").call("GET", f"{at}/looks?limit=1")[1]["items"][0]
        return one["what"], one["clause"], one["thing"]
    assert after(at) == ("room", None, None) and after(f"{at}/clauses") == ("room", None, None)
    assert after(f"{at}/clauses/42/things") == ("clause", "42", None)
    assert after(f"{at}/samples") == ("room", None, None) and after(f"{at}/samples/{sample['id']}") == ("clause", "42", "42/7")
    assert after(f"{at}/requests") == ("asked", None, None)
    assert after(f"{API}/requests/{asked['id']}") == ("asked", "42", asked["number"])
    assert after(f"{at}/packs") == ("packs", None, None)
    before = client("compliance", by="token").call("GET", at)[1]["looks"]
    assert client("compliance", by="token").call("GET", f"{at}/clauses")[0] == 200
    assert client("compliance", by="token").call("GET", at)[1]["looks"] == before, "the house is not noted"


def test_a_judgement_has_a_remark_and_names_what_it_is_about(client: Client, told: Centre) -> None:
    room = opened(told, client)
    guest, at = inside(told, client, room), f"{PLACE}/{room['id']}"
    first = guest.call("GET", f"{API}/{room['id']}/clauses/42/things")[1]["items"][0]
    sent = {"clause": "42", "thing": first["key"], "finding": "doubt"}
    assert guest.post(f"{at}/mark", data=sent | {"remark": "签名晚于发布"}).status_code == 303
    status, body = guest.call("POST", f"{API}/{room['id']}/mark", sent | {"finding": "verified"})
    assert status == 200 and body["remark"] == "签名晚于发布", "another word keeps the remark"
    assert body["thing_title"] == f"{first['number']} {first['title']}"
    assert guest.call("POST", f"{API}/{room['id']}/mark", sent | {"thing": "process:999999"})[0] == 404
    assert guest.call("POST", f"{API}/{room['id']}/mark", sent | {"remark": "x" * 2001})[0] == 422
    refused = guest.post(f"{at}/mark?clause=42&thing={first['key']}", data=sent | {"finding": "fine", "remark": "留着"})
    assert refused.status_code == 422 and "留着" in refused.get_data(as_text=True), "what was typed stays"
    listed = guest.call("GET", f"{API}/{room['id']}/clauses/42/things")[1]["items"][0]
    assert (listed["mark"], listed["remark"]) == ("verified", "签名晚于发布")
    assert "签名晚于发布" in text_of(client("compliance").get(f"{at}/room?clause=42&thing={first['key']}"))
    assert f"{first['number']} {first['title']} Verified on the record" in text_of(client("compliance").get(f"{at}/looks?what=mark"))
    assert guest.call("POST", f"{API}/{room['id']}/mark", sent | {"finding": "none"})[1]["remark"] is None


def test_commands_list_invite_and_revoke(client: Client, told: Centre, settings: Settings) -> None:
    room = opened(told, client, until_on=(told.clock.today + timedelta(days=360)).isoformat())

    def run(*words: str) -> Any:
        return CliRunner().invoke(standards, ["rooms", *words], env={"KMSVC_DATA_DIR": str(settings.data_dir),
                                                                    "KMSVC_DATABASE_URL": settings.database_url})
    done = run("invite", room["number"], "--name", "何苗", "--email", "he@audit.test", "--json")
    assert done.exit_code == 0, done.output
    assert "he@audit.test" in run("list").output and run("invite", "AR-999", "--name", "A", "--email", "a@b.test").exit_code
    assert run("revoke", room["number"], "nobody@b.test", "--reason", "x").exit_code
    assert run("revoke", room["number"], "HE@audit.test", "--reason", "left").exit_code == 0
    assert "revoked" in run("list").output
    assert PASSWORD  # the house signs in with it; guests choose their own
