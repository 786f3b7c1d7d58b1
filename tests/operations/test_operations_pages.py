"""The operations pages: what runs, what failed and is tried again, mail with its words, settings of the centre."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from kmsvc.core import leases, options
from kmsvc.core.audit import AuditEntry
from kmsvc.core.events import Delivery
from kmsvc.notices.models import Mail
from kmsvc.operations import rebuilding
from kmsvc.process.changes.options import SAMPLE_SIZE
from tests.builders import make_article, make_change
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.lists import table
from tests.support.pages import problems
from tests.support.trail import in_words

Client = Callable[..., Caller]
API = "/api/v1/operations"
PAGES = ("/operations", "/operations/deliveries", "/operations/mail", "/operations/settings", "/operations/index")


def spoil_a_delivery(world: Centre, *, state: str = "dead") -> int:
    """A change whose first delivery was given up."""
    make_change(world)
    with world.begin("system") as work:
        row = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert row is not None
        row.state, row.tries, row.error = state, 12, "ValueError: poison <b>row</b>"
        return row.id


def spoil_a_mail(world: Centre) -> int:
    """A letter that the mail server refused."""
    make_change(world, drain=True)
    with world.begin("system") as work:
        row = work.session.scalars(select(Mail).order_by(Mail.id)).first()
        assert row is not None
        row.state, row.tries, row.error = "dead", 1, "550 no such user"
        return row.id


@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_come_in(client: Client, path: str) -> None:
    assert client("admin").get(path).status_code == 200
    for who in ("agent", "manager", "auditor"):
        assert client(who).get(path).status_code == 403
    assert client().get(path).status_code == 303


@pytest.mark.parametrize("path", ["/operations/retry", "/operations/deliveries/1/retry", "/operations/mail/1/retry",
                                  "/operations/index/rebuild", f"{API}/retry", f"{API}/index/rebuild"])
def test_only_administrators_mend(client: Client, world: Centre, path: str) -> None:
    spoil_a_delivery(world)
    answer = client("manager").post(path, json={} if path.startswith("/api") else None)
    assert answer.status_code == 403


def test_a_dead_delivery_is_shown_with_its_reason_and_tried_again(client: Client, world: Centre) -> None:
    dead = spoil_a_delivery(world)
    admin = client("admin")
    page = admin.get("/operations/deliveries?state=dead").get_data(as_text=True)
    assert "poison" in page and "<b>row</b>" not in page
    assert admin.post(f"/operations/deliveries/{dead}/retry").status_code == 303
    world.drain(index=False)
    with world.look() as work:
        assert work.get(Delivery, dead).state == "done"
        note, = in_words(work.session, work.session.scalars(select(AuditEntry).where(AuditEntry.act == "retry")).all())
    assert (note.login, note.subject, note.subject_id) == ("admin", "core_delivery", str(dead))
    assert admin.call("POST", f"{API}/deliveries/{dead}/retry", {})[0] == 409
    assert admin.call("POST", f"{API}/deliveries/999999/retry", {})[0] == 404


def test_everything_that_failed_is_tried_again_at_once(client: Client, world: Centre) -> None:
    dead, mail = spoil_a_delivery(world), spoil_a_mail(world)
    assert client("admin").call("POST", f"{API}/retry", {})[1]["again"] >= 2
    with world.look() as work:
        assert work.get(Delivery, dead).state in ("pending", "done")
        assert work.get(Mail, mail).state == "waiting"


def test_mail_is_readable_in_the_words_of_its_reader(client: Client, world: Centre) -> None:
    mail_id = spoil_a_mail(world)
    admin = client("admin")
    listed = admin.call("GET", f"{API}/mail?state=dead")[1]["items"]
    assert [one["id"] for one in listed] == [mail_id] and "text" not in listed[0]
    letter = admin.call("GET", f"{API}/mail/{mail_id}")[1]
    assert letter["text"].startswith("Dear ") and "http://localhost/" in letter["text"]
    page = admin.get(f"/operations/mail/{mail_id}").get_data(as_text=True)
    assert "550 no such user" in page and letter["subject"] in page
    assert admin.post(f"/operations/mail/{mail_id}/retry").status_code == 303
    assert admin.call("GET", f"{API}/mail/{mail_id}")[1]["state"] == "waiting"
    assert admin.get("/operations/mail/999999").status_code == 404


def test_settings_are_shown_with_a_sentence_and_changed(client: Client, world: Centre) -> None:
    admin, name = client("admin"), "process.change.sample_size"
    page = admin.get("/operations/settings").get_data(as_text=True)
    for option in options.REGISTER.values():
        assert option.name in page
    assert admin.post(f"/operations/settings/{name}", data={"version": "0", "value": "8", "reason": "more"}).status_code == 303
    with world.look() as work:
        assert options.value(work.session, options.REGISTER[name]) == 8
        entry, = in_words(work.session, work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "core_option")).all())
    assert (entry.login, entry.reason, entry.after["value"]) == ("admin", "more", {"value": 8})
    flag = "process.change.allow_confirm_without_edit"
    assert admin.post(f"/operations/settings/{flag}", data={"value": "false"}).status_code == 303
    assert admin.call("GET", f"{API}/settings/{flag}")[1]["value"] is False


@pytest.mark.parametrize("value", ["x", "0", "999999", "", "-3", "1e3", "1.5"])
def test_a_value_that_does_not_fit_comes_back_with_a_message(client: Client, value: str) -> None:
    answer = client("admin").post("/operations/settings/process.change.sample_size", data={"version": "0", "value": value})
    assert answer.status_code == 422
    assert "value-error" in answer.get_data(as_text=True)


@pytest.mark.parametrize("value", [None, 1.5, [], {}, "\x00", "x" * 100_000, True, 2**70])
def test_the_json_refuses_what_does_not_fit(client: Client, value: object) -> None:
    assert client("admin").call("POST", f"{API}/settings/process.change.sample_size/set", {"value": value})[0] == 422


def test_the_second_of_two_who_set_is_told(client: Client, world: Centre) -> None:
    admin, path = client("admin"), "/operations/settings/process.change.sample_size"
    assert admin.post(path, data={"version": "0", "value": "8"}).status_code == 303
    assert admin.post(path, data={"version": "0", "value": "9"}).status_code == 409
    status, body = admin.call("POST", f"{API}/settings/process.change.sample_size/set", {"value": 9}, **{"If-Match": '"v0"'})
    assert (status, body["theirs"]) == (409, 8)
    assert admin.call("POST", f"{API}/settings/no.such.thing/set", {"value": 9})[0] == 404


def test_the_index_is_built_anew_from_a_button(client: Client, world: Centre) -> None:
    make_article(world, title="怎样改签")
    admin = client("admin")
    assert admin.post("/operations/index/rebuild").status_code == 303
    for _ in range(200):
        state = rebuilding.status(world.settings, world.clock())
        if state is not None and state.state != "running":
            break
        time.sleep(0.05)
    assert state is not None and (state.state, state.done, state.by) == ("done", 1, "admin")
    assert world.engine.generation()[0]
    body = admin.call("GET", API)[1]
    assert body["rebuild"]["state"] == "done" and body["index"]["bytes"] > 0
    with world.look() as work:
        entry, = in_words(work.session, work.session.scalars(select(AuditEntry).where(AuditEntry.act == "rebuild")).all())
    assert entry.login == "admin"


def test_a_build_that_died_is_shown_as_stopped_and_can_be_begun_again(client: Client, world: Centre) -> None:
    started = world.clock().isoformat()
    rebuilding._tell(world.settings, rebuilding.Rebuild("running", 3, 10, started, started, "admin"))
    admin = client("admin")
    assert admin.call("POST", f"{API}/index/rebuild", {})[0] == 409
    world.clock.move(minutes=5)
    assert admin.call("GET", API)[1]["rebuild"]["state"] == "stopped"
    assert admin.call("POST", f"{API}/index/rebuild", {})[0] == 202


def test_the_overview_counts_workers_and_duties(client: Client, world: Centre) -> None:
    admin = client("admin")
    assert admin.call("GET", API)[1]["alive"] == 0
    with world.begin("system") as work:
        leases.take(work.session, "beat:host:1:aa", "host:1:aa", seconds=30)
        now = leases.database_now(work.session)
        work.session.add(leases.Lease(name="beat:host:2:bb", owner="host:2:bb", until=now, fence=1,
                                      beat_at=now - timedelta(minutes=3)))
    body = admin.call("GET", API)[1]
    assert [(one["owner"], one["alive"]) for one in body["workers"]] == [("host:1:aa", True), ("host:2:bb", False)]
    assert body["alive"] == 1 and body["disk_total"] > 0 and set(body["duties"]) == {"open", "overdue", "done", "moot"}
    assert "host:1" in admin.get("/operations").get_data(as_text=True)


def test_r_o1_the_page_turns_when_something_breaks(client: Client, world: Centre) -> None:
    """R-O1: health, readiness and metrics tell what is broken."""
    caller = client()
    assert caller.get("/healthz").status_code == 200
    ready = caller.get("/readyz")
    assert ready.status_code == 503 and ready.get_json()["checks"] == {"database": True, "schema": True, "worker": False}
    with world.begin("system") as work:
        leases.take(work.session, "beat:host:1:aa", "host:1:aa", seconds=30)
    assert caller.get("/readyz").status_code == 200
    dead = spoil_a_delivery(world)
    assert "kmsvc_deliveries_dead 1.0" in caller.get("/metrics").get_data(as_text=True)
    world.clock.move(minutes=2)
    text = caller.get("/metrics").get_data(as_text=True)
    age = float(next(line.split()[1] for line in text.splitlines() if line.startswith("kmsvc_outbox_age_seconds ")))
    assert age >= 119
    assert client("admin").post(f"/operations/deliveries/{dead}/retry").status_code == 303
    assert "kmsvc_deliveries_dead 0.0" in caller.get("/metrics").get_data(as_text=True)


@pytest.mark.parametrize("what", ["deliveries", "mail"])
def test_a_list_that_is_exactly_full_has_no_next_page(client: Client, world: Centre, what: str) -> None:
    make_change(world, drain=True)
    admin = client("admin")
    whole = admin.call("GET", f"{API}/{what}?limit=200")[1]
    count = len(whole["items"])
    assert count and whole["next"] is None
    assert admin.call("GET", f"{API}/{what}?limit={count}")[1] == whole
    if count > 1:
        part = admin.call("GET", f"{API}/{what}?limit={count - 1}")[1]
        assert part["next"] is not None
        rest = admin.call("GET", f"{API}/{what}?limit=200&cursor={part['next']}")[1]
        assert part["items"] + rest["items"] == whole["items"]
    assert "cursor=" not in admin.get(f"/operations/{what}?limit={count}").get_data(as_text=True)


def test_a_setting_outside_its_range_is_refused_with_the_range(client: Callable, world: Centre) -> None:
    """At the page and for programs; yes and no are named for a switch."""
    admin = client("admin")
    for value in (0, 501, "many"):
        status, problem = admin.call("POST", "/api/v1/operations/settings/process.change.sample_size/set", {"value": value})
        assert (status, problem["fields"]) == (422, {"value": ["A whole number from 1 to 500."]})
    status, problem = admin.call("POST", "/api/v1/operations/settings/process.change.approval_needs_person/set", {"value": 7})
    assert (status, problem["fields"]) == (422, {"value": ["Yes or no is needed here."]})
    page = admin.post("/operations/settings/process.change.sample_size", data={"value": "501"})
    assert page.status_code == 422
    assert "A whole number from 1 to 500." in page.get_data(as_text=True)
    with world.look() as work:
        assert options.value(work.session, SAMPLE_SIZE) == 5


def test_the_outbox_is_searched_by_number_words_and_reason(client: Client, world: Centre) -> None:
    dead = spoil_a_delivery(world)
    admin = client("admin")
    for q in ("poison", "POISON", str(dead)):
        assert [one["id"] for one in admin.call("GET", f"{API}/deliveries?q={q}")[1]["items"]] == [dead], q
    kinds = {one["kind"] for one in admin.call("GET", f"{API}/deliveries?q=was asked for")[1]["items"]}
    assert kinds == {"process.change.submitted"}
    assert {one["reaction"] for one in admin.call("GET", f"{API}/deliveries?q=mark_change")[1]["items"]} == {"mark_change"}
    page = admin.get("/operations/deliveries?q=nobody").get_data(as_text=True)
    assert "Nothing fits" in page and not problems(page)
    assert admin.get("/operations/deliveries?q=100%25_").status_code == 200


def test_mail_is_searched_by_person_number_and_reason(client: Client, world: Centre) -> None:
    mail_id = spoil_a_mail(world)
    admin = client("admin")
    [letter] = admin.call("GET", f"{API}/mail?state=dead")[1]["items"]
    for q in ("no such user", letter["to"].upper(), letter["email"], str(mail_id)):
        assert mail_id in [one["id"] for one in admin.call("GET", f"{API}/mail?q={q}")[1]["items"]], q
    assert {one["subject"].split(":")[0] for one in admin.call("GET", f"{API}/mail?q=CR-2026")[1]["items"]} != set()
    assert admin.call("GET", f"{API}/mail?q=CR-1999")[1]["items"] == []
    page = admin.get("/operations/mail?q=nobody").get_data(as_text=True)
    assert "No mail fits" in page and not problems(page)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_outbox_and_mail_are_taken_away_as_they_are_filtered(client: Client, world: Centre, form: str) -> None:
    dead, mail = spoil_a_delivery(world), spoil_a_mail(world)
    admin = client("admin")
    rows = table(admin.get(f"/operations/deliveries?q=poison&limit=1&format={form}"))
    assert (rows[0][0], [row[0] for row in rows[1:]], rows[1][5]) == ("No.", [str(dead)], "given up")
    rows = table(admin.get(f"/operations/mail?state=dead&format={form}"))
    assert ([row[0] for row in rows[1:]], rows[1][-1]) == ([str(mail)], "550 no such user")
    assert len(table(admin.get(f"/operations/deliveries?limit=1&format={form}"))) > 2
    assert client("agent").get(f"/operations/deliveries?format={form}").status_code == 403


def test_a_second_try_leads_back_to_the_list_as_it_was_filtered(client: Client, world: Centre) -> None:
    dead = spoil_a_delivery(world)
    admin = client("admin")
    page = admin.get("/operations/deliveries?state=dead&q=poison").get_data(as_text=True)
    then = re.search(r'name="then" value="([^"]+)"', page)
    assert then
    answer = admin.post(f"/operations/deliveries/{dead}/retry", data={"then": unescape(then[1])})
    assert answer.headers["Location"].endswith("/operations/deliveries?state=dead&q=poison")
