"""Properties of the fifteen steps: the pure table, whoever asks and whatever the scene."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.process.changes import rules
from kmsvc.process.changes.rules import BY_STATE, ENDS, STEPS, VERBS, Me, Scene, State
from tests.process.changes.strategies import CAST, FULL_CAST, OPEN, PEOPLE, any_scene, anybody, real_scene

BACKWARD = {
    # where the domain lets a request go back to, step by step, and how it may end; nothing else
    2: {1}, 6: {5}, 7: {6}, 10: {9, 13}, 11: {9}, 13: {4}, 14: {13},
}
ENDINGS = {
    1: {State.REJECTED, State.WITHDRAWN}, 2: {State.CLOSED_NO_NEED, State.WITHDRAWN}, 3: {State.WITHDRAWN},
    4: {State.WITHDRAWN}, 5: {State.WITHDRAWN}, 6: {State.WITHDRAWN}, 7: {State.WITHDRAWN}, 15: {State.RELEASED2},
}


def test_the_fifteen_steps_stand_in_the_order_of_the_source() -> None:
    assert [step.number for step in STEPS] == list(range(1, 16))
    assert [step.state.value for step in STEPS] == [
        "received", "research", "assisting", "drafting", "initial_review", "correcting", "final1", "releasing1", "training",
        "sitin", "live_check", "qa_feedback", "updating", "final2", "releasing2"]
    assert {state.value for state in ENDS} == {"released2", "rejected", "withdrawn", "closed_no_need"}


@given(any_scene(), anybody())
def test_r_w1_no_verb_skips_a_step_and_sending_back_lands_only_where_it_may(scene: Scene, me: Me) -> None:
    for verb in rules.offered(scene, me):
        target = verb.to(scene)
        if target is None or target == scene.state:
            continue
        if target in ENDS:
            assert target in ENDINGS.get(scene.step, set()), verb.name
        elif BY_STATE[target].number > scene.step:
            jump = BY_STATE[target].number - scene.step
            # step 13 after an unclear text is a way back of the source: all that lies between is recorded already
            assert jump == 1 or (verb.name, scene.step, target) == ("text_unclear", 10, State.UPDATING), verb.name
        else:
            assert BY_STATE[target].number in BACKWARD.get(scene.step, set()), verb.name
            assert verb.back


@given(any_scene(), anybody())
def test_a_text_found_unclear_reaches_step_13_only_when_each_step_between_has_its_record(scene: Scene, me: Me) -> None:
    if any(verb.name == "text_unclear" for verb in rules.offered(scene, me)):
        assert scene.sit_ins > 0
        assert scene.samples >= scene.sample_size
        assert scene.feedback_items > 0
        assert scene.unrouted == 0


@given(real_scene())
def test_every_open_state_has_somebody_with_a_forward_verb(scene: Scene) -> None:
    able = [(me.person_id, verb.name) for me in FULL_CAST for verb in rules.offered(scene, me) if verb.forward(scene)]
    assert able, scene


@given(any_scene(), anybody())
def test_r_w2_signing_is_never_offered_to_who_wrote_a_version(scene: Scene, me: Me) -> None:
    if me.person_id is None or me.person_id in scene.contributors or me.person_id == scene.author_id:
        assert not rules.may(scene, me, "sign")
        assert not rules.may(scene, me, "return_final")
        assert rules.capacity(scene, me) is None


@given(any_scene(OPEN), anybody())
def test_r_w2_one_person_fills_one_place(scene: Scene, me: Me) -> None:
    place = rules.capacity(scene, me)
    if place is not None:
        assert place not in scene.signed
        assert me.person_id not in scene.signed.values()
        assert (place == "owner") == (me.person_id == scene.owner_id)


@given(any_scene(), anybody(), st.sampled_from(sorted(VERBS)))
def test_a_verb_is_offered_exactly_when_it_may_be_done(scene: Scene, me: Me, name: str) -> None:
    assert rules.may(scene, me, name) == (name in {verb.name for verb in rules.offered(scene, me)})
    if not rules.may(scene, me, name):
        assert rules.why_not(scene, me, name)


@given(any_scene(st.sampled_from(sorted(ENDS))), anybody())
def test_nothing_can_be_done_to_a_closed_request(scene: Scene, me: Me) -> None:
    assert list(rules.offered(scene, me)) == []


@given(any_scene(OPEN), PEOPLE)
def test_a_person_without_a_role_changes_nothing_but_an_own_part(scene: Scene, person: int) -> None:
    stranger = Me(person + 100, frozenset())
    assert list(rules.offered(scene, stranger)) == []


@pytest.mark.parametrize("act", ["mail", "kb"])
@pytest.mark.parametrize("state", [State.RELEASING1, State.RELEASING2])
def test_a_release_needs_both_acts(state: State, act: str) -> None:
    half = Scene(state=state, released=frozenset({act}))
    assert VERBS["release_mail"].to(half) is None
    done = replace(half, released=frozenset({"mail", "kb"}))
    assert VERBS["release_mail"].to(done) == (State.TRAINING if state == State.RELEASING1 else State.RELEASED2)


def test_a_second_release_that_waits_for_its_day_keeps_step_15_open() -> None:
    scene = Scene(state=State.RELEASING2, released=frozenset({"mail", "kb"}), live_pending=True)
    assert VERBS["release_kb"].to(scene) is None


@given(real_scene())
def test_the_author_alone_never_passes_an_approval(scene: Scene) -> None:
    everything = Me(scene.author_id, frozenset().union(*(me.permissions for me in FULL_CAST)))
    if scene.step in (7, 14):
        assert not any(verb.forward(scene) for verb in rules.offered(scene, everything))


def test_the_cast_of_these_properties_has_one_person_a_place() -> None:
    assert len(CAST) == len(set(CAST.values())) == 8
