"""R-W2: nobody approves an own text, by no detour."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.people.accounts.usecases import add_account, change_person
from kmsvc.process.changes import scenes
from kmsvc.process.changes.models import Change, Signature
from kmsvc.process.changes.usecases import accept, name_assistant
from tests.builders import do, make_change, make_process, play, scene, step_of, submit
from tests.support.centre import Centre

REASON = {"reason": "so it is"}


def give_roles(world: Centre, login: str, *roles: str) -> None:
    with world.begin("operator") as work:
        change_person(work, world.people[login], roles=roles)


def cannot_sign(world: Centre, who: str, change_id: int, **how: str) -> None:
    with pytest.raises((NotPermitted, RuleBroken)):
        do(world, who, "sign", change_id, **how)
    with world.look() as work:
        assert world.people.get(who) not in set(work.session.scalars(select(Signature.person_id)))


def test_r_w2_the_author_with_a_managers_role_does_not_sign(world: Centre) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_author", "process_author", "process_manager", "business_owner")
    cannot_sign(world, "process_author", change_id)
    with pytest.raises((NotPermitted, RuleBroken)):
        do(world, "process_author", "return_final", change_id, **REASON)


def test_r_w2_a_second_account_of_the_author_does_not_sign(world: Centre) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_author", "process_author", "process_manager")
    with world.begin("operator") as work:
        add_account(work, login="author2", name="second account", person_login="process_author")
    assert world.actor("author2").person_id == world.people["process_author"]
    cannot_sign(world, "author2", change_id)


def test_r_w2_reassigning_the_author_frees_nobody_to_sign(world: Centre) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_author", "process_author", "process_manager")
    do(world, "process_manager", "assign_author", change_id, author="everything")
    cannot_sign(world, "process_author", change_id)
    cannot_sign(world, "everything", change_id)


def test_r_w2_who_has_signed_is_not_named_the_author_of_that_text(world: Centre) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_manager", "process_author", "process_manager")
    do(world, "process_manager", "sign", change_id)
    with pytest.raises(RuleBroken, match="cannot be named its author"):
        do(world, "process_manager", "assign_author", change_id, author="process_manager")
    with world.look() as work:
        row = work.get(Change, change_id)
        choices = scenes.moment(work.session, row, scenes.scene_of(work.session, row), work.actor)["authors"]
    assert "process_manager" not in {login for login, _name in choices} and choices
    do(world, "business_owner", "sign", change_id)
    do(world, "process_manager", "assign_author", change_id, author="process_manager")  # of the next text, which others sign


def test_r_w2_a_draft_typed_by_one_and_handed_in_by_another_is_signed_by_neither(world: Centre) -> None:
    change_id = make_change(world, step=4)
    do(world, "process_author", "save_draft", change_id, name="Refund", body="typed by the first author")
    do(world, "process_manager", "assign_author", change_id, author="everything")
    do(world, "everything", "submit_draft", change_id, body="typed by the first author")
    do(world, "team_leader", "give_verdict", change_id, verdict="agree")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    do(world, "everything", "submit_correction", change_id)
    give_roles(world, "process_author", "process_author", "process_manager")
    assert scene(world, change_id).contributors >= {world.people["process_author"], world.people["everything"]}
    cannot_sign(world, "process_author", change_id)
    cannot_sign(world, "everything", change_id)


def test_r_w2_an_edit_after_the_first_signature_voids_it(world: Centre) -> None:
    change_id = make_change(world, step=7)
    do(world, "process_manager", "sign", change_id)
    do(world, "business_owner", "return_final", change_id, **REASON)
    do(world, "process_author", "submit_correction", change_id, body="quite another text")
    assert scene(world, change_id).signed == {}
    do(world, "business_owner", "sign", change_id)
    assert step_of(world, change_id) == 7
    do(world, "process_manager", "sign", change_id)
    assert step_of(world, change_id) == 8


def test_r_w2_who_edited_after_the_approval_does_not_sign_the_second_final(world: Centre) -> None:
    change_id = make_change(world, step=13)
    do(world, "process_manager", "assign_author", change_id, author="everything")
    play_answers(world, change_id, "everything")
    do(world, "everything", "submit_update", change_id, body="changed by another author")
    for who in ("everything", "process_author"):
        cannot_sign(world, who, change_id)


def play_answers(world: Centre, change_id: int, who: str) -> None:
    from tests.builders import open_item

    while scene(world, change_id).unanswered:
        do(world, who, "answer_feedback", change_id, item=open_item(world, change_id, "answered_at"), answer="done")


def test_r_w2_one_person_does_not_sign_twice(world: Centre) -> None:
    process = make_process(world, owner="everything")
    change_id = submit(world, process=process)
    play_as_far_as_the_cast_goes(world, change_id, owner="everything")
    do(world, "everything", "sign", change_id)
    cannot_sign_again(world, change_id)
    do(world, "process_manager", "sign", change_id)
    assert step_of(world, change_id) == 8


def play_as_far_as_the_cast_goes(world: Centre, change_id: int, *, owner: str) -> None:
    do(world, "process_manager", "accept", change_id, author="process_author")
    do(world, "process_author", "record_research", change_id, present_state="now", affected_unit="TEAM-A")
    do(world, owner, "confirm_need", change_id)
    play(world, change_id, to=5)
    do(world, "team_leader", "give_verdict", change_id, verdict="agree")
    do(world, owner, "give_verdict", change_id, verdict="agree")
    play(world, change_id, to=7)


def cannot_sign_again(world: Centre, change_id: int) -> None:
    with pytest.raises(RuleBroken, match="signed already"):
        do(world, "everything", "sign", change_id)


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_r_w2_the_api_offers_and_takes_no_signature_from_the_author(world: Centre, client: Callable, by: str) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_author", "process_author", "process_manager", "business_owner")
    author, manager = client("process_author", by=by), client("process_manager", by=by)
    path = f"/api/v1/process/changes/{change_id}"
    assert "sign" not in {one["verb"] for one in author.call("GET", path)[1]["allowed"]}
    offer = next(one for one in manager.call("GET", path)[1]["allowed"] if one["verb"] == "sign")
    stolen = {"content_hash": offer["schema"]["properties"]["content_hash"]["const"]}
    status, body = author.call("POST", path + "/sign", stolen)
    assert (status, body["code"]) == (409, "process.change.sign")
    assert manager.call("POST", path + "/sign", stolen)[0] == 200


def test_r_w2_one_person_with_every_role_is_stopped_at_the_first_approval(world: Centre) -> None:
    who = "everything"
    change_id = submit(world, asker=who, new=True)
    do(world, who, "accept", change_id, author=who, owner=who)
    do(world, who, "record_research", change_id, present_state="now", affected_unit="CENTRE")
    do(world, who, "confirm_need", change_id)
    do(world, who, "name_assistant", change_id, unit="CENTRE", person=who)
    do(world, who, "accept_assistance", change_id)
    do(world, who, "submit_draft", change_id, name="Call back", body="text")
    do(world, who, "give_verdict", change_id, verdict="agree")
    do(world, who, "submit_correction", change_id)
    assert step_of(world, change_id) == 7
    cannot_sign(world, who, change_id)


def test_a_browser_signs_only_just_after_the_password_was_proved(world: Centre) -> None:
    change_id = make_change(world, step=7)
    with pytest.raises(NotPermitted, match="password"):
        do(world, "process_manager", "sign", change_id, fresh=False)
    do(world, "process_manager", "sign", change_id, fresh=True)


def test_a_token_signs_unless_the_centre_says_that_approving_needs_a_person(world: Centre) -> None:
    from kmsvc.operations.usecases import set_option

    change_id = make_change(world, step=7)
    do(world, "process_manager", "sign", change_id, via="token")
    with world.begin("operator") as work:
        set_option(work, "process.change.approval_needs_person", True)
    with pytest.raises(NotPermitted, match="token"):
        do(world, "business_owner", "sign", change_id, via="token")


def test_the_use_cases_themselves_ask_for_the_role_and_the_unit(world: Centre) -> None:
    """Whatever door calls them: an author holds the role of one, an assistant is of a unit the change affects."""
    change_id = make_change(world, process=make_process(world, owner=None))
    for author, owner, field in (("agent", "business_owner", "author"), ("process_author", "agent", "owner")):
        with pytest.raises(InvalidInput) as told, world.begin("process_manager") as work:
            accept(work, change_id, author=author, owner=owner)
        assert list(told.value.fields) == [field]
    second = make_change(world, step=2)
    do(world, "process_author", "record_research", second, present_state="x", affected_unit="TEAM-A")
    play(world, second, to=3)
    for unit, person, field in (("TEAM-B", "agent_b", "unit"), ("TEAM-A", "agent_b", "person")):
        with pytest.raises(InvalidInput) as told, world.begin("process_manager") as work:
            name_assistant(work, second, unit=unit, person=person)
        assert list(told.value.fields) == [field]
    with world.begin("process_manager") as work:
        name_assistant(work, second, unit="TEAM-A", person="agent")
