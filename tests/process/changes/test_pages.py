"""The pages of change requests: same verbs and refusals as JSON, typed text kept, nothing shown that is not the reader's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, func, select

from kmsvc.process.changes.impact import impact, impact_count
from kmsvc.process.changes.models import Change, HistoryEntry, Signature
from kmsvc.process.changes.verbs import VERBS
from tests.builders import do, make_change, make_process, scene, submit
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller
from tests.support.pages import problems
from tests.support.walker import fill

Client = Callable[..., Caller]
BASE = "/process/changes"
TABS = ("changes", "impact", "talk", "record")


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a page looks like does not depend on the database; test_forms.py runs on both."""
    return str(request.param)


def allowed(caller: Caller, change_id: int) -> dict[str, Any]:
    status, body = caller.call("GET", f"/api/v1{BASE}/{change_id}")
    assert status == 200, body
    return {one["verb"]: one for one in body["allowed"]}


@pytest.mark.parametrize(("step", "who"), [(1, "agent"), (5, "team_leader"), (7, "process_author")])
def test_a_verb_has_its_form_exactly_when_json_offers_it_and_is_refused_alike_otherwise(
        world: Centre, client: Client, step: int, who: str) -> None:
    change_id = make_change(world, step=step)
    caller = client(who)
    offered = allowed(caller, change_id)
    for verb, spec in VERBS.items():
        form = caller.get(f"{BASE}/{change_id}/{verb}")
        if verb in offered:
            assert form.status_code == 200, verb
            continue
        body = {one.name: str(world.clock.today) if one.kind == "date" else "1" for one in spec.inputs}
        by_json, problem = caller.call("POST", f"/api/v1{BASE}/{change_id}/{verb}", body)
        by_form = caller.post(f"{BASE}/{change_id}/{verb}", data=body | {"password": PASSWORD})
        assert by_json in (403, 409), (verb, problem)
        assert by_form.status_code == by_json == form.status_code, verb
        assert problem["detail"].replace("'", "&#39;") in by_form.get_data(as_text=True), verb


def test_the_page_draws_a_control_for_each_offered_verb(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=12)
    caller = client("qa_inspector")
    page = caller.get(f"{BASE}/{change_id}").get_data(as_text=True)
    for verb in allowed(caller, change_id):
        assert f"{BASE}/{change_id}/{verb}" in page, verb


def test_a_wrong_password_keeps_the_comment_and_signs_nothing(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=7)
    caller = client("process_manager")
    body = fill(allowed(caller, change_id)["sign"]["schema"], {"comment": "reads well <now>"})
    answer = caller.post(f"{BASE}/{change_id}/sign", data=body | {"password": "wrong-one-77"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "reads well &lt;now&gt;" in page and "This is not your password." in page and "wrong-one-77" not in page
    assert not scene(world, change_id).signed


def test_signing_asks_for_the_password_even_in_a_fresh_session_and_renews_it(world: Centre, client: Client) -> None:
    """R-I2: the password is proved again, under a new session."""
    change_id = make_change(world, step=7)
    caller = client("process_manager")
    body = fill(allowed(caller, change_id)["sign"]["schema"], {"comment": "agreed"})
    assert caller.post(f"{BASE}/{change_id}/sign", data=body).status_code == 422
    before = caller.get_cookie("kmsvc")
    answer = caller.post(f"{BASE}/{change_id}/sign", data=body | {"password": PASSWORD})
    assert answer.status_code == 303
    after = caller.get_cookie("kmsvc")
    assert before is not None and after is not None and before.value != after.value
    with world.look() as work:
        row = work.session.scalars(select(Signature).where(Signature.change_id == change_id)).one()
    assert (row.comment, row.content_hash) == ("agreed", body["content_hash"])


def test_a_signature_for_another_text_is_refused_with_the_comment_kept(world: Centre, client: Client) -> None:
    """R-W3: what was not shown is not signed."""
    change_id = make_change(world, step=7)
    answer = client("process_manager").post(f"{BASE}/{change_id}/sign", data={
        "content_hash": "0" * 64, "comment": "of the former text", "password": PASSWORD})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "of the former text" in page and 'name="content_hash"' not in page
    assert not scene(world, change_id).signed


def test_the_desk_shows_what_is_to_answer_and_the_preview_is_safe(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=5)
    do(world, "team_leader", "give_verdict", change_id, verdict="needs_change", remark="Say which order number.")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    caller = client("process_author")
    page = caller.get(f"{BASE}/{change_id}/write").get_data(as_text=True)
    assert "Say which order number." in page and f"{BASE}/{change_id}/answer_comment" in page
    assert f"{BASE}/{change_id}/submit_correction" not in page and not problems(page)
    answer = caller.post(f"{BASE}/{change_id}/preview", data={"body": "# A\n\n**b** <script>x</script>"})
    html = answer.get_data(as_text=True)
    assert "<strong>b</strong>" in html and "<script" not in html


def test_the_form_that_asks_keeps_what_was_typed(world: Centre, client: Client) -> None:
    answer = client("agent").post(f"{BASE}/new", data={"reason": "Customers wait <too> long.", "urgency": "high"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Customers wait &lt;too&gt; long." in page and "Name the process, or describe a new one" in page
    assert '<option value="high" selected>' in page


def test_one_text_from_a_page_about_a_process_is_enough_to_ask(world: Centre, client: Client) -> None:
    process = make_process(world)
    caller = client("agent")
    page = caller.get(f"{BASE}/new?from=/process/definitions/{process.id}").get_data(as_text=True)
    assert f'<option value="{process.id}" selected>' in page
    answer = caller.post(f"{BASE}/new", data={
        "reason": "七天太短。客户每天都在问。", "process_id": str(process.id), "title": ""})
    assert answer.status_code == 303
    with world.look() as work:
        row = work.session.scalars(select(Change)).one()
    assert (row.title, row.state, row.asker_id) == ("七天太短", "received", world.people["agent"])
    assert answer.headers["Location"].endswith(f"{BASE}/{row.id}")


def test_a_new_process_can_be_asked_for_and_its_errors_stand_at_their_fields(world: Centre, client: Client) -> None:
    caller = client("agent")
    data = {"reason": "Nothing tells us how to call back at night.", "new_name": "Night calls", "new_class": "business"}
    assert caller.post(f"{BASE}/new", data=data | {"new_group": "no such"}).status_code == 422
    assert caller.post(f"{BASE}/new", data=data | {"new_group": "external"}).status_code == 303
    with world.look() as work:
        assert work.session.scalars(select(Change)).one().new_process["name"] == "Night calls"


def test_requests_that_say_nearly_the_same_are_shown_only_to_those_who_may_see_them(world: Centre, client: Client) -> None:
    submit(world, process=make_process(world, unit="TEAM-B"), title="退款时限改为十天", asker="process_manager")
    asked = f"{BASE}/similar?q=退款时限能不能改为十天"
    assert "退款时限改为十天" in client("agent_b").get(asked).get_data(as_text=True)
    assert "退款时限改为十天" not in client("agent").get(asked).get_data(as_text=True)
    assert "退款时限改为十天" not in client("agent_b").get(f"{BASE}/similar?q=排班").get_data(as_text=True)


def test_no_page_knows_of_a_request_about_a_process_that_is_not_the_readers(world: Centre, client: Client) -> None:
    """R-A1: another team's process stays another team's."""
    process = make_process(world, name="二组专用流程", unit="TEAM-B")
    change_id = make_change(world, step=12, process=process, asker="process_manager", title="只给二组看的改动")
    with world.look() as work:
        records = work.session.execute(select(HistoryEntry.record_kind, HistoryEntry.record_id).where(
            HistoryEntry.change_id == change_id, HistoryEntry.record_kind.is_not(None))).all()
    stranger = client("agent")
    paths = [f"{BASE}/{change_id}", f"{BASE}/{change_id}/record.csv", f"{BASE}/{change_id}/comment",
             f"{BASE}/{change_id}/write", *(f"{BASE}/{change_id}/records/{kind}/{one}" for kind, one in records)]
    for path in paths:
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"{BASE}/{change_id}/comment", data={"text": "hello"}).status_code == 404
    assert stranger.post(f"{BASE}/{change_id}/preview", data={"body": "x"}).status_code == 404
    for path in (f"{BASE}?state=all", f"{BASE}?state=all&format=csv", f"{BASE}/board", f"{BASE}/new", "/"):
        said = stranger.get(path).get_data(as_text=True)
        assert "只给二组看的改动" not in said and "二组专用流程" not in said, path
    assert "只给二组看的改动" in client("agent_b").get(f"{BASE}?state=all").get_data(as_text=True)


def test_the_comparison_marks_words_and_offers_three_views(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=7)
    caller = client("process_manager")
    for mode in ("inline", "side", "changes"):
        page = caller.get(f"{BASE}/{change_id}?view={mode}").get_data(as_text=True)
        assert "<del>七天</del>" in page and "<ins>十天</ins>" in page, mode
        assert not problems(page), mode


def test_a_remark_on_a_paragraph_stands_below_it_and_in_the_talk_with_its_answer(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=5)
    page = client("business_owner").get(f"{BASE}/{change_id}").get_data(as_text=True)
    block = page.split("comment?block_id=")[1].split('"')[0]
    form = client("business_owner").get(f"{BASE}/{change_id}/comment?block_id={block}").get_data(as_text=True)
    assert f'name="block_id" value="{block}"' in form and '<blockquote class="quoted' in form
    answer = client("business_owner").post(f"{BASE}/{change_id}/comment", data={
        "text": "Ten is too long.", "block_id": block})
    assert answer.headers["Location"].endswith(f"{BASE}/{change_id}?tab=talk")
    assert "Ten is too long." in client("process_author").get(f"{BASE}/{change_id}").get_data(as_text=True)
    do(world, "team_leader", "give_verdict", change_id, verdict="agree")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    talk = client("process_author").get(f"{BASE}/{change_id}?tab=talk").get_data(as_text=True)
    number = talk.split('name="comment" value="')[1].split('"')[0]
    assert client("process_author").post(f"{BASE}/{change_id}/answer_comment", data={
        "comment": number, "answer": "It follows the law."}).status_code == 303
    assert "It follows the law." in client("business_owner").get(f"{BASE}/{change_id}?tab=talk").get_data(as_text=True)


def test_the_record_has_one_row_a_step_on_the_page_and_in_both_exports(world: Centre, client: Client) -> None:
    """Feature A18: who did each of the fifteen steps, when, how long, with which comment."""
    change_id = make_change(world, closed=True)
    caller = client("business_owner")
    page = caller.get(f"{BASE}/{change_id}?tab=record").get_data(as_text=True)
    assert all(f'id="step-{step}"' in page for step in range(1, 16))
    rows = list(csv.reader(io.StringIO(caller.get(f"{BASE}/{change_id}/record.csv").get_data().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [str(step) for step in range(1, 16)]
    assert all(row[3] and row[4] and row[5] and row[6] and row[11] for row in rows[1:])
    assert "Process Author" in rows[4][3] and "七天内全额退款" in rows[2][12] and "Sample call 1 (Followed)" in rows[11][13]
    book = load_workbook(io.BytesIO(caller.get(f"{BASE}/{change_id}/record.xlsx").get_data()))
    assert book.active is not None and book.active.max_row == 16
    assert caller.get(f"{BASE}/{change_id}/record.exe").status_code == 404


def test_a_step_that_was_entered_twice_counts_both_rounds(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=7)
    world.clock.move(days=2)
    do(world, "process_manager", "return_final", change_id, reason="The limit is missing.")
    rows = list(csv.reader(io.StringIO(
        client("process_manager").get(f"{BASE}/{change_id}/record.csv").get_data().decode("utf-8-sig"))))
    assert rows[6][10] == "2" and rows[7][6] == "2 days" and "The limit is missing." in rows[7][12]
    page = client("process_manager").get(f"{BASE}/{change_id}?tab=record").get_data(as_text=True)
    assert "2 rounds" in page and "to do again" in page


def test_every_record_of_the_way_has_a_page_of_its_own_and_only_under_its_own_request(world: Centre, client: Client) -> None:
    change_id, other = make_change(world, step=14), submit(world)
    caller = client("process_manager")
    with world.look() as work:
        kept = {(kind, one) for kind, one in work.session.execute(
            select(HistoryEntry.record_kind, HistoryEntry.record_id).where(
                HistoryEntry.change_id == change_id, HistoryEntry.record_kind.is_not(None)))}
    assert {kind for kind, _one in kept} >= {
        "research", "assistant", "verdict", "signature", "plan_line", "sit_in", "sample", "feedback_item"}
    for kind, one in kept:
        answer = caller.get(f"{BASE}/{change_id}/records/{kind}/{one}")
        assert answer.status_code == 200 and not problems(answer.get_data(as_text=True)), kind
        assert caller.get(f"{BASE}/{other}/records/{kind}/{one}").status_code == 404, kind
    assert caller.get(f"{BASE}/{change_id}/records/nothing/1").status_code == 404


def test_the_board_puts_a_request_under_its_phase_with_step_holder_and_days(world: Centre, client: Client) -> None:
    late = make_change(world, step=4, title="late one")
    world.clock.move(days=20)
    make_change(world, step=11, title="new one", process=make_process(world, name="another"))
    page = client("process_author").get(f"{BASE}/board").get_data(as_text=True)
    drafting, field = page.split('id="phase-drafting"')[1], page.split('id="phase-field"')[1]
    assert "late one" in drafting.split('id="phase-rollout"')[0] and "new one" in field.split('id="phase-settle"')[0]
    assert "4/15" in page and "11/15" in page and "limit 5" in page and "1 late" in page and "Qa Inspector" in page
    assert not problems(page)
    only_mine = client("process_author").get(f"{BASE}/board?who=mine").get_data(as_text=True)
    assert f"{BASE}/{late}" in only_mine and "new one" not in only_mine


def test_list_board_and_day_ask_the_database_no_more_for_nine_requests_than_for_three(world: Centre, client: Client) -> None:
    process = make_process(world)
    caller = client("process_manager")
    paths = (f"{BASE}?state=all", f"{BASE}/board", "/")

    def cost() -> list[int]:
        counted = []
        for path in paths:
            caller.get(path)
            seen: list[str] = []

            def note(connection: Any, cursor: Any, statement: str, *rest: Any, seen: list[str] = seen) -> None:
                seen.append(statement)
            event.listen(world.db.engine, "before_cursor_execute", note)
            assert caller.get(path).status_code == 200
            event.remove(world.db.engine, "before_cursor_execute", note)
            counted.append(len(seen))
        return counted

    for _ in range(3):
        submit(world, process=process)
    few = cost()
    for _ in range(6):
        submit(world, process=process)
    assert cost() == few


def test_a_stranger_is_sent_to_sign_in_and_nothing_is_written(world: Centre, client: Client) -> None:
    change_id = submit(world)
    stranger = client()
    for path in (BASE, f"{BASE}/board", f"{BASE}/new", f"{BASE}/{change_id}", f"{BASE}/{change_id}/record.csv"):
        answer = stranger.get(path)
        assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"], path
    stranger.post(f"{BASE}/{change_id}/comment", data={"text": "hello"})
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(HistoryEntry)) == 1


def test_a_request_keeps_the_page_it_was_asked_from(client: Callable, world: Centre) -> None:
    """Whoever takes it on sees what the asker saw, if they may see it."""
    from tests.builders import make_article

    article, process = make_article(world, title="How to rebook"), make_process(world)
    agent = client("agent")
    for place, shown in ((f"/knowledge/articles/{article.id}", "How to rebook"),
                         (f"/process/definitions/{process.id}?from=list", process.name),
                         ("/search?q=refund", "/search?q=refund")):
        answer = agent.post("/process/changes/new", data={"reason": "It is wrong.", "process_id": process.id, "from": place})
        assert answer.status_code == 303
        page = agent.get(answer.headers["Location"]).get_data(as_text=True)
        assert shown in page and f'href="{place}"' in page
    for place in ("//evil.example/x", "https://evil.example", "/\\evil.example", "/" + "x" * 400):
        answer = agent.post("/process/changes/new", data={"reason": "It is wrong.", "process_id": process.id, "from": place})
        assert answer.status_code == 303
        assert "evil" not in agent.get(answer.headers["Location"]).get_data(as_text=True)
    status, _ = agent.call("POST", "/api/v1/process/changes", {"title": "t", "reason": "r", "process_id": process.id,
                                                              "place": "//evil.example"})
    assert status == 422


def test_r_a4_the_count_of_the_impact_leaves_out_what_the_reader_may_not_see(world: Centre) -> None:
    """R-A4: a number tells of a thing too."""
    process = make_process(world, unit="TEAM-B", drain=True)
    change_id = submit(world, process=process, asker="process_manager")
    with world.look() as work:
        row = work.get(Change, change_id)
        counted = {who: impact_count(work.session, world.actor(who), row) for who in ("agent", "agent_b")}
        assert counted == {"agent": 0, "agent_b": 1}
        assert {who: impact(work.session, world.actor(who), row).total for who in counted} == counted
