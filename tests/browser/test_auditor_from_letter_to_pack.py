"""The auditor in Chinese: invited by compliance, in by the link with a password and a code, at the year's records in three clicks,
a sample judged by keys, a question answered in place, the pack checked without us. E12, W10."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.notices.models import Mail
from kmsvc.notices.wording import mail_text
from kmsvc.operations.setup import install_standards
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.system import OPERATOR
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.standards.packs.making import make_packs
from kmsvc.standards.rooms.models import RoomLook
from tests.browser.conftest import House
from tests.builders import make_process
from tests.support.centre import Centre
from tests.support.chromium import axe_findings
from tests.support.clock import ZONE

PASSWORD = "a-lantern-for-otters-9"


def told(world: Centre) -> None:
    """Three processes in force, one reviewed."""
    install_standards(world.db)
    for name in ("退费办理流程", "改约流程"):
        make_process(world, name=name)
    first = make_process(world, drain=True)
    world.clock.move(days=10)
    with world.begin("business_owner") as work:
        confirm_review(work, first.id, reason="无修改", today=world.clock.today)
    with world.db.begin(OPERATOR) as work:
        for login in ("compliance",):
            change_person(work, world.people[login], name="白朔", language="zh_Hans_CN")


def letter_of(world: Centre) -> str:
    """The letter as it is sent."""
    with world.look() as work:
        mail = work.session.scalars(select(Mail).where(Mail.kind == "standards.room.invited")).one()
        subject, text = mail_text(mail.kind, mail.params, "zh_Hans_CN", mail.url, "何苗")
    assert "邀请你进入审核室" in subject
    return text


def ready(page: Page) -> None:
    page.wait_for_selector("html.km-ready")


def test_an_auditor_from_the_letter_to_the_pack(house: House, tmp_path: Path) -> None:
    world = house.world
    told(world)
    keeper = house.window("compliance", "/standards/rooms")
    assert axe_findings(keeper) == []
    keeper.keyboard.press("n")
    keeper.wait_for_url("**/standards/rooms/new")
    keeper.fill("input[name=title]", "2026年度复审")
    keeper.fill("input[name=clauses]", "42，67")
    keeper.get_by_role("button", name="开放审核室").click()
    keeper.wait_for_url(re.compile(r"/standards/rooms/\d+$"))
    ready(keeper)
    keeper.keyboard.press("n")
    keeper.locator("input[name=name]:visible").fill("何苗")
    keeper.locator("input[name=email]:visible").fill("he.miao@audit.test")
    keeper.keyboard.press("Control+Enter")
    expect(keeper.locator("#guests")).to_contain_text("已邀请")
    assert axe_findings(keeper) == []

    found = re.search(r"/standards/rooms/enter/\S+", letter_of(world))
    assert found is not None
    guest = house.open_window(house.address)
    guest.context.add_cookies([{"name": "km-language", "value": "zh_Hans_CN", "url": house.address}])
    guest.goto(found[0])
    ready(guest)
    expect(guest.locator("body")).to_contain_text("何苗，你好")
    assert axe_findings(guest) == []
    guest.fill("input[name=new]", PASSWORD)
    guest.fill("input[name=again]", PASSWORD)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/people/me/factor")
    ready(guest)
    guest.get_by_role("button", name="设置").click()
    secret = (guest.locator("#secret").text_content() or "").replace(" ", "")
    expect(guest.locator(".code-square svg")).to_be_visible()
    assert axe_findings(guest) == []
    guest.fill("input[name=code]", pyotp.TOTP(secret).at(world.clock().timestamp()))
    guest.keyboard.press("Enter")
    expect(guest.locator("#codes")).to_be_visible()

    guest.get_by_role("link", name="已保存，继续").click()  # 1
    guest.wait_for_url("**/room")
    ready(guest)
    expect(guest.locator("h1")).to_have_text("2026年度复审")
    assert axe_findings(guest) == []
    guest.get_by_role("link", name=re.compile("^42")).click()  # 2: the records of the year stand there
    expect(guest.locator("[data-room]")).to_contain_text("确认无变化")
    ready(guest)
    guest.fill("input[name=size]", "3")
    guest.fill("input[name=seed]", "4711")
    guest.get_by_role("button", name="抽样", exact=True).click()
    expect(guest.locator("[data-room]")).to_contain_text("种子4711")
    ready(guest)
    for key, sign in (("v", "已验证"), ("d", "存疑")):  # the first row has the cursor, then the next one
        before = guest.url
        guest.keyboard.press(key)
        guest.wait_for_url(lambda url, before=before: url != before)
        ready(guest)
        expect(guest.locator(f"[data-room] .jd button[aria-pressed=true][title={sign}]")).to_have_count(1)
    guest.keyboard.press("q")
    guest.wait_for_selector("#ask")
    ready(guest)
    guest.locator("#ask textarea").fill("请补充这个流程的评审记录。")
    guest.keyboard.press("Control+Enter")
    expect(guest.locator(".ask-card")).to_contain_text("待答复")
    assert axe_findings(guest) == []
    world.drain(index=False)

    keeper.goto("/notices")
    expect(keeper.locator("main")).to_contain_text("何苗请求补充")
    keeper.goto("/standards/rooms")
    keeper.locator("tbody").get_by_role("link", name="1", exact=True).first.click()
    ready(keeper)
    keeper.locator(".ask-card summary", has_text="答复").click()
    keeper.locator("textarea[name=text]:visible").fill("下周四评审，结论会补在这里。")
    keeper.keyboard.press("Control+Enter")
    expect(keeper.locator(".ask-card")).to_contain_text("已答复")

    guest.reload()
    ready(guest)
    expect(guest.locator(".ask-card")).to_contain_text("下周四评审")
    guest.evaluate("window.samePage = true")
    guest.locator("[data-room] tbody tr a[data-open]").first.click()  # what stands behind a record: one click, no other page
    panel = guest.locator("aside#thing")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("当日文本")
    assert guest.evaluate("window.samePage") and axe_findings(guest) == []
    panel.locator("textarea[name=remark]").fill("签名齐全。")
    panel.get_by_role("button", name="保存判断").click()
    guest.wait_for_url(lambda url: "/room?" in url and "thing=" not in url)
    ready(guest)
    guest.get_by_role("button", name="打包证据").click()
    guest.wait_for_url("**/packs")
    ready(guest)
    expect(guest.locator("#packs")).to_contain_text("排队中")
    assert axe_findings(guest) == []
    make_packs(world.db, world.settings.data_dir, str(ZONE), "test")  # the worker's share: its clock stands still here
    with guest.expect_download() as taken:
        guest.get_by_role("link", name="下载").first.click()  # the page follows by itself
    with zipfile.ZipFile(taken.value.path()) as pack:
        pack.extractall(tmp_path / "pack")
    assert subprocess.run([sys.executable, "verify.py"], cwd=tmp_path / "pack", check=False).returncode == 0
    assert not guest.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    guest.goto("/search")
    guest.wait_for_url("**/room")  # as a stranger to the sign-in, and from there to the room
    with world.look() as work:
        looks = work.session.scalars(select(RoomLook.what).order_by(RoomLook.id)).all()
    assert {"entered", "room", "clause", "sample", "mark", "ask", "thing", "order", "pack"} <= set(looks)
