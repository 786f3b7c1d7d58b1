"""The demo's answers have the form of answers, whatever is asked, and are right as often as they are meant to be."""

from __future__ import annotations

import random

import pytest

from kmsvc.demo.training_sittings import answer_to
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.scoring import Verdict, score
from kmsvc.training.sittings.shapes import wrong_form
from tests.training.sittings.exams import EVERY_KIND


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda one: one.kind.value)
def test_answers_of_the_demo_are_answers(question: Question) -> None:
    lot = random.Random(1)
    for skill in (0.0, 0.5, 1.0):
        for _ in range(20):
            assert wrong_form(question, answer_to(question, lot, skill)) is None
    known = score(question, answer_to(question, lot, 1.0)).verdict
    assert known in (Verdict.RIGHT, Verdict.MANUAL, Verdict.UNANSWERED)
