"""What the doors of exams share: people named by words, the acts on people, markers named by login."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.naming import Among, one_called
from kmsvc.training.exams import usecases
from kmsvc.training.exams.finding import found_by
from kmsvc.training.exams.lists import RowTold, add_listed
from kmsvc.training.exams.people import Added


def add_by_rule(work: Work, exam_id: int, rule: str, value: str, today: Any, say: Callable[[str], str] = str) -> tuple[Added, str]:
    """Let everybody a rule finds sit an exam."""
    found, words = found_by(work.session, rule, str(value), today, say)
    return usecases.add_candidates(work, exam_id, found, because=words), words


def add_named(work: Work, exam_id: int, words: Sequence[str], because: str) -> list[RowTold]:
    """Let people named by login or name sit an exam; every row is told of."""
    if not words:
        raise InvalidInput({"people": [N_("Name at least one person.")]})
    return add_listed(work, exam_id, list(enumerate(words, 1)), because=because)


def people_in(work: Work, words: Sequence[str] | None, field: str = "people") -> list[int]:
    """Ids of persons named by account, name or id; InvalidInput names the first that is nobody."""
    return [one_called(work.session, one, Among.EVERYBODY, field=field, ids=True).id for one in words or ()]


def act_on_people(work: Work, exam_id: int, verb: str, data: Mapping[str, Any]) -> int:
    """remove or make_up with loaded inputs; how many it was."""
    people = people_in(work, data["people"])
    if not people:
        raise InvalidInput({"people": [N_("Name at least one person.")]})
    if verb == "remove":
        return usecases.remove_candidates(work, exam_id, people, reason=data["reason"])
    return usecases.move_to_make_up(work, exam_id, people, reason=data["reason"], back=bool(data.get("back")))
