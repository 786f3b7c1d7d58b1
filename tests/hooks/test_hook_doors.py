"""Hooks by page, by program and from the command line: the secret is shown once, what was typed comes back, the log and its verbs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from click.testing import CliRunner, Result
from flask import Flask
from flask_babel import force_locale

from kmsvc.cli.glue import PartFailed
from kmsvc.cli.hooks import hooks
from kmsvc.hooks.models import HookDelivery
from kmsvc.hooks.permissions import DELIVER_HOOKS
from kmsvc.hooks.rules import OFFERED, TESTED
from kmsvc.hooks.showing import fact
from kmsvc.people.accounts.usecases import set_own_language
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.hooks.receiver import receiving
from tests.support.centre import Centre

WANTED = {"name": "lms", "address": "https://lms.example.org/in", "login": "manager", "kinds": ["knowledge.article.published"]}


def test_a_page_registers_shows_the_secret_once_and_looks_after_it(client: Callable, world: Centre) -> None:
    admin = client("admin")
    assert "No other system is told" in admin.get("/hooks").get_data(as_text=True)
    answer = admin.post("/hooks", data={**WANTED, "kinds": []})
    assert answer.status_code == 422 and "https://lms.example.org/in" in answer.get_data(as_text=True)
    answer = admin.post("/hooks", data={**WANTED, "address": "http://user:x@a/", "kinds": WANTED["kinds"]})
    assert answer.status_code == 422 and "no name, password" in answer.get_data(as_text=True)
    made = admin.post("/hooks", data=WANTED).get_data(as_text=True)
    secret = re.search(r'id="made">([\w-]{40,})<', made)
    assert secret is not None
    page = admin.get("/hooks/1").get_data(as_text=True)
    assert secret[1] not in page and "lms.example.org" in page and "Running" in page
    assert admin.post("/hooks/1/pause", data={"reason": "they move"}).status_code == 303
    assert "they move" in admin.get("/hooks/1").get_data(as_text=True) and "Paused" in admin.get("/hooks").get_data(as_text=True)
    assert admin.post("/hooks/1/pause").status_code == 409
    assert admin.post("/hooks/1/resume").status_code == 303
    another = admin.post("/hooks/1/secret").get_data(as_text=True)
    assert "Another secret signs" in another and secret[1] not in another
    assert admin.post("/hooks/1/edit", data={**WANTED, "name": "", "version": "99"}).status_code in (409, 422)
    assert admin.post("/hooks/1/test").status_code == 303
    assert "hooks.hook.tested" in admin.get("/hooks/1").get_data(as_text=True)
    assert admin.get("/hooks/1?format=csv").data.startswith("\ufeff".encode()) and admin.get("/hooks?format=xlsx").status_code == 200
    assert admin.post("/hooks/1/remove", data={"reason": "r"}).status_code == 303 and admin.get("/hooks/1").status_code == 404
    assert client("manager").get("/hooks").status_code == 403


def test_every_event_has_a_name_in_both_languages_and_no_page_shows_its_code(app: Flask, client: Callable, world: Centre) -> None:
    for language in ("zh_Hans_CN", "en"):
        with app.test_request_context("/hooks"), force_locale(language):
            for kind in (*OFFERED, TESTED):
                name = fact(kind)
                assert name != kind and "." not in name, (language, kind)
                assert bool(re.search(r"[\u4e00-\u9fff]", name)) == (language != "en"), (language, kind)
    admin = client("admin")
    admin.post("/hooks", data=WANTED)
    admin.post("/hooks/1/test")
    table = re.sub(r"<[^>]+>", "", admin.get("/hooks/1").get_data(as_text=True).partition('id="log"')[2])
    assert "Test" in table and TESTED not in table
    assert TESTED not in admin.get("/hooks/1?format=csv").get_data(as_text=True)


def test_a_program_does_the_same_and_a_delivery_that_was_given_up_is_sent_again(client: Callable, world: Centre) -> None:
    admin = client("admin", by="token")
    answer = admin.post("/api/v1/hooks", json={**WANTED, "secret": "k" * 30})
    assert answer.status_code == 201 and "secret" not in answer.json
    assert admin.get(answer.headers["Location"]).json["name"] == "lms"
    second = admin.post("/api/v1/hooks", json={**WANTED, "name": "bi"}).json
    assert len(second["secret"]) >= 40 and "secret" not in admin.get("/api/v1/hooks/2").json
    assert admin.post("/api/v1/hooks", json={**WANTED, "kinds": ["people.person.rights_changed"]}).status_code == 422
    assert "knowledge.article.published" in [one["kind"] for one in admin.get("/api/v1/hooks/kinds").json["items"]]
    make_article(world, drain=True)
    with world.begin("system") as work:
        work.permit(DELIVER_HOOKS)
        row = work.session.get(HookDelivery, 1)
        assert row is not None
        row.state = "dead"
    assert admin.get("/api/v1/hooks/1").json["dead"] == 1
    assert admin.post("/api/v1/hooks/1/deliveries/1/retry").json["dead"] == 0
    assert admin.post("/api/v1/hooks/1/deliveries/1/retry").status_code == 409
    log = admin.get("/api/v1/hooks/1/deliveries?state=waiting").json["items"]
    assert [one["kind"] for one in log] == ["knowledge.article.published"]


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url,
                          "KMSVC_HOOKS_PRIVATE": "127.0.0.0/8"}).invoke(hooks, list(arguments))


def test_the_command_line_adds_tests_and_says_what_came_of_it(world: Centre) -> None:
    settings = world.settings
    with receiving() as other:
        made = run(settings, "add", "lms", other.address, "--login", "manager", "--kind", "all", "--json")
        assert made.exception is None, made.exception
        added = json.loads(made.stdout)
        assert len(added["secret"]) >= 40 and added["state"] == "on"
        said = json.loads(run(settings, "test", str(added["id"]), "--json").stdout)
        assert (said["state"], said["status"]) == ("sent", 200) and other.kinds() == ["hooks.hook.tested"]
        other.status = 500
        assert isinstance(run(settings, "test", str(added["id"])).exception, PartFailed)
        assert "hooks.hook.tested" in run(settings, "log", str(added["id"])).stdout
        assert "paused" in run(settings, "pause", str(added["id"])).stdout and "on" in run(settings, "resume", str(added["id"])).stdout
        assert "lms" in run(settings, "list").stdout and "removed" in run(settings, "remove", str(added["id"])).stdout
        assert "knowledge.article.published" in run(settings, "kinds").stdout


def test_a_test_by_command_tells_what_came_of_it_behind_many_that_wait(world: Centre) -> None:
    with receiving() as other:
        added = json.loads(run(world.settings, "add", "lms", other.address, "--login", "manager", "--kind", "all", "--json").stdout)
        for n in range(12):
            make_article(world, title=f"t{n}", drain=n == 11)
        said = json.loads(run(world.settings, "test", str(added["id"]), "--json").stdout)
        assert said["state"] == "sent" and len(other.taken) == 13


def test_an_inner_or_plain_address_is_refused_by_page_and_by_program(client: Callable, world: Centre) -> None:
    admin = client("admin")
    for address, why in (("http://127.0.0.1:9/x", "own network"), ("http://lms.example.org/in", "https://")):
        refused = admin.post("/hooks", data={**WANTED, "address": address})
        assert refused.status_code == 422 and why in refused.get_data(as_text=True) and address in refused.get_data(as_text=True)
        assert admin.post("/api/v1/hooks", json={**WANTED, "address": address}).status_code == 422


def test_the_log_says_in_the_readers_language_why_nothing_was_sent(client: Callable, world: Centre) -> None:
    admin = client("admin")
    assert admin.post("/hooks", data=WANTED).status_code == 200
    admin.post("/hooks/1/test")
    with world.begin("system") as work:
        work.permit(DELIVER_HOOKS)
        row = work.get(HookDelivery, 1)
        row.state, row.error = "dead", "it answered 503"
    assert "it answered 503" in admin.get("/hooks/1", headers={"Cookie": "km-language=en"}).get_data(as_text=True)
    with world.begin("admin") as work:
        set_own_language(work, "zh_Hans_CN")
    page = admin.get("/hooks/1").get_data(as_text=True)
    assert "对方回应503" in page and "it answered" not in page
    assert "对方回应503" in admin.get("/hooks/1?format=csv").get_data(as_text=True)
