"""Leave, shifts and peaks: sheets as people keep them, every row counted, the same again adds nothing, taken back and brought back;
days and nights by the centre's clock (J2, J3)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.core.options import put
from kmsvc.training.plans import busy
from kmsvc.training.plans.busy_reading import intervals
from kmsvc.training.plans.busy_rows import sort_for
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.targets import SHIFT_HOURS
from tests.support.centre import Centre
from tests.support.pages import problems

BASE = "/training/plans/busy"
API = f"/api/v1{BASE}"
TODAY = date(2026, 11, 20)
SHEET = "\n".join(("十一月排班,,,,", "姓名,日期,班次,上下班时间,备注", "agent,2026-11-23,早班,9:00-18:00,",
                   "agent,2026/11/24,夜班,22:00-次日6:00,",
                   "agent,11月25日,年假,,家里有事", ",2026-11-23,话务高峰,10:00-11:30,", "谁也不是,2026-11-23,早班,9:00-18:00,",
                   "agent,2026-02-29,早班,9:00-18:00,", "agent,2026-11-26,早班,早,", "agent,2026-11-23,中班,17:00-20:00,"))


def said(values: dict[str, str], zone: str = "Asia/Shanghai") -> list[str]:
    return [f"{one.kind} {one.starts_at:%m-%dT%H:%M} {one.ends_at:%m-%dT%H:%M}" for one in intervals(values, TODAY, zone)]


@pytest.mark.parametrize(("values", "expected"), [
    ({"on": "2026-11-23", "hours": "9:00-18:00"}, ["shift 11-23T01:00 11-23T10:00"]),
    ({"on": "11月24日", "hours": "22：00～6：00"}, ["shift 11-24T14:00 11-24T22:00"]),
    ({"on": "2026-11-23", "kind": "早班8:00-16:00"}, ["shift 11-23T00:00 11-23T08:00"]),
    ({"on": "2026-11-23", "starts": "09:00:00", "ends": "18:00:00"}, ["shift 11-23T01:00 11-23T10:00"]),
    ({"on": "2026-11-23", "until": "2026-11-24", "kind": "病假"}, ["leave 11-22T16:00 11-24T16:00"]),
    ({"starts": "2026-11-23 09:00", "ends": "2026-11-24 18:00", "kind": "事假"}, ["leave 11-23T01:00 11-24T10:00"]),
    ({"on": "2026-11-23", "until": "2026-11-24", "kind": "高峰", "hours": "10-11:30"},
     ["peak 11-23T02:00 11-23T03:30", "peak 11-24T02:00 11-24T03:30"]),
    ({"on": "2026-11-23", "until": "2026-11-25", "kind": "年假", "hours": "14:00-12:00"}, ["leave 11-23T06:00 11-25T04:00"]),
    ({"on": "2026-11-23", "until": "2026-11-25", "kind": "年假", "hours": "9:00-18:00"}, ["leave 11-23T01:00 11-25T10:00"]),
    ({"on": "2028-02-29", "kind": "休"}, ["leave 02-28T16:00 02-29T16:00"])])
def test_times_are_read_as_people_write_them(values: dict[str, str], expected: list[str]) -> None:
    assert said(values) == expected


@pytest.mark.parametrize(("values", "field"), [
    ({"on": "2026-02-29", "kind": "休"}, "on"), ({"kind": "休"}, "on"), ({"on": "2026-11-23", "kind": "开会"}, "kind"),
    ({"on": "2026-11-23"}, "kind"), ({"on": "2026-11-23", "kind": "早班"}, "hours"),
    ({"on": "2026-11-23", "hours": "25:00-26:00"}, "hours"),
    ({"on": "2026-11-23", "until": "2026-11-22", "kind": "休"}, "until"),
    ({"on": "2026-11-23", "until": "2028-11-22", "kind": "休"}, "until"),
    ({"starts": "2026-11-24 09:00", "ends": "2026-11-24 08:00", "kind": "休"}, "ends"),
    ({"on": "2026-11-23", "starts": "neun", "ends": "18:00", "kind": "班"}, "starts")])
def test_what_is_no_time_is_refused_at_its_column(values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        said(values)
    assert list(refused.value.fields) == [field]


def test_a_night_in_which_the_clock_is_put_forward_or_back_is_an_hour_shorter_or_longer() -> None:
    """J3: Berlin, 2027-03-28 at two and 2026-10-25 at three; a day of leave then has 23 or 25 hours."""
    def hours(on: str, **more: str) -> list[float]:
        found = intervals({"on": on} | more, date(2026, 12, 1), "Europe/Berlin")
        return [(one.ends_at - one.starts_at) / timedelta(hours=1) for one in found]
    assert hours("2027-03-27", hours="22:00-6:00") == [7] and hours("2026-10-24", hours="22:00-6:00") == [9]
    assert hours("2027-03-28", kind="休") == [23] and hours("2026-10-25", kind="休") == [25]
    assert hours("2027-03-27", until="2027-03-28", hours="9:00-17:00") == [8, 8]  # two days of equal shifts
    assert hours("2028-02-28", until="2028-03-01", kind="休", ) == [72]


def test_every_row_is_counted_the_same_again_adds_nothing_and_it_is_taken_back_and_brought_back(
        client: Callable[..., Any], world: Centre) -> None:
    program = client("trainer")

    def send(content: str, **more: str) -> dict[str, Any]:
        answer = program.post(f"{API}/import", data={"file": (io.BytesIO(content.encode("gb18030")), "排班.csv")} | more)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def counts(report: dict[str, Any]) -> list[int]:
        return [report["read"], report["created"], report["updated"], report["unchanged"], len(report["rejected"])]
    tried = send(SHEET, dry_run="true")
    assert counts(tried) == [8, 4, 0, 0, 4] and program.get(API).get_json()["items"] == []
    report = send(SHEET)
    assert counts(report) == [8, 4, 0, 0, 4] and [one["row"] for one in report["rejected"]] == [7, 8, 9, 10]
    assert "谁也不是" in report["rejected"][0]["reason"] and "overlaps an earlier row" in report["rejected"][3]["reason"]
    assert counts(send(SHEET)) == [8, 0, 0, 4, 4]
    assert counts(send(SHEET.replace("9:00-18:00", "10:00-19:00"))) == [8, 0, 1, 3, 4]
    files = program.get(f"{API}/imports").get_json()["items"]
    assert [(one["made"], one["changed"]) for one in files] == [(0, 1), (4, 0)]
    back = program.post(f"{API}/imports/{files[0]['id']}/take-back", json={"reason": "错表"}).get_json()
    assert (back["done"], back["stayed"]) == (1, 0) and back["undone_at"]
    back = program.post(f"{API}/imports/{files[1]['id']}/take-back", json={"reason": "错表"}).get_json()
    assert back["done"] == 4 and program.get(API).get_json()["items"] == []
    assert program.post(f"{API}/imports/{files[1]['id']}/take-back", json={"reason": "错表"}).status_code == 409
    assert program.post(f"{API}/imports/{files[1]['id']}/bring-back", json={}).get_json()["done"] == 4
    assert len(program.get(f"{API}?kind=shift").get_json()["items"]) == 2
    assert len(program.get(f"{API}?kind=shift&since=2026-11-26").get_json()["items"]) == 0
    assert len(program.get(f"{API}?q=家里").get_json()["items"]) == 1


def test_a_sheet_of_excel_with_times_of_its_own_is_read(client: Callable[..., Any], world: Centre) -> None:
    from datetime import datetime, time

    book = openpyxl.Workbook()
    for row in (["账号", "开始日期", "上班时间", "下班时间"], ["agent", datetime(2026, 11, 23), time(9), time(17, 30)],
                ["agent_b", datetime(2026, 11, 23), time(22), time(6)], [None, None, None, None]):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    held.seek(0)
    report = client("trainer").post(f"{API}/import", data={"file": (held, "r.xlsx")}).get_json()
    assert report["created"] == 2 and report["rejected"] == []
    with world.look("trainer") as work:
        found = work.session.scalars(select(Busy).order_by(Busy.starts_at))
        lengths = [(one.ends_at - one.starts_at) / timedelta(hours=1) for one in found]
    assert lengths == [8.5, 8]


def test_a_page_lists_enters_and_deletes_and_only_planners_see_it(client: Callable[..., Any], world: Centre) -> None:
    trainer = client("trainer")
    for place in (BASE, f"{BASE}/imports", f"{BASE}/import", API):
        assert client("agent").get(place).status_code == 403
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        busy.enter(work, None, intervals({"kind": "peak", "on": "2026-11-23", "hours": "10-11"}, TODAY, "Asia/Shanghai"))
    refused = trainer.post(BASE, data={"kind": "leave", "person": "", "on": "2026-11-23", "note": "病"})
    assert refused.status_code == 422 and 'value="病"' in refused.text and not problems(refused.text)
    given = {"kind": "leave", "person": "agent", "on": "2026-11-23", "until": "2026-11-24", "note": "病"}
    assert trainer.post(BASE, data=given).status_code == 303
    again = trainer.post(BASE, data={"kind": "leave", "person": "agent", "on": "2026-11-24"})
    assert again.status_code == 422 and "there already" in again.text
    page = trainer.get(BASE).text
    assert not problems(page) and "病" in page
    one = trainer.get(API).get_json()["items"][0]["id"]
    assert trainer.post(f"{BASE}/{one}/remove", data={"reason": ""}).status_code == 422
    form = trainer.get(trainer.post(f"{BASE}/{one}/remove", data={"reason": "r"}).headers["Location"]).text
    assert 'value="2026-11-23"' in form and 'value="2026-11-24"' in form and 'value="病"' in form
    assert trainer.get(API).get_json()["items"] == []
    for form_name in ("csv", "xlsx"):
        assert trainer.get(f"{BASE}?format={form_name}").status_code == 200
    assert not problems(trainer.get(f"{BASE}/imports").text) and not problems(trainer.get(f"{BASE}/import").text)


@pytest.mark.parametrize("given", [
    {"kind": "leave", "person": "agent", "on": "2026-11-23", "until": "2026-11-25", "hours": "14:00-12:00"},
    {"kind": "leave", "person": "agent", "on": "2026-11-23", "until": "2026-11-25", "hours": "14:00-24:00"},
    {"kind": "leave", "person": "agent", "on": "2026-11-23", "until": "2026-11-23", "hours": "9:00-12:00"},
    {"kind": "leave", "person": "agent", "on": "2026-11-23", "until": "2026-11-25"},
    {"kind": "shift", "person": "agent", "on": "2026-11-23", "hours": "22:00-6:00"},
    {"kind": "shift", "person": "agent", "on": "2026-11-23", "hours": "0:00-24:00"}])
def test_what_was_deleted_is_entered_again_as_it_was(client: Callable[..., Any], world: Centre, given: dict[str, str]) -> None:
    """Review 25: leave over several days with times came back as its first day."""
    trainer = client("trainer")
    assert trainer.post(BASE, data=given).status_code == 303
    was = trainer.get(API).get_json()["items"][0]
    address = trainer.post(f"{BASE}/{was['id']}/remove", data={"reason": "r"}).headers["Location"]
    typed = {name.removeprefix("new_"): words[0] for name, words in parse_qs(urlsplit(address).query).items()}
    assert trainer.post(BASE, data=typed).status_code == 303
    items = trainer.get(API).get_json()["items"]
    assert [[one["starts_at"], one["ends_at"], one["kind"]] for one in items] == [[was["starts_at"], was["ends_at"], was["kind"]]]


def test_the_day_of_a_row_is_that_of_the_centre(world: Centre) -> None:
    """Review 22: before eight in the morning in China the day of UTC is still yesterday."""
    world.clock.move(hours=(20 - world.clock.now.astimezone(UTC).hour) % 24)
    wanted = world.clock.now.astimezone(UTC).date() + timedelta(days=201)  # as far ahead as a day without a year may be: today, here
    with world.begin("trainer") as work:
        work.permit(busy.MAKE_PLANS)
        sort_for(lambda: "Asia/Shanghai").take(work, {"name": "agent", "on": f"{wanted:%m-%d}", "kind": "leave"}, False, {})
        row = work.session.scalars(select(Busy)).one()
        assert row.starts_at.astimezone(ZoneInfo("Asia/Shanghai")).date() == wanted


def test_a_roster_with_a_column_a_day_is_read_cell_by_cell(client: Callable[..., Any], world: Centre) -> None:
    """As contact centres keep it: a row a person, a column a day; each refused cell is named by its person and day."""
    sheet = "\n".join(("三月排班表,,,,", "姓名,3月5日,3月6日,2026-03-07,3/8 星期日", "agent,08:00-17:00,休,早 08:00-16:00,",
                       "agent_b,早,22:00-6:00,年假,开会", "谁也不是,8-17,,,"))
    program = client("trainer")

    def send(**more: str) -> dict[str, Any]:
        answer = program.post(f"{API}/import", data={"file": (io.BytesIO(sheet.encode()), "排班.csv")} | more)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())
    tried = send(dry_run="true")
    assert tried["created"] == 5
    assert program.get(API).get_json()["items"] == []
    report = send()
    assert report["created"] == 5
    refused = [(one["row"], one["reason"].split(":")[0]) for one in report["rejected"]]
    assert refused == [(4, "agent_b 3月5日"), (4, "agent_b 3/8 星期日"), (5, "谁也不是 3月5日")]
    with world.begin("operator") as work:  # a word alone has times once the centre has set them
        work.permit(busy.MAKE_PLANS)
        put(work.session, SHIFT_HOURS, "早=8:00-17:00，晚=14:00-23:00")
    again = send()
    assert (again["created"], again["unchanged"], len(again["rejected"])) == (1, 5, 2)
    items = program.get(API).get_json()["items"]
    assert sorted(one["kind"] for one in items) == ["leave", "leave", "shift", "shift", "shift", "shift"]
