"""An article taken over keeps the number it always had, and nobody is ever given a number that is taken."""

from __future__ import annotations

import pytest

from kmsvc.core.errors import RuleBroken
from kmsvc.knowledge.articles.usecases import Content, write_article
from tests.support.centre import Centre


def test_a_number_is_kept_and_passed_over_when_its_turn_comes(world: Centre) -> None:
    with world.begin("knowledge_editor") as work:
        first = write_article(work, Content(title="甲", body="甲。")).number
        following = f"KB-{int(first[3:]) + 1:04d}"
        assert write_article(work, Content(title="乙", body="乙。"), number=following).number == following
        assert write_article(work, Content(title="丙", body="丙。")).number == f"KB-{int(first[3:]) + 2:04d}"


def test_a_number_that_is_taken_is_refused(world: Centre) -> None:
    with world.begin("knowledge_editor") as work:
        write_article(work, Content(title="甲", body="甲。"), number="KB-0412")
        with pytest.raises(RuleBroken):
            write_article(work, Content(title="乙", body="乙。"), number="KB-0412")
