"""R-E1: a candidate sees what is on the list, and never a trace of anything else."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.training.questions import kinds
from kmsvc.training.questions.facing import SHOWN, facing, shuffled
from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    Credit,
    FillIn,
    Matching,
    Numeric,
    Option,
    OrderCredit,
    Ordering,
    Part,
    Question,
    TrueFalse,
    options_of,
)
from tests.training.questions.strategies import questions

MARKER = "7c3f9e51d20b"
SECRET = {
    Question: {"explanation", "points"}, Choice: {"keys", "several", "credit", "shuffled"}, TrueFalse: {"key"}, Option: {"pinned"},
    FillIn: {"folding"}, Blank: {"accepted", "weight"}, Numeric: {"value", "tolerance", "relative"}, Ordering: {"credit"},
    Matching: {"key"}, kinds.ShortAnswer: {"rubric", "model_answer"}, kinds.FileAnswer: {"rubric", "model_answer"}, Case: set(),
    Part: set(), kinds.Criterion: {"id", "text", "points"}, kinds.Folding: {"case", "width", "spaces", "script"},
}


def test_r_e1_every_field_is_either_shown_or_secret() -> None:
    """A new field must be put on one of the two lists; as long as nobody has, it is not shown."""
    every = {thing for thing in vars(kinds).values() if isinstance(thing, type) and is_dataclass(thing)}
    assert set(SECRET) == every
    for thing in every:
        shown = set(SHOWN.get(thing, ())) - {"kind"}
        assert shown | SECRET[thing] == {one.name for one in fields(thing)}, thing
        assert not shown & SECRET[thing]


def _marked(thing: Any) -> Any:
    """The same thing with the marker in every secret field, whatever its type says; ids that a key must name stay."""
    if isinstance(thing, tuple):
        return tuple(_marked(one) for one in thing)
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    planted = SECRET[type(thing)] - {"several", "shuffled", "pinned"}
    changes = {one.name: MARKER if one.name in planted else _marked(getattr(thing, one.name)) for one in fields(thing)}
    return replace(thing, **changes)


@settings(max_examples=150, deadline=None)
@given(questions())
def test_r_e1_no_secret_leaves_a_trace(question: Question) -> None:
    planted = _marked(question)
    assert MARKER in repr(planted)
    seen = json.dumps(facing(planted, "s"), ensure_ascii=False)
    assert MARKER not in seen
    assert seen == json.dumps(facing(question, "s"), ensure_ascii=False)


@settings(max_examples=60, deadline=None)
@given(questions(cases=False), st.text(max_size=5))
def test_r_e1_the_key_moves_nothing(question: Question, seed: str) -> None:
    """Whatever the key, what is seen is byte for byte the same."""
    body = question.body
    others: list[kinds.Body] = []
    if isinstance(body, Choice):
        others = [replace(body, keys=(one.id,)) for one in body.options]
    elif isinstance(body, TrueFalse):
        others = [TrueFalse(not body.key)]
    elif isinstance(body, Ordering):
        others = [Ordering(tuple(reversed(body.items)))]
    elif isinstance(body, Matching):
        others = [replace(body, rights=tuple(reversed(body.rights)), key=())]
    for other in others:
        assert facing(replace(question, body=other), seed) == facing(question, seed)


def test_what_a_candidate_sees_of_each_kind() -> None:
    a, b, c = options_of(["甲", "乙", "丙"])
    row = [{"id": one.id, "text": one.text} for one in (a, b, c)]
    plain = Choice((a, b, c), (a.id,), credit=Credit.ALL, shuffled=False)
    assert facing(Question("问", plain), "s") == {"kind": "single", "stem": "问", "options": row}
    assert facing(Question("问", replace(plain, several=True)), "s")["kind"] == "multiple"
    assert facing(Question("问", TrueFalse(True)), "s") == {"kind": "true_false", "stem": "问"}
    blanks = Question("[[1]]", FillIn((Blank("1", ("甲",)),)))
    assert facing(blanks, "s") == {"kind": "fill_in", "stem": "[[1]]", "blanks": [{"id": "1"}]}
    assert facing(Question("几", Numeric(Decimal(5), unit="元")), "s") == {"kind": "numeric", "stem": "几", "unit": "元"}
    matching = facing(Question("配", Matching((a, b), (a, b, c), ((a.id, b.id), (b.id, a.id)))), "s")
    assert matching["lefts"] == row[:2] and sorted(map(str, matching["rights"])) == sorted(map(str, row))
    case = facing(Question("景", Case((Part("1", Question("问", TrueFalse(False))),))), "s")
    assert case == {"kind": "case", "stem": "景", "parts": [{"id": "1", "question": {"kind": "true_false", "stem": "问"}}]}


def test_each_person_has_an_order_and_keeps_it() -> None:
    options = options_of([f"选项{n}" for n in range(8)])
    orders = {tuple(one.id for one in shuffled(options, f"person {n}")) for n in range(40)}
    assert len(orders) > 35
    assert shuffled(options, "x") == shuffled(tuple(reversed(options)), "x")
    first = {order[0] for order in orders}
    assert len(first) == 8  # nobody is always on top
    pinned = (*options[:-1], replace(options[-1], pinned=True))
    assert all(shuffled(pinned, f"person {n}")[-1] == pinned[-1] for n in range(20))


def test_parts_of_a_case_have_orders_of_their_own() -> None:
    options = options_of([f"选项{n}" for n in range(8)])
    part = Question("问", Ordering(options, OrderCredit.EXACT))
    seen = facing(Question("景", Case((Part("1", part), Part("2", part)))), "s")["parts"]
    assert seen[0]["question"]["items"] != seen[1]["question"]["items"]
