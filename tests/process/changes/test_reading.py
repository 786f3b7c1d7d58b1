"""Whoever reviews or signs reads the text as it will be published, and knows under which number that happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import do, make_change, make_process, play
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.pages import problems

Client = Callable[..., Caller]
OLD = "# 退款\n\n客户要求退款时，先核对订单号。\n\n:::say\n您的退款七天内到账。\n:::\n\n![旧图](/files/1)"
NEW = ("# 退款\n\n客户要求退款时，先核对订单号。\n\n:::say\n您的退款十天内到账。\n:::\n\n![新图](/files/2)\n\n"
       ":::internal\n超过十天转主管。\n:::")


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a page looks like does not depend on the database."""
    return str(request.param)


def at_step(world: Centre, step: int) -> int:
    return make_change(world, step=step, process=make_process(world, body=OLD), body=NEW)


@pytest.mark.parametrize(("step", "who", "verb"), [(5, "business_owner", "give_verdict"), (7, "process_manager", "sign")])
def test_who_reviews_or_signs_sees_the_whole_text_rendered_and_a_signer_at_first(
        world: Centre, client: Client, step: int, who: str, verb: str) -> None:
    change_id = at_step(world, step)
    whole = "" if verb == "sign" else "?view=full"
    for path in (f"/process/changes/{change_id}{whole}", f"/process/changes/{change_id}/{verb}"):
        page = client(who).get(path).get_data(as_text=True)
        assert not problems(page)
        assert '<img' in page and 'src="/files/2"' in page, path
        assert "您的退款十天内到账。" in page and "Say this" in page and ":::" not in page and "![" not in page, path
    assert "data-full-text" in client(who).get(f"/process/changes/{change_id}{whole}").get_data(as_text=True)
    assert "data-full-text" not in client("process_author").get(f"/process/changes/{change_id}").get_data(as_text=True)


@pytest.mark.parametrize("mode", ["inline", "side", "changes"])
def test_a_comparison_shows_pictures_and_blocks_and_no_marks(world: Centre, client: Client, mode: str) -> None:
    change_id = at_step(world, 7)
    page = client("process_manager").get(f"/process/changes/{change_id}?view={mode}").get_data(as_text=True)
    assert not problems(page)
    assert ":::" not in page and "![" not in page
    assert 'src="/files/2"' in page and 'src="/files/1"' in page
    assert "<del>七天</del>" in page and "<ins>十天</ins>" in page and "Say this" in page
    assert "超过十天转主管。" in page and "Internal, not for the customer" in page


def test_a_block_above_the_readers_level_is_in_neither_view(world: Centre, client: Client) -> None:
    body = NEW + "\n\n:::secret\n白名单客户可当天退款。\n:::"
    change_id = make_change(world, step=5, process=make_process(world, body=OLD), body=body)
    for view in ("full", "inline", "side"):
        page = client("team_leader").get(f"/process/changes/{change_id}?view={view}").get_data(as_text=True)
        assert "超过十天转主管。" in page and "白名单" not in page, view


def test_who_signs_is_told_the_number_it_is_published_under_and_the_record_keeps_it(world: Centre, client: Client) -> None:
    change_id = at_step(world, 7)
    for path in ("", "/sign"):
        page = client("process_manager").get(f"/process/changes/{change_id}{path}").get_data(as_text=True)
        assert "V1.2; with both signatures it becomes V2.0" in page, path
    do(world, "process_manager", "sign", change_id)
    record = client("auditor").get(f"/process/changes/{change_id}/records/signature/1").get_data(as_text=True)
    assert "V1.2" in record and "V2.0" not in record, "one signature publishes nothing"
    do(world, "business_owner", "sign", change_id)
    record = client("auditor").get(f"/process/changes/{change_id}/records/signature/1").get_data(as_text=True)
    assert "V1.2" in record and "Published as" in record and "V2.0" in record


def test_only_one_version_is_called_the_one_in_force(world: Centre, client: Client) -> None:
    process = make_process(world, drain=True)
    change_id = make_change(world, step=13, process=process, drain=True)
    page = client("process_author").get(f"/process/changes/{change_id}").get_data(as_text=True)
    play(world, change_id, to=14, second_body="# 退款\n\n十五天。")
    page = client("process_manager").get(f"/process/changes/{change_id}?view=inline").get_data(as_text=True)
    assert ">V1.0 · was in force<" in page and ">V2.0 · in force<" in page and ">V1.0 · in force<" not in page
    side = page.split("Versions of this request")[-1]
    assert "· in force" in side and "was in force" not in side
