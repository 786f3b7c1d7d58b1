"""Lists on a narrow window and with the longest titles: nothing is cut at the right edge, no title fills the page."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from kmsvc.core.actors import Actor
from kmsvc.people.accounts.queries import actor_of, person_by_login
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.process.changes.usecases import submit_change
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.usecases import new_process
from tests.browser.conftest import House, Site
from tests.builders import make_article, make_change

LONG = "把退费时限从七个工作日缩短到五个工作日以内并同步全部渠道话术" * 6
NEW = {"name": "退费办理流程", "group": "external", "class": "business"}


def actor(site: Site, login: str) -> Actor:
    with site.db.look(SYSTEM) as work:
        person = person_by_login(work.session, login)
        assert person is not None
        return actor_of(work.session, person, login=login, via="cookie", fresh=True)


def ask(site: Site, title: str, login: str = "business_owner") -> None:
    with site.db.begin(actor(site, login)) as work:
        submit_change(work, title=title[:200], reason="客户投诉", today=work.now.date(), new_process=NEW)


def inside(part: Locator) -> bool:
    """Whether a part of the page lies within the window and within every box around it that cuts."""
    return bool(part.evaluate("""node => {
        const me = node.getBoundingClientRect(); let box = node.parentElement, right = innerWidth;
        for (; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== 'visible' || box.matches('.panel'))
                right = Math.min(right, box.getBoundingClientRect().right);
        return me.width > 0 && me.left >= 0 && me.right <= right + 1; }"""))


def lines(part: Locator) -> int:
    """How many lines of text a part shows."""
    return int(part.evaluate("node => Math.round(node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight))"))


def test_the_list_of_processes_is_cards_with_a_choice_of_group_on_a_narrow_window(site: Site) -> None:
    with site.db.begin(actor(site, "process_manager")) as work:
        work.permit(MANAGE_PROCESS)
        for name, group in (("退费办理流程", "external"), ("质检校准会议流程", "quality")):
            new_process(work, name=name, group=group, klass="business", audience_unit_id=None, owner_id=None)
    page = site.sign_in("process_manager", width=420, height=860)
    page.goto("/process/definitions")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(2)
    for cell in rows.first.locator("td:visible").all():
        assert inside(cell), cell.inner_text()
    assert "下次评审" in rows.first.inner_text()
    page.select_option("select[name=group]", "quality")
    page.locator(".filters button[type=submit]").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("tr[data-row]")).to_contain_text("质检校准会议流程")


def test_what_i_asked_for_is_whole_in_english_and_a_long_title_takes_two_lines(site: Site) -> None:
    ask(site, LONG)
    with site.db.begin(OPERATOR) as work:
        person = person_by_login(work.session, "business_owner")
        assert person is not None
        change_person(work, person.id, language="en")
    page = site.sign_in("business_owner", width=1280)
    side = page.locator(".slots li").first
    expect(side).to_be_visible()
    for part in side.locator("a, .st, .meta").all():
        assert inside(part), part.inner_text()
    assert lines(side.locator("a")) <= 2
    page.goto("/process/changes")
    assert lines(page.locator("td.name > a").first) <= 2
    page.goto("/process/changes/board")
    assert lines(page.locator(".rcard .ti").first) <= 2
    page.goto("/my/requests")
    assert lines(page.locator("td.name > a").first) <= 2


def test_no_list_scrolls_sideways_on_a_narrow_window(house: House) -> None:
    make_article(house.world, title="退费时限", drain=True)
    make_change(house.world, step=5, new=True, drain=True)
    for language in ("zh_Hans_CN", "en"):
        page = house.window("admin", width=420, height=860, language=language)
        for path in ("/knowledge/articles", "/people/accounts", "/people/me", "/people/accounts/1", "/audit", "/audit/1",
                     "/operations/deliveries", "/operations/mail", "/process/definitions", "/process/changes",
                     "/process/changes/1?tab=impact", "/process/changes/1?tab=record"):
            page.goto(path)
            wide = page.evaluate("""() => [document.documentElement, ...document.querySelectorAll('.panel, .scroll-x, .km-tabs')]
                .filter((part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1)
                .map((part) => part.outerHTML.slice(0, 80))""")
            assert wide == [], f"{path} in {language}"
