"""Lost sessions, refused forms, failed uploads and second windows, in a real browser: no typed word is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.builders import BODY, change, do, make_article, make_change, make_process
from tests.support.centre import PASSWORD

SAVED = ".mde-saved.ok"


def sign_in_again(page: Page) -> None:
    """Use the dialog that stands over the page."""
    dialog = page.locator("dialog.signs-in")
    dialog.locator("input[name=password]").fill(PASSWORD)
    dialog.locator("button.btn-primary").click()
    expect(dialog).to_have_count(0)


def desk(house: House) -> tuple[int, Page]:
    """A request at step 4 and its author's window at the desk."""
    change_id = make_change(house.world, step=4)
    return change_id, house.window("process_author", f"/process/changes/{change_id}/write")


def test_autosave_tells_a_lost_session_keeps_the_text_and_sends_it_after_signing_in_again(house: House) -> None:
    change_id, page = desk(house)
    page.context.clear_cookies()
    page.fill("textarea[name=body]", "Typed while signed out.")
    expect(page.locator(".signed-out")).to_be_visible()
    expect(page.locator(".mde-saved")).to_have_class(re.compile("bad"))
    assert page.evaluate("Object.entries(localStorage).some(([key, v]) => key.startsWith('km-draft:') && v.includes('Typed while'))")
    assert page.url.endswith("/write")
    page.locator(".signed-out button").click()
    sign_in_again(page)
    expect(page.locator(SAVED)).to_be_visible()
    expect(page.locator(".signed-out")).to_have_count(0)
    assert (change(house.world, change_id).draft or {})["body"] == "Typed while signed out."
    assert not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('km-draft:'))")


@pytest.mark.parametrize("field", ["purpose", "note", "name"])
def test_what_stands_beside_the_text_is_kept_with_the_draft(house: House, field: str) -> None:
    _, page = desk(house)
    page.fill(f"[name={field}]", "Typed beside the text.")
    expect(page.locator(SAVED)).to_be_visible()
    page.reload()
    expect(page.locator(f"[name={field}]")).to_have_value("Typed beside the text.")


def test_a_form_sent_without_a_session_stays_and_goes_through_after_signing_in_again(house: House) -> None:
    change_id, page = desk(house)
    page.fill("textarea[name=body]", BODY + "\nHanded in without a session.")
    page.context.clear_cookies()
    page.locator("#desk button.btn-primary").click()
    sign_in_again(page)
    page.wait_for_url(re.compile(rf"/process/changes/{change_id}($|\?)"))
    assert house.world.db and change(house.world, change_id).candidate_id is not None


def test_a_text_that_never_arrived_is_offered_after_signing_in_on_the_page_itself(house: House) -> None:
    change_id, page = desk(house)
    page.context.clear_cookies()
    page.fill("textarea[name=body]", "Still only here.")
    expect(page.locator(".signed-out")).to_be_visible()
    page.evaluate("window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/process/changes/{change_id}/write")
    assert "/sign-in" in page.url
    page.fill("input[name=login]", "process_author")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/write$"))
    page.locator(".mde-restore .btn-plain").click()
    expect(page.locator("textarea[name=body]")).to_have_value("Still only here.")
    expect(page.locator(SAVED)).to_be_visible()


def test_what_runs_in_the_background_never_leads_to_another_page(house: House) -> None:
    page = house.window("agent", "/process/changes/new")
    page.context.clear_cookies()
    page.locator("textarea[name=reason]").press_sequentially("Refunds take too long.")
    expect(page.locator(".signed-out")).to_be_visible()
    assert page.url.endswith("/process/changes/new")
    expect(page.locator("textarea[name=reason]")).to_have_value("Refunds take too long.")


def test_a_refused_upload_says_why_and_the_footer_is_done_with_it(house: House) -> None:
    _, page = desk(house)
    with page.expect_response(re.compile("/files")) as answer:
        page.set_input_files("input[data-editor-file]", {"name": "bad.png", "mimeType": "image/png", "buffer": b"only words"})
    assert answer.value.status == 422
    foot = page.locator(".mde-saved")
    expect(foot).to_have_class(re.compile("bad"))
    expect(foot).to_contain_text("bad.png")
    expect(foot).not_to_contain_text("422")
    reason = "".join(sum(answer.value.json()["fields"].values(), []))
    expect(foot).to_contain_text(reason)


@pytest.mark.parametrize("chosen", ["mine", "theirs"])
def test_two_windows_of_one_person_are_compared_and_one_text_is_chosen(house: House, chosen: str) -> None:
    change_id, page = desk(house)
    do(house.world, "process_author", "save_draft", change_id, body="One line of the other window.\nThe same line.")
    page.fill("textarea[name=body]", "My own line.\nThe same line.")
    box = page.locator("[data-conflict]")
    expect(box).to_be_visible()
    expect(box).to_be_in_viewport()
    expect(box.locator(".hint")).to_contain_text(re.compile("another window|另一个窗口"))
    expect(box.locator("mark")).to_have_text(["My own line.", "One line of the other window."])
    box.locator(f"[data-conflict-choice={chosen}]").click()
    if chosen == "mine":
        expect(page.locator(SAVED)).to_be_visible()
    else:
        expect(page.locator("textarea[name=body]")).to_have_value("One line of the other window.\nThe same line.")
    draft = change(house.world, change_id).draft or {}
    assert draft["body"].startswith("My own" if chosen == "mine" else "One line")


def test_a_stale_form_shows_both_texts_in_it_and_overwrites_nothing_before_the_choice(house: House) -> None:
    change_id, page = desk(house)
    page.fill("textarea[name=body]", "My own line.")
    do(house.world, "process_author", "save_draft", change_id, body="The other line.")
    page.locator("#desk button.btn-primary").click()
    box = page.locator("[data-conflict]")
    expect(box.locator("mark")).to_contain_text(["My own line.", "The other line."])
    page.locator("textarea[name=body]").press_sequentially(" More.")
    page.wait_for_timeout(2500)
    assert (change(house.world, change_id).draft or {})["body"] == "The other line."
    assert page.url.endswith("/write")


def test_when_only_the_request_moved_on_the_text_is_saved_without_a_question(house: House) -> None:
    change_id, page = desk(house)
    do(house.world, "process_author", "save_draft", change_id)
    page.fill("textarea[name=body]", "Nobody else touched this.")
    expect(page.locator(SAVED)).to_be_visible()
    expect(page.locator("[data-conflict]")).to_have_count(0)


def test_back_from_a_refused_form_shows_a_page_and_the_form_keeps_its_address(house: House) -> None:
    page = house.window("agent", "/process/changes")
    page.goto("/process/changes/new")
    page.fill("textarea[name=reason]", "It is wrong.")
    page.locator("#ask button.btn-primary").click()
    expect(page.locator("[data-form-errors]")).to_be_visible()
    assert page.url.endswith("/process/changes/new")
    expect(page.locator("textarea[name=reason]")).to_have_value("It is wrong.")
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/process/changes")


def test_a_form_taken_in_place_after_an_error_goes_on_as_usual(house: House) -> None:
    process = make_process(house.world)
    page = house.window("agent", "/process/changes/new")
    page.fill("textarea[name=reason]", "It is wrong.")
    page.locator("#ask button.btn-primary").click()
    expect(page.locator("[data-form-errors]")).to_be_visible()
    page.select_option("[name=process_id]", str(process.id))
    page.locator("#ask button.btn-primary").click()
    page.wait_for_url(re.compile(r"/process/changes/\d+"))
    expect(page.locator("main")).to_contain_text("CR-")


def test_five_samples_are_recorded_one_after_the_other_in_an_empty_form(house: House) -> None:
    change_id = make_change(house.world, step=11)
    page = house.window("qa_inspector", f"/process/changes/{change_id}/record_sample")
    for number in range(3):
        page.fill("[name=contact]", f"C-{number}")
        page.locator("[name=result]").first.check() if page.locator("[name=result][type=radio]").count() else page.select_option(
            "[name=result]", "followed")
        page.locator("button[name=again]").click()
        expect(page.locator("[name=contact]")).to_have_value("")
        expect(page.locator("[name=contact]")).to_be_focused()
    assert page.url.endswith("/record_sample")


SAY = "Before.\n\n:::say\nYou get it in three days.\n:::\n\n:::internal\nNot above 50.\n:::\n"


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_c_copies_what_may_be_said_on_the_page_of_an_article_and_never_a_secret(house: House) -> None:
    open_one = make_article(house.world, title="Refunds", body=SAY)
    secret = make_article(house.world, title="Bottom line", body="Fifty.", confidentiality="secret")
    page = house.window("business_owner", f"/knowledge/articles/{open_one.id}",
                        permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    expect(page.locator("#toasts .ok")).to_be_visible()
    assert copied(page) == "You get it in three days."
    page.goto(f"/knowledge/articles/{secret.id}")
    page.wait_for_selector("html.km-ready")
    expect(page.locator(".copier")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.locator("#toasts .bad")).to_be_visible()
    assert copied(page) == "You get it in three days."


@pytest.mark.parametrize("path", ["/", "/knowledge/articles", "/process/changes", "/process/changes/new", "/people/me", "/search"])
def test_escape_twice_leads_to_the_search_box_from_every_page(house: House, path: str) -> None:
    page = house.window("agent", path)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#palette input:focus, [data-search]:focus")).to_be_visible()


@pytest.mark.parametrize(("typed", "found"), [
    ("退费时县", "退费时限"), ("0001", "CR-2026-0001"), ("kb", "/board"), ("tfsx", "退费时限")])
def test_the_palette_finds_what_the_search_page_finds(house: House, typed: str, found: str) -> None:
    make_article(house.world, title="退费时限", body="三天。")
    make_change(house.world, step=1, drain=True)
    page = house.window("process_manager", "/process/changes")
    page.keyboard.press("Control+k")
    page.fill("#palette input", typed)
    rows = page.locator("#palette [role=option]")
    if found.startswith("/"):
        rows.filter(has_text=re.compile("Board|看板")).first.click()
        page.wait_for_url(re.compile(found))
    else:
        expect(rows.filter(has_text=found).first).to_be_visible()
        expect(rows.last).to_contain_text(typed)


def test_what_can_be_gone_to_or_begun_stands_above_articles_that_only_have_the_word(house: House) -> None:
    make_article(house.world, title="How bills merge", body="Both on one day.", drain=True)
    page = house.window("knowledge_editor", "/notices")
    page.keyboard.press("Control+k")
    rows = page.locator("#palette [role=option]")
    page.fill("#palette input", "merge")
    expect(rows.filter(has_text="How bills merge")).to_be_visible()
    expect(rows).to_contain_text(["Merge and split", "Merge articles", "How bills merge"])
    page.fill("#palette input", "jkkb")
    expect(rows.first).to_contain_text("Health board")
