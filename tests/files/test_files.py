"""Files: taken in by content, stored once, served only to who may read a text that shows them (R-A5, reliability 5)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kmsvc.core.errors import NotPermitted
from kmsvc.files import store
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.queries import shown_files
from kmsvc.files.usecases import attach, sweep
from kmsvc.knowledge.articles.usecases import Content, edit_article, keep_article
from kmsvc.markup.cleaning import clean_name
from kmsvc.settings import Settings
from tests.builders import make_article, make_change
from tests.files.made import png, upload
from tests.support.centre import Centre


def show(world: Centre, article_id: int, body: str, **content: str) -> None:
    """Publish a text of the article."""
    with world.begin("knowledge_editor") as work:
        edit_article(work, article_id, Content(title="图解", body=body, **content), publish=True)  # type: ignore[arg-type]


def test_an_editor_adds_a_picture_and_readers_get_it_once_the_text_shows_it(client: Callable, world: Centre) -> None:
    article = make_article(world, title="图解")
    added = upload(client("knowledge_editor"), f"article:{article.id}")
    assert added.status_code == 201
    url = added.get_json()["url"]
    agent = client("agent")
    assert agent.get(url).status_code == 404
    show(world, article.id, f"看图：![图]({url})")
    answer = agent.get(url)
    assert (answer.status_code, answer.data) == (200, png())
    assert url in agent.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)


def test_r_a5_headers_keep_a_file_from_becoming_a_page(client: Callable, world: Centre) -> None:
    article = make_article(world, title="图解")
    editor = client("knowledge_editor")
    picture = editor.get(upload(editor, f"article:{article.id}").get_json()["url"])
    rows = "项目,金额\n<script>,1\n".encode()
    table = editor.get(upload(editor, f"article:{article.id}", rows, "费用 表.csv").get_json()["url"])
    for answer in (picture, table):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-cache" in answer.headers["Cache-Control"]
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"].startswith("attachment")
    assert "%E8%B4%B9" in table.headers["Content-Disposition"]


@pytest.mark.parametrize("change", ["secret block", "secret article", "other unit", "retired draft", "taken away"])
def test_r_a5_a_known_address_and_etag_are_worth_nothing_after_the_rights_changed(
        client: Callable, world: Centre, change: str) -> None:
    article = make_article(world, title="图解")
    editor, agent = client("knowledge_editor"), client("agent")
    url = upload(editor, f"article:{article.id}").get_json()["url"]
    show(world, article.id, f"看图：![图]({url})")
    tag = agent.get(url).headers["ETag"]
    assert agent.get(url, headers={"If-None-Match": tag}).status_code == 304
    if change == "secret block":
        show(world, article.id, f"没有图了。\n\n:::secret\n![图]({url})\n:::")
        with world.begin("knowledge_editor") as work:  # the open version goes too: its article is for the other team now
            keep_article(work, article.id, owner_id=None, audience_unit_id=world.units["TEAM-B"])
    elif change == "secret article":
        show(world, article.id, f"看图：![图]({url})", confidentiality="secret")
    elif change == "other unit":
        with world.begin("knowledge_editor") as work:
            keep_article(work, article.id, owner_id=None, audience_unit_id=world.units["TEAM-B"])
    elif change == "retired draft":
        url = upload(editor, f"article:{article.id}", png(9), "draft.png").get_json()["url"]
        tag = editor.get(url).headers["ETag"]
        with world.begin("knowledge_editor") as work:
            edit_article(work, article.id, Content(title="图解", body=f"草稿 ![图]({url})"))
    else:
        editor.post(f"{url}/remove")
    for door in (url, f"/api/v1{url}"):
        missing = agent.get(door.rsplit("/", 1)[0] + "/999999", headers={"If-None-Match": tag})
        answer = agent.get(door, headers={"If-None-Match": tag})
        assert answer.status_code == missing.status_code == 404
        assert sorted(answer.headers.keys()) == sorted(missing.headers.keys())
        assert png() not in answer.data


def test_r_a5_a_picture_in_a_secret_block_is_for_those_who_read_the_block(client: Callable, world: Centre) -> None:
    article = make_article(world, title="图解")
    url = upload(client("knowledge_editor"), f"article:{article.id}").get_json()["url"]
    show(world, article.id, f"大家都看。\n\n:::secret\n![图]({url})\n:::")
    assert client("agent").get(url).status_code == 404
    assert client("business_owner").get(url).status_code == 200
    assert url not in client("agent").get(f"/api/v1/files?subject=article:{article.id}").get_data(as_text=True)


def test_a_picture_of_a_change_is_for_who_works_on_it_and_later_for_readers(client: Callable, world: Centre) -> None:
    change_id = make_change(world, step=4)
    url = upload(client("process_author"), f"change:{change_id}").get_json()["url"]
    assert client("process_author").get(url).status_code == 200
    assert client("agent").get(url).status_code == 404
    from tests.builders import play

    play(world, change_id, to=9, body=f"# 退款\n\n十天内退款。\n\n![图]({url})")
    world.drain(index=False)
    assert client("agent").get(url).status_code == 200


def test_only_who_keeps_a_thing_adds_to_it_and_nothing_is_left_of_a_refusal(
        client: Callable, world: Centre, settings: Settings) -> None:
    article = make_article(world, title="图解")
    assert upload(client("agent"), f"article:{article.id}").status_code == 403
    assert upload(client("agent"), "article:999999").status_code == 404
    assert upload(client("agent"), "nothing:1").status_code == 404
    assert [place for place in Path(settings.files_dir).rglob("*") if place.is_file()] == []


@pytest.mark.parametrize(("name", "data"), [
    ("page.html", b"<html></html>"), ("pic.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("pic.png", b"<script>1</script>"),
    ("empty.txt", b""), ("run.exe", b"MZ\x90"), ("text.docx", b"PK\x03\x04 no zip at all"), ("..", b"x")])
def test_r_u1_a_file_that_is_not_what_it_says_is_refused_with_a_sentence(
        client: Callable, world: Centre, settings: Settings, name: str, data: bytes) -> None:
    article = make_article(world, title="图解")
    answer = upload(client("knowledge_editor"), f"article:{article.id}", data, name, api=True)
    assert answer.status_code == 422
    assert answer.get_json()["detail"]
    assert [place for place in Path(settings.files_dir).rglob("*") if place.is_file()] == []


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd.txt", "passwd.txt"), ("C:\\temp\\表.txt", "表.txt"), ("a\x00b.txt", "ab.txt"),
    ("\u202egpj.txt", "gpj.txt")])
def test_a_file_name_is_never_a_path(name: str, kept: str) -> None:
    assert clean_name(name) == kept
    assert len(clean_name("长" * 500 + ".txt")) <= 200


def test_the_same_bytes_are_kept_once_and_the_same_file_twice_is_one(client: Callable, world: Centre) -> None:
    one, two = make_article(world, title="一"), make_article(world, title="二")
    editor = client("knowledge_editor")
    first = upload(editor, f"article:{one.id}").get_json()
    assert upload(editor, f"article:{one.id}").get_json()["id"] == first["id"]
    assert upload(editor, f"article:{two.id}").get_json()["id"] != first["id"]
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(StoredFile)) == 1
        assert work.session.scalar(select(func.count()).select_from(Attachment)) == 2


def test_r_d7_an_idempotency_key_stands_for_these_very_bytes(client: Callable, world: Centre) -> None:
    article = make_article(world, title="图解")
    program = client("knowledge_editor", by="token")
    key = {"Idempotency-Key": "one"}
    first = upload(program, f"article:{article.id}", name="a.png", api=True, **key)
    again = upload(program, f"article:{article.id}", name="a.png", api=True, **key)
    assert first.status_code == 201
    assert (again.status_code, again.get_json()["id"]) == (201, first.get_json()["id"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert upload(program, f"article:{article.id}", png(7), "b.png", api=True, **key).status_code == 422


def test_one_person_may_upload_so_much_a_day(client: Callable, world: Centre, clock: Callable) -> None:
    from kmsvc.core.options import put
    from kmsvc.files.usecases import DAILY_MB
    from kmsvc.people.units.permissions import MANAGE_UNITS

    article = make_article(world, title="图解")
    with world.begin("admin") as work:
        work.permit(MANAGE_UNITS)
        put(work.session, DAILY_MB, 1)
    editor = client("knowledge_editor")
    assert upload(editor, f"article:{article.id}", b"a" * 700_000, "a.txt").status_code == 201
    assert upload(editor, f"article:{article.id}", b"b" * 700_000, "b.txt").status_code == 413
    clock.move(hours=25)  # type: ignore[attr-defined]
    assert upload(client("knowledge_editor"), f"article:{article.id}", b"b" * 700_000, "b.txt").status_code == 201


def test_the_sweeper_removes_old_bytes_without_a_row_and_reports_rows_without_bytes(
        client: Callable, world: Centre, settings: Settings) -> None:
    article = make_article(world, title="图解")
    sha = upload(client("knowledge_editor"), f"article:{article.id}").get_json()["sha256"]
    folder = Path(settings.files_dir)
    old, young = folder / "ab" / ("ab" * 32), folder / "cd" / ("cd" * 32)
    half = folder / "incoming" / "half"
    for place in (old, young, half):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"x")
    now = world.clock().timestamp()
    for place, hours in ((old, 25), (half, 25), (young, 23), (store.place_of(folder, sha), 1000)):
        os.utime(place, (now - hours * 3600, now - hours * 3600))
    with world.begin("system") as work:
        swept = sweep(work, folder)
    assert set(swept.removed) == {old.name, half.name}
    assert (old.exists(), young.exists(), store.place_of(folder, sha).exists()) == (False, True, True)
    store.place_of(folder, sha).unlink()
    with world.begin("system") as work:
        assert sweep(work, folder).missing == (sha,)
    assert client("knowledge_editor").get("/files/1").status_code == 404


def test_attaching_is_refused_to_a_stranger_of_the_thing(world: Centre, settings: Settings) -> None:
    article = make_article(world, title="图解")
    stored = store.Stored("0" * 64, 1, "image/png", "a.png")
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        attach(work, "article", article.id, stored)


def test_a_plain_form_comes_back_to_its_page(client: Callable, world: Centre) -> None:
    import io

    article = make_article(world, title="图解")
    answer = client("knowledge_editor").post(
        f"/files?subject=article:{article.id}", content_type="multipart/form-data",
        data={"file": (io.BytesIO(png()), "a.png"), "then": f"/knowledge/articles/{article.id}/edit"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/knowledge/articles/{article.id}/edit")


@pytest.mark.parametrize("door", ["/files/{}", "/api/v1/files/{}", "/knowledge/articles/{}", "/process/definitions/{}",
                                  "/knowledge/articles/1/versions/{}", "/api/v1/files?subject=article:{}"])
@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 2**70])
def test_r_n1_a_number_no_database_holds_is_not_found(client: Callable, door: str, number: int) -> None:
    assert client("knowledge_editor").get(door.format(number)).status_code == 404


def test_the_same_bytes_by_somebody_who_may_not_have_the_first_are_that_persons_own(client: Callable, world: Centre) -> None:
    change_id = make_change(world, step=4, asker="agent")
    where = f"change:{change_id}"
    first = upload(client("process_author"), where).get_json()
    assert client("agent").get(first["url"]).status_code == 404
    second = upload(client("agent"), where)
    assert second.status_code == 201 and second.get_json()["id"] != first["id"]
    assert client("agent").get(second.get_json()["url"]).status_code == 200, "whoever added it keeps what was added"
    assert upload(client("agent"), where).get_json()["id"] == second.get_json()["id"]


def test_a_text_of_links_asks_for_a_hundred_files_at_most(world: Centre, client: Callable) -> None:
    article = make_article(world, title="图解")
    url = upload(client("knowledge_editor"), f"article:{article.id}").get_json()["url"]
    many = " ".join(f"/files/{number}" for number in range(900_000, 960_000))
    with world.look("knowledge_editor") as work:
        assert [card.url for card in shown_files(work.session, work.actor, f"{url} {many}")] == [url]
        assert shown_files(work.session, work.actor, f"{many} {url}") == []
