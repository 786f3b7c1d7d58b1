"""What the columns of sheets are, said by page, program and command; what becomes of each row is seen before anything is taken."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.knowledge.articles import import_jobs, import_rows
from kmsvc.knowledge.articles.import_columns import chosen_on_page, layout_said, remember, remembered
from kmsvc.knowledge.articles.import_jobs import begin_import, waiting, words_in
from kmsvc.knowledge.articles.import_rows import RowFile, RowTold
from kmsvc.knowledge.articles.imports import Defaults, Report, import_articles
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.settings import Settings
from tests.convert import make
from tests.knowledge.test_commands import run
from tests.support.centre import Centre
from tests.support.pages import problems

PAGE, DOOR = "/knowledge/articles/import", "/api/v1/knowledge/articles/import"
BARE = "怎么退费/退款要多久呢,三个工作日,宽带\n,没有问题的答案,宽带\n怎么报修,按 2,宽带\n"
ODD = {"问答": [["热线问答"], ["客户怎么讲", "我们怎么讲", "开始"], ["怎么退费", "三天", "2026-01-05"], ["怎么报修", "按 2", "明天"]],
       "说明": [["请按第一页填写"]]}


@pytest.fixture
def database_kind() -> str:
    """Which database holds the articles makes no difference to what is read out of files."""
    return "sqlite"


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "kmsvc-import":
            thread.join(30)


def send(caller: Any, where: str, data: bytes, name: str, **more: Any) -> Any:
    return caller.post(where, data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data")


def upload(caller: Any, data: bytes, name: str, **more: Any) -> str:
    place = send(caller, PAGE, data, name, **more).headers["Location"]
    wait()
    return str(place)


def shown(page: str) -> list[str]:
    """The rows of the table, their words only."""
    body = page.partition('id="import-state"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("</tr>") if row.strip()]


def titles(world: Centre) -> set[str]:
    with world.look() as work:
        return set(work.session.scalars(select(ArticleVersion.title).order_by(ArticleVersion.id)))


def test_each_row_is_shown_with_what_becomes_of_it_and_can_be_looked_for(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    place = upload(editor, BARE.replace(",宽带", "").encode("gbk"), "问答.csv", category="服务")
    page = editor.get(place).text
    assert not problems(page)
    first, second, third = shown(page)
    assert first == "1 to be added 服务 怎么退费 退款要多久呢 三个工作日"
    assert second == "2 refused There is neither a title nor a question in this row." and third.startswith("3 to be added")
    assert [len(shown(editor.get(f"{place}?show={kind}").text)) for kind in ("taken", "refused", "unclear")] == [2, 1, 0]
    assert not titles(world), "nothing is taken over by looking"


def test_many_rows_come_page_by_page(client: Callable) -> None:
    editor = client("knowledge_editor")
    rows = "问题,答案\n" + "".join(f"第{n}问,第{n}答\n" for n in range(120))
    place = upload(editor, rows.encode(), "a.csv")
    one, two, three = (shown(editor.get(f"{place}?cursor={n}").text) for n in (0, 50, 100))
    assert [len(one), len(two), len(three)] == [50, 50, 20] and "第50问" in two[0] and "第119问" in three[-1]
    assert "cursor=50" in editor.get(f"{place}?show=taken").text and "show=taken" in editor.get(f"{place}?show=taken").text


def test_documents_are_a_row_each_and_one_that_cannot_be_read_says_why(client: Callable) -> None:
    editor = client("knowledge_editor")
    answer = editor.post(PAGE, data={"file": [(io.BytesIO("# 停机保号\n\n每月五元。".encode()), "a.md"),
                                              (io.BytesIO(b"MZ\0"), "b.exe")]}, content_type="multipart/form-data")
    wait()
    page = editor.get(answer.headers["Location"]).text
    assert shown(page) == ["a.md to be added 停机保号 每月五元。", "b.exe refused Files of this type hold no articles."]
    assert 'id="import-columns" hidden' in page, "there are no columns to speak of"


def test_columns_are_chosen_on_the_page_and_the_preview_follows(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    place = upload(editor, make.xlsx(ODD), "热线.xlsx")
    page = editor.get(place).text
    assert 'name="s0-c1"' in page and "客户怎么讲" in page and 'name="s1-heading"' in page
    answer = editor.post(f"{place}/columns", data={"s0-heading": "2", "s1-heading": "skip"})
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    wait()
    assert [one[:14] for one in shown(editor.get(place).text)] == ["3 问答 to be add", "4 问答 to be add"]
    editor.post(f"{place}/columns", data={"s0-heading": "2", "s0-c0": "aliases", "s0-c1": "body", "s0-c2": "valid_from",
                                          "s1-heading": "skip"})
    wait()
    page = editor.get(place).text
    assert [("refused" in one) for one in shown(page)] == [False, True]
    assert "Valid from: “明天” is no day" in page and '<option value="valid_from" selected>' in page
    editor.post(place)
    wait()
    assert titles(world) == {"怎么退费"}
    later = make.xlsx({"别的": [["客户怎么讲", "我们怎么讲", "开始"], ["怎么改期", "打电话", "2026-02-01"]]})
    again = upload(editor, later, "下月.xlsx")
    page = editor.get(again).text
    assert "怎么改期" in shown(page)[0] and '<option value="valid_from" selected>' in page, "the same headings mean the same again"
    assert client("everything").get(again).status_code == 404


def test_columns_that_cannot_be_this_keep_what_was_chosen_and_the_old_preview(client: Callable) -> None:
    editor = client("knowledge_editor")
    place = upload(editor, BARE.encode(), "a.csv")
    before = shown(editor.get(place).text)
    for typed, said in (({"s0-c0": "title", "s0-c1": "title"}, "Columns A and B cannot both be this"),
                        ({"s0-c0": "title", "s0-c1": "ignored", "s0-c2": "ignored"}, "No column is the answer"),
                        ({"s0-c0": "nonsense"}, "This cannot be chosen now"), ({"s0-heading": "77"}, "This cannot be chosen now")):
        answer = editor.post(f"{place}/columns", data={"s0-heading": "no", **typed})
        assert answer.status_code == 422 and said in answer.text and not problems(answer.text), typed
        assert shown(answer.text) == before
    twice = {"s0-heading": "no", "s0-c0": "title", "s0-c1": "title"}
    answer = editor.post(f"{place}/columns", data=twice, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="import-parts"') and answer.text.count('<option value="title" selected>') == 2


def test_a_choice_made_while_the_files_are_read_begins_anew(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    token = upload(editor, BARE.encode(), "a.csv").rpartition("/")[2]
    batch = waiting(world.settings.data_dir / "article-imports", world.actor("knowledge_editor"), token)
    held = batch.progress(world.clock())
    assert held is not None
    old = begin_import(world.db, batch, world.actor("knowledge_editor"), world.settings.files_dir, choices=held.choices, dry_run=True)
    new = begin_import(world.db, batch, world.actor("knowledge_editor"), world.settings.files_dir, choices=held.choices, dry_run=True,
                       anew=True)
    old.join(30)
    new.join(30)
    held = batch.progress(world.clock())
    assert held is not None and (held.state, held.report["read"], batch.rows(held.run).counts()[""]) == ("done", 3, 3)


def test_refused_rows_come_as_a_list_that_is_corrected_and_imported_again(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    rows = "标题,内容,分类,生效日期\n好的,正文,退费,2026-01-05\n错的,正文,退费,明天\n没有内容,,退费,\n"
    place = upload(editor, rows.encode(), "问答.csv")
    editor.post(place)
    wait()
    answer = editor.get(f"{place}/refused?format=xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    head, *lines = [["" if one is None else str(one) for one in row] for row in book.active.iter_rows(values_only=True)]
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [(one["Title"], one["Text"], one["Row"], one["Why"]) for one in told] == [
        ("错的", "正文", "3", "Valid from: “明天” is no day; write 2026-11-21."),
        ("没有内容", "", "4", "There is no answer in this row.")]
    sheet = book.active
    sheet.cell(2, head.index("Valid from") + 1).value = "2026-03-01"
    sheet.cell(3, head.index("Text") + 1).value = "补上的正文"
    mended = io.BytesIO()
    book.save(mended)
    editor.post(upload(editor, mended.getvalue(), "改好.xlsx"))
    wait()
    assert titles(world) == {"好的", "错的", "没有内容"}
    place = upload(editor, rows.replace("明天", "2026-03-01").encode(), "问答.csv")
    editor.post(place)
    wait()
    with world.look() as work:
        assert len(work.session.scalars(select(Article).where(Article.external_id == "问答.csv#错的")).all()) == 1, "known again"
    assert "text/csv" in editor.get(f"{place}/refused?format=csv").headers["Content-Type"]
    assert client("agent").get(f"{place}/refused").status_code == 403


def test_a_program_says_what_columns_are_and_hears_how_they_were_read(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor", by="token")
    report = send(editor, DOOR, BARE.encode(), "a.csv", columns="A=question, B=answer, C=category", heading="no",
                  dry_run="true").get_json()
    assert (report["created"], [(one["row"], one["reason"]) for one in report["rejected"]]) == (
        2, [(2, "There is neither a title nor a question in this row.")])
    assert [(one["column"], one["code"]) for one in report["sheets"][0]["columns"]] == [
        ("A", "aliases"), ("B", "body"), ("C", "category")]
    as_object = send(editor, DOOR, make.xlsx(ODD), "a.xlsx", columns=json.dumps({"问答!A": "question", "B": "答案", "说明!*": "ignored"},
                                                                               ensure_ascii=False), heading="2")
    assert (as_object.get_json()["created"], titles(world)) == (2, {"怎么退费", "怎么报修"})
    [wrong] = send(editor, DOOR, BARE.encode(), "a.csv", columns="Z=answer").get_json()["rejected"]
    assert wrong["reason"] == "There is no column Z in this file; its last one is C."
    for sent, field in (({"columns": "B"}, "columns"), ({"columns": "B=nonsense"}, "columns"), ({"columns": "{"}, "columns"),
                        ({"heading": "perhaps"}, "heading")):
        answer = send(editor, DOOR, BARE.encode(), "a.csv", **sent)
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])


def test_what_is_remembered_is_bounded_and_never_in_the_way(tmp_path: Path) -> None:
    place = tmp_path / "columns.json"
    for n in range(60):
        remember(place, [{"heading": 1, "chosen": True, "fingerprint": f"问{n}", "columns": [{"code": "aliases"}, {"code": "body"}]}])
    kept = remembered(place)
    assert len(kept) == 40 and list(kept.values())[-1] == ["aliases", "body"]
    place.write_text('{"x": ["nonsense"], "y": 3}')
    assert remembered(place) == {}
    assert layout_said([], "") == {} and layout_said([], "no")["*"]["sheets"]["*"] == {"heading": "no"}
    with pytest.raises(InvalidInput):
        layout_said(["B=answer"], "perhaps")


def test_rows_that_are_half_written_are_not_shown(tmp_path: Path) -> None:
    kept = RowFile(tmp_path / "rows.jsonl")
    kept.add([RowTold("a", "", 1, "created"), RowTold("a", "", 2, "rejected"), RowTold("a", "", 3, "created", doubts=["x"])])
    with kept.path.open("a") as out:
        out.write('t{"file"')
    assert kept.counts() == {"": 3, "taken": 2, "refused": 1, "unclear": 1}
    assert [one.row for one in kept.part("taken", 1, 5)[0]] == [3] and kept.part("", 0, 2)[1] == 2


def test_the_same_title_twice_is_refused_in_a_sheet_and_doubted_across_files(client: Callable) -> None:
    editor = client("knowledge_editor")
    one = "标题,内容\n退费,三天\n退费,五天\n".encode()
    answer = editor.post(PAGE, data={"file": [(io.BytesIO(one), "a.csv"), (io.BytesIO(one), "b.csv")]},
                         content_type="multipart/form-data")
    wait()
    rows = shown(editor.get(answer.headers["Location"]).text)
    assert rows[1].endswith("The same title stands in a.csv, row 2 already. One of the two needs another title. 五天")
    assert "to be added" in rows[2] and rows[2].endswith("The same title stands in a.csv, row 2.")


def test_a_command_says_what_columns_are_and_writes_the_refused_rows_down(settings: Settings, world: Centre, tmp_path: Path) -> None:
    sheet, refused = tmp_path / "问答.csv", tmp_path / "refused.csv"
    sheet.write_text(BARE, "utf-8")
    done = run(settings, "import", str(sheet), "--column", "A=question", "--column", "B=answer", "--no-heading",
               "--refused", str(refused), "--dry-run", "--json")
    body = json.loads(done.stdout)
    assert (body["created"], body["rejected"][0]["row"], done.exit_code or done.exception is not None) == (2, 2, True)
    assert "没有问题的答案" in refused.read_text("utf-8-sig") and "问答.csv:2: There is neither" in done.stderr
    for words in (["--column", "B"], ["--column", "B=nonsense"], ["--heading", "perhaps"]):
        told = run(settings, "import", str(sheet), *words)
        assert isinstance(told.exception, InvalidInput) and told.exception.fields, words
    for words in (["--heading", "1", "--no-heading"], ["--refused", "x.txt"]):
        assert run(settings, "import", str(sheet), *words).exit_code == 2
    beyond = run(settings, "import", str(sheet), "--column", "Z=answer")
    assert "问答.csv: There is no column Z in this file" in beyond.stderr and not titles(world)


def test_a_refused_row_comes_back_whole_or_is_named(client: Callable, world: Centre) -> None:
    """A cell of a workbook ends after 32,767 characters, and CSV puts an apostrophe before what looks like a formula."""
    editor, long = client("knowledge_editor"), "字" * 40_000
    rows = f"标题,内容,生效日期\n短的,- 先登记\n长的,{long},明天\n公式,=A1 是什么,明天\n清单,- 一,明天\n"
    place = upload(editor, rows.encode(), "问答.csv")
    answer = editor.get(f"{place}/refused?format=xlsx")
    assert answer.status_code == 422 and "the text of 问答.csv, row 3; take CSV." in answer.text
    mended = editor.get(f"{place}/refused?format=csv").data.decode("utf-8-sig").replace("明天", "2026-03-01")
    assert "'- 一" in mended
    editor.post(upload(editor, mended.encode(), "改好.csv"))
    wait()
    with world.look() as work:
        bodies = {one.title: one.body for one in work.session.scalars(select(ArticleVersion).order_by(ArticleVersion.id))}
    assert bodies == {"长的": long, "公式": "=A1 是什么", "清单": "- 一"}


def test_the_list_of_refused_rows_never_replaces_a_file_nor_costs_the_report(settings: Settings, world: Centre, tmp_path: Path,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tmp_path / "a.csv"
    sheet.write_text(f"标题,内容,生效日期\n一,好\n二,{'字' * 40_000},明天\n三,坏,明天\n", "utf-8")
    (tmp_path / "link.csv").symlink_to(sheet)
    before = sheet.read_bytes()
    for words in ([str(sheet), "--refused", str(tmp_path / "link.csv")], [str(tmp_path), "--refused", str(sheet)],
                  [str(sheet), "--refused", str(tmp_path / "nowhere" / "r.csv")]):
        assert run(settings, "import", *words).exit_code == 2 and sheet.read_bytes() == before and not titles(world), words
    book = tmp_path / "r.xlsx"
    done = run(settings, "import", str(sheet), "--refused", str(book), "--dry-run")
    assert "a.csv:3 is too long for a cell" in done.stderr and [row[0] for row in load_workbook(book).active.iter_rows(
        min_row=2, min_col=2, max_col=2, values_only=True)] == ["三"]

    def full(*more: Any) -> None:
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(import_rows, "csv_bytes", full)
    done = run(settings, "import", str(sheet), "--refused", str(tmp_path / "r.csv"), "--json")
    assert json.loads(done.stdout)["created"] == 1 and "No space left on device" in done.stderr


def bring(world: Centre, folder: Path, layout: Any = None, language: str = "en", **files: str | bytes) -> Report:
    paths = []
    for name, data in files.items():
        paths.append(folder / name.replace("_", "."))
        paths[-1].write_bytes(data.encode() if isinstance(data, str) else data)
    return import_articles(world.db, world.actor("knowledge_editor"), paths, Defaults(layout=layout or {}), words=words_in(language))


def test_a_sheet_named_for_every_file_must_be_in_one_of_them(world: Centre, tmp_path: Path) -> None:
    book, plain = make.xlsx({"价格,新": [["x", "y"], ["怎么退费", "三天"]]}), "标题,内容\n一,好\n"
    layout = layout_said([json.dumps({"价格,新!A": "question", "价格,新!B": "answer"})], "1")
    both = bring(world, tmp_path, layout, a_csv=plain, b_xlsx=book)
    assert (both.created, both.rejected) == (2, []) and titles(world) == {"一", "怎么退费"}
    assert "a.csv: There is no sheet “价格,新” in this file; another file has it." in both.warnings
    none = bring(world, tmp_path, layout, a_csv=plain, c_csv=plain)
    assert (none.read, len(none.rejected)) == (2, 2) and "no sheet “价格,新”" in none.rejected[0]["reason"]


def test_an_article_that_was_called_otherwise_is_named_before_it_is_changed(client: Callable, world: Centre, tmp_path: Path) -> None:
    bring(world, tmp_path, a_csv="外部编号,标题,内容\nx-1,怎么退费,三天\nx-2,怎么报修,按 2\n")
    editor = client("knowledge_editor")
    other = "外部编号,标题,内容\nx-1,宽带拆机,带证件\nx-2,怎么报修,按 3\n"
    first, second = shown(editor.get(upload(editor, other.encode(), "b.csv")).text)
    assert "called “怎么退费” until now" in first and "until now" not in second and "to be changed" in second


def test_lists_in_a_chinese_report_are_parted_by_its_mark(world: Centre, tmp_path: Path) -> None:
    told = " ".join(bring(world, tmp_path, language="zh_Hans_CN", a_csv="标题,内容,甲,乙\n一,好,x,y\n,,z,\n,,z,\n",
                          b_jsonl='{"title": "二", "body": "好", "c": 1, "d": 2}').warnings)
    assert "甲、乙" in told and "3、4" in told and "c、d" in told and "标题 = 标题、内容 = " in told


def test_long_headings_are_known_again(client: Callable) -> None:
    editor, long = client("knowledge_editor"), "请在这一列里写下客户打电话来的时候最常使用的说法和他们自己的话" * 4
    place = upload(editor, f"{long},{long}甲\n怎么退费,三天\n".encode(), "a.csv")
    editor.post(f"{place}/columns", data={"s0-heading": "1"})
    wait()
    editor.post(f"{place}/columns", data={"s0-heading": "1", "s0-c0": "body", "s0-c1": "aliases"})
    wait()
    editor.post(place)
    wait()
    assert shown(editor.get(upload(editor, f"{long},{long}甲\n按 2,怎么报修\n".encode(), "b.csv")).text) == [
        "2 to be added 怎么报修 按 2"]


def test_one_reading_of_the_files_at_a_time(client: Callable, world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice made meanwhile gives up those under way: they neither hold the converter nor make the last one end as busy."""
    editor = client("knowledge_editor")
    token = upload(editor, BARE.encode(), "a.csv").rpartition("/")[2]
    batch = waiting(world.settings.data_dir / "article-imports", world.actor("knowledge_editor"), token)
    held = batch.progress(world.clock())
    assert held is not None
    inside, most, begun, go_on = [0], [], threading.Event(), threading.Event()
    real = import_jobs.import_articles

    def slow(*given: Any, **more: Any) -> Report:
        inside[0] += 1
        most.append(inside[0])
        begun.set()
        go_on.wait(30)
        try:
            return real(*given, **more)
        finally:
            inside[0] -= 1
    monkeypatch.setattr(import_jobs, "import_articles", slow)
    threads = []
    for _ in range(4):
        threads.append(begin_import(world.db, batch, world.actor("knowledge_editor"), world.settings.files_dir,
                                    choices=held.choices, dry_run=True, anew=True))
        begun.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert most == [1, 1], "the first and the last; those between never began"
    assert (ended := batch.progress(world.clock())) is not None and (ended.state, ended.report["read"]) == ("done", 3)


def fields_of(page: str) -> dict[str, str]:
    """What the form of the columns sends when nothing is touched."""
    form = page.partition('<form id="import-columns"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return hidden | {name.removeprefix("was-"): value for name, value in hidden.items()}


def test_what_was_not_touched_says_nothing_when_the_files_were_read_anew_meanwhile(client: Callable) -> None:
    editor = client("knowledge_editor")
    place = upload(editor, "标签,正文,标题\n客户讲,我们讲,题\n怎么退费,三天,退费\n".encode(), "a.csv")
    seen = fields_of(editor.get(place).text)
    assert (seen["s0-heading"], seen["s0-c0"], seen["was-s0-c1"]) == ("1", "tags", "body")
    editor.post(f"{place}/columns", data=seen | {"s0-heading": "no"})
    wait()
    editor.post(f"{place}/columns", data=seen | {"s0-heading": "no", "s0-c2": "category"})  # chosen on the page of before
    wait()
    now = fields_of(editor.get(place).text)
    assert [now[f"s0-c{n}"] for n in range(3)] == ["aliases", "body", "category"], "no guess of before stands"


def test_a_second_choice_before_the_first_is_read_keeps_only_what_was_chosen() -> None:
    look = {"file": "a.csv", "sheet": "", "heading": 1, "skip": False, "chosen": False, "first": [[1, "x"], [2, "y"]], "columns": [
        {"heading": "x", "samples": [], "code": code} for code in ("tags", "body", "title")]}
    first = chosen_on_page([look], {}, {"s0-heading": "no"})
    second = chosen_on_page([look], first, {"s0-heading": "no", "s0-c0": "aliases", "was-s0-heading": "no", "was-s0-c0": "tags",
                                            "s0-c1": "body", "was-s0-c1": "body"})
    assert second["a.csv"]["sheets"][""] == {"heading": "no", "columns": {"0": "aliases"}, "partly": True}


def test_a_choice_that_was_not_read_yet_is_neither_taken_in_nor_lost(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    place = upload(editor, BARE.encode(), "a.csv")
    page = editor.get(place).text
    assert f'form="import-columns" formaction="{place}"' in page
    seen = fields_of(page)
    answer = editor.post(place, data=seen | {"s0-c2": "category"})
    assert answer.status_code == 422 and "Read again like this" in answer.text and not problems(answer.text) and not titles(world)
    assert "that the rows below do not show yet" in answer.text and answer.text.count('<option value="category" selected>') == 1
    again = fields_of(answer.text) | {"s0-c2": "category"}
    assert again["was-s0-c2"] != "category"
    editor.post(f"{place}/columns", data=again)
    wait()
    assert editor.post(place, data=fields_of(editor.get(place).text)).status_code == 303
    wait()
    assert "怎么报修" in titles(world)


def test_refused_lines_of_json_come_as_a_list_with_what_they_say(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    lines = ['{"title": "一", "body": "好"', '{"external_id": "x-2", "title": "二", "body": 3, "aliases": ["问甲", "问乙"]}', "{}"]
    place = upload(editor, "\n".join(lines).encode(), "a.jsonl")
    told = list(csv.DictReader(io.StringIO(editor.get(f"{place}/refused?format=csv").data.decode("utf-8-sig"), newline="")))
    assert [(one["Title"], one["Text"], one["Questions"], one["External id"]) for one in told] == [
        ("", lines[0], "", ""), ("二", "3", "问甲\n问乙", "x-2"), ("", "{}", "", "")]
