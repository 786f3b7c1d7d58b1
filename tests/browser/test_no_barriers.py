"""What axe finds against WCAG 2.2 AA on the main pages: nothing, light and dark, wide and narrow."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.operations.setup import install_standards
from kmsvc.process.audits import usecases
from kmsvc.standards.audits import planning
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence import proofs
from kmsvc.standards.evidence.proofs import ProofText
from kmsvc.standards.packs.usecases import order_pack
from kmsvc.standards.rooms import usecases as rooms
from tests.browser.barriers import faults, faults_now
from tests.browser.conftest import House
from tests.builders import make_article, make_change, make_process
from tests.standards.duties.houses import begin_use, run


def test_the_pages_of_the_work_have_no_barriers(house: House) -> None:
    process = make_process(house.world, drain=True)
    make_article(house.world, title="退费时限", body="::: say\n三天到账。\n:::", drain=True)
    change_id = make_change(house.world, process=process, step=4)
    place = f"/process/changes/{change_id}"
    page = house.window("process_author")
    assert faults(page, ["/", "/search?q=退费", "/my/confirmations", "/my/requests", "/notices", "/people/me", "/knowledge/articles",
                         "/process/definitions", f"/process/definitions/{process.id}", "/process/changes", "/process/changes/board",
                         "/process/changes/new", place, f"{place}?tab=impact", f"{place}?tab=talk", f"{place}?tab=record",
                         f"{place}/write"]) == []
    page.goto("/notices")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("s")
    expect(page.locator(".drawer textarea")).to_be_focused()
    assert faults_now(page) == []


def test_the_pages_of_administration_have_no_barriers(house: House) -> None:
    page = house.window("admin")
    assert faults(page, ["/people/accounts", "/people/accounts/1", "/people/accounts/new", "/people/accounts/import", "/people/units",
                         "/people/permissions", "/audit", "/audit/1", "/operations", "/operations/deliveries", "/operations/mail",
                         "/operations/settings", "/nowhere", "/api/docs"]) == []


def test_the_pages_of_standards_have_no_barriers(house: House) -> None:
    world = house.world
    today = world.clock.today
    install_standards(world.db)
    process = make_process(world, drain=True)
    begin_use(world, today)
    run(world, today)
    with world.begin("compliance") as work:
        proof = proofs.add_proof(work, ProofText("证明", ("8",), today, url="https://x.test"), today=today).id
        room = rooms.open_room(work, title="年度复审", model="cc-cmm-oc-2017", year=today.year, clauses=["42"], as_of=None,
                               from_on=today, until_on=today + timedelta(days=14), keeper_id=None, today=today).id
        order_pack(work, model="cc-cmm-oc-2017", year=today.year, as_of=today, clauses=["42"])
        programme = planning.begin_programme(work, year=today.year, title="年度审核").id
        audit = planning.add_engagement(work, programme, title="流程审核", clauses=["42"], starts_on=today, ends_on=today).id
        duty, rule = work.session.execute(select(Obligation.id, Obligation.rule_id).where(
            Obligation.rule_id.is_not(None)).order_by(Obligation.id).limit(1)).one()
    with world.begin("process_manager") as work:
        yearly = usecases.plan_audit(work, year=today.year, due_on=today + timedelta(days=30)).id
        usecases.start_audit(work, yearly, today=today)
    proof_of, in_room = "/standards/evidence", f"/standards/rooms/{room}"
    day = today - timedelta(days=1)
    page = house.window("compliance")
    assert faults(page, [
        "/standards/duties", f"/standards/duties/{duty}", "/standards/duties/wheel", "/standards/duties/rules",
        f"/standards/duties/rules/{rule}", proof_of, f"{proof_of}?as_of={day}", f"{proof_of}/coverage", f"{proof_of}/readiness",
        f"{proof_of}/files", f"{proof_of}/files/{proof}",
        "/standards/audits", f"/standards/audits/programmes/{programme}", f"/standards/audits/{audit}", "/standards/audits/findings",
        "/standards/rooms", "/standards/rooms/new", in_room, f"{in_room}/looks", f"{in_room}/requests", f"{in_room}/packs",
        f"{in_room}/room?clause=42", f"{in_room}/room?clause=42&thing=process:{process.id}", "/standards/packs"], fits=True) == []
    page = house.window("process_manager")
    assert faults(page, ["/process/audits", f"/process/audits/{yearly}", "/process/audits/themes", f"/process/definitions?as_of={day}",
                         f"/process/changes?as_of={day}"], fits=True) == []
