"""Scenes and callers as Hypothesis draws them: any, or such as really occur."""

from __future__ import annotations

from hypothesis import strategies as st

from kmsvc.people.roles import Role, granted
from kmsvc.process.changes import rules
from kmsvc.process.changes.rules import Me, Scene

PEOPLE = st.integers(1, 8)
MAYBE = st.none() | PEOPLE
STATES = st.sampled_from(list(rules.State))
OPEN = st.sampled_from([step.state for step in rules.STEPS])
SMALL = st.integers(0, 6)
UNITS = st.frozensets(st.integers(101, 103), max_size=3)


@st.composite
def any_scene(draw: st.DrawFn, states: st.SearchStrategy[str] = STATES) -> Scene:
    """Whatever can be written down, also what never occurs."""
    return Scene(
        state=draw(states), asker_id=draw(MAYBE), author_id=draw(MAYBE), owner_id=draw(MAYBE),
        asked_back=draw(st.booleans()), researched=draw(st.booleans()), units=draw(UNITS),
        assistants=tuple(draw(st.lists(st.tuples(st.integers(101, 103), PEOPLE, st.sampled_from(["named", "accepted"])),
                                       max_size=3))),
        contributors=draw(st.frozensets(PEOPLE, max_size=3)), verdicts=draw(st.frozensets(PEOPLE, max_size=4)),
        open_comments=draw(SMALL), signed=draw(st.dictionaries(st.sampled_from(["manager", "owner"]), PEOPLE, max_size=2)),
        released=draw(st.frozensets(st.sampled_from(["mail", "kb"]))), live_pending=draw(st.booleans()),
        plan_lines=draw(SMALL), unplanned=draw(SMALL), sit_ins=draw(SMALL), samples=draw(SMALL),
        sample_size=draw(st.integers(1, 6)),
        feedback_items=draw(SMALL), unrouted=draw(SMALL), unanswered=draw(SMALL),
        may_confirm_unchanged=draw(st.booleans()), drafted=draw(st.booleans()))


ROLES = st.frozensets(st.sampled_from(list(Role)))


@st.composite
def anybody(draw: st.DrawFn) -> Me:
    """Any person with any roles."""
    return Me(draw(MAYBE), granted(frozenset(draw(ROLES))))


MANAGER, AUTHOR, OWNER, TRAINER, INSPECTOR, EDITOR, ASSISTANT, ASKER = range(1, 9)
CAST = {
    MANAGER: Role.PROCESS_MANAGER, AUTHOR: Role.PROCESS_AUTHOR, OWNER: Role.BUSINESS_OWNER, TRAINER: Role.TRAINER,
    INSPECTOR: Role.QA_INSPECTOR, EDITOR: Role.KNOWLEDGE_EDITOR, ASSISTANT: Role.TEAM_LEADER, ASKER: Role.AGENT,
}
FULL_CAST = tuple(Me(person, granted(frozenset({role}))) for person, role in CAST.items())


@st.composite
def real_scene(draw: st.DrawFn) -> Scene:
    """An open step as it occurs with one right person in each place: what earlier gates asked for is there."""
    state = draw(OPEN)
    number = rules.BY_STATE[state].number
    units = frozenset({101}) if number >= 3 else frozenset(draw(st.sampled_from([(), (101,)])))
    if number > 3:
        assistants: tuple[tuple[int, int, str], ...] = ((101, ASSISTANT, "accepted"),)
    else:
        assistants = draw(st.sampled_from([(), ((101, ASSISTANT, "named"),)])) if number == 3 else ()
    signed = draw(st.sampled_from([{}, {"manager": MANAGER}, {"owner": OWNER}])) if number in (7, 14) else {}
    half = draw(st.sampled_from([(), ("mail",), ("kb",)]))
    released = frozenset(half) if number in (8, 15) else frozenset()
    lines = draw(SMALL) if number >= 9 else 0
    items = draw(SMALL) if number >= 10 else 0
    return Scene(
        state=state, asker_id=ASKER, author_id=AUTHOR if number > 1 else None, owner_id=OWNER,
        asked_back=draw(st.booleans()) if number == 1 else False, researched=number > 2 or draw(st.booleans()), units=units,
        assistants=assistants, contributors=frozenset({AUTHOR}) if number > 4 else frozenset(),
        verdicts=frozenset(draw(st.sampled_from([(), (OWNER,), (ASSISTANT,)]))) if number == 5 else frozenset(),
        open_comments=draw(SMALL) if number in (5, 6) else 0, signed=signed, released=released, plan_lines=lines,
        unplanned=draw(SMALL) if number == 9 else 0, sit_ins=draw(SMALL) if number >= 10 else 0,
        samples=draw(SMALL) if number >= 10 else 0, feedback_items=items,
        unrouted=min(items, draw(SMALL)) if number < 13 else 0, unanswered=min(items, draw(SMALL)) if number >= 10 else 0)
