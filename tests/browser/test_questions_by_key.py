"""Questions by keys alone: found, written in a kind, brought in from a sheet with its report, written where a blueprint lacks them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kmsvc.training.questions.models import QuestionRow
from tests.browser.conftest import House
from tests.support.chromium import axe_findings
from tests.training.banks import small_bank

ROWS = ("题干,选项A,选项B,选项C,答案,题型,知识点\n退费几个工作日到账？,3个,5个,7个,C,单选,时限\n没有选项的单选,,,,A,单选,时限\n"
        "答案超出,甲,乙,,D,单选,时限\n核身必须先做。,,,,对,判断,身份核验\n")


def look(page: Page, name: str) -> None:
    """No barrier, nothing wider than the window."""
    page.wait_for_selector("html.km-ready")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert axe_findings(page) == [], name


def count(house: House) -> int:
    with house.world.look() as work:
        return work.session.scalar(select(func.count(QuestionRow.id))) or 0


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (420, True)])
def test_a_question_is_found_and_another_is_written(house: House, width: int, dark: bool) -> None:
    small_bank(house.world)
    page = house.window("trainer", "/training/questions", width=width, dark=dark)
    look(page, "questions")
    page.keyboard.press("/")
    page.keyboard.type("题")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#figures")).to_contain_text("No released exam has asked it yet")
    expect(page.locator("main")).to_contain_text("No exam has asked it yet.")
    look(page, "question")
    page.goto("/training/questions")
    page.keyboard.press("n")
    page.wait_for_url("**/questions/new*")
    page.keyboard.press("1")
    page.wait_for_url("**kind=single*")
    page.locator("[name=stem]").focus()
    page.keyboard.type("退费几天到账？")
    options = page.locator("textarea[name^=options-]")
    for place, words in enumerate(("三天", "七天")):
        options.nth(place).focus()
        page.keyboard.type(words)
    look(page, "question-new")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[role=alert], .wrong").first).to_be_visible()
    expect(page.locator("[name=stem]")).to_have_value("退费几天到账？")
    page.locator("input[name=right]").nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/training/questions/3*")
    expect(page.locator("main")).to_contain_text("退费几天到账？")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (420, True)])
def test_a_sheet_is_brought_in_and_every_refused_line_is_there(house: House, tmp_path: Path, width: int, dark: bool) -> None:
    small_bank(house.world)
    before = count(house)
    sheet = tmp_path / "题.csv"
    sheet.write_bytes(ROWS.encode("gbk"))
    page = house.window("trainer", "/training/questions/import", width=width, dark=dark)
    page.set_input_files("input[name=file]", sheet)
    page.locator("input[name=bank]").focus()
    page.keyboard.type("新库")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sumline")).to_be_visible()
    expect(page.locator("tr[data-row]")).to_have_count(4)
    expect(page.locator("tr[data-row]").first).to_contain_text("没有选项的单选")
    look(page, "import")
    page.locator(".seg a", has_text="Refused").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.locator("a[download]", has_text="CSV").focus()
    with page.expect_download() as down:
        page.keyboard.press("Enter")
    told = Path(down.value.path()).read_text("utf-8-sig")
    assert "没有选项的单选" in told and "答案超出" in told and "核身" not in told
    assert count(house) == before, "nothing is done yet"
    page.locator("h1").click()
    page.keyboard.press("y")
    expect(page.locator("h1")).to_have_text("Imported")
    assert count(house) == before + 2
    look(page, "imported")
    page.keyboard.press("y")
    page.wait_for_url("**/training/questions?bank=*")
    expect(page.locator("tr[data-row]")).to_have_count(2)


def test_what_a_blueprint_lacks_is_written_and_what_was_typed_is_still_there(house: House) -> None:
    _, topics = small_bank(house.world)
    page = house.window("trainer", "/training/papers/new")
    field = f"input[name='c-{topics['身份核验']}-short_answer']"
    page.fill("input[name=title]", "退费新时限")
    page.fill(f"input[name='c-{topics['时限']}-single']", "3")
    page.fill(field, "2")
    for band in ("easy", "middle", "hard"):
        page.fill(f"input[name='share-{band}']", "")
    expect(page.locator("#check")).to_contain_text("1 short in 身份核验")
    look(page, "blueprint-lacks")
    page.locator("h1").click()
    page.keyboard.press("w")
    page.wait_for_url("**/questions/new*")
    expect(page.locator("select[name=topic]")).to_have_value(str(topics["身份核验"]))
    expect(page.locator("input[name=points]")).to_have_value("10")
    page.locator("[name=stem]").focus()
    page.keyboard.type("怎么核身？")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/papers/new*")
    expect(page.locator("input[name=title]")).to_have_value("退费新时限")
    expect(page.locator(field)).to_have_value("2")
    expect(page.locator("input[name='share-easy']")).to_have_value("")
    expect(page.locator("#check")).to_contain_text("The banks can give this paper.")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (420, True)])
def test_five_questions_are_answered_by_digits(house: House, width: int, dark: bool) -> None:
    small_bank(house.world)
    page = house.window("agent", "/", width=width, dark=dark)
    page.keyboard.press("d")
    page.wait_for_url("**/training/practice/*")
    for number in range(1, 6):
        expect(page.locator("main")).to_contain_text(f"Question {number}")
        if number == 1:
            page.keyboard.press("a")
            expect(page.locator(".hint.bad")).to_contain_text("or let it be shown")
        if page.locator("[data-key='1']").count():
            page.keyboard.press("1")
            expect(page.locator("input[name=a]").first).to_be_checked()
            look(page, f"practice-{number}")
            page.keyboard.press("Enter")
        else:
            page.locator("textarea[name=a]").focus()
            page.keyboard.type("五日之内")
            page.keyboard.press("Control+Enter")
        page.wait_for_url("**shown=*")
        look(page, f"practice-{number}-told")
        if page.locator("button[name=verdict]").count():
            page.keyboard.press("2")
        else:
            page.keyboard.press("n")
        page.wait_for_url(lambda address: "shown=" not in address)
    expect(page.locator("main")).to_contain_text("The round is over")
    page.goto("/training/practice/mistakes")
    look(page, "mistakes")
    page.goto("/")
    expect(page.locator("#daily")).to_contain_text("done")
