"""What comes out of a file of questions, and when two questions are the same but for ids that a format cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, cast

from kmsvc.convert.result import Notice, Picture
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Case,
    Choice,
    Criterion,
    FileAnswer,
    FillIn,
    Matching,
    Option,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    fresh_ids,
)
from kmsvc.training.questions.problems import Problem, problems_of
from kmsvc.training.questions.storing import canonical

DIFFICULTIES = ("easy", "middle", "hard")


@dataclass(frozen=True)
class Place:
    """Where an item stands: row or line from 1, sheet by its name, id as the file gives it."""

    sheet: str = ""
    row: int | None = None
    id: str = ""


@dataclass(frozen=True)
class About:
    """What a file says beside the question. difficulty: one of DIFFICULTIES or ""."""

    number: str = ""
    title: str = ""
    topic: str = ""
    difficulty: str = ""
    tags: tuple[str, ...] = ()


_LEVEL_TAG = "difficulty:"


def tags_with_level(about: About) -> tuple[str, ...]:
    """The tags, and the difficulty as one, for formats that have no other place for it."""
    return (*about.tags, f"{_LEVEL_TAG}{about.difficulty}") if about.difficulty else about.tags


def about_with_tags(about: About, tags: Iterable[str]) -> About:
    """The same with tags, of which one may be the difficulty."""
    every = tuple(dict.fromkeys(one.strip()[:60] for one in tags if one.strip()))
    levels = [one[len(_LEVEL_TAG):] for one in every if one.startswith(_LEVEL_TAG) and one[len(_LEVEL_TAG):] in DIFFICULTIES]
    return replace(about, difficulty=levels[0] if levels else "", tags=tuple(one for one in every if one not in {
        f"{_LEVEL_TAG}{level}" for level in levels}))


@dataclass(frozen=True)
class Taken:
    """A question that has nothing wrong. remarks: codes of what the file said beside it that a question here cannot hold."""

    place: Place
    question: Question
    about: About = About()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class TurnedAway:
    """An item that cannot be taken, with every reason: codes of this package or of `problems`. shown: how it begins."""

    place: Place
    reasons: tuple[Problem, ...]
    shown: str = ""


@dataclass(frozen=True)
class PassedOver:
    """A row or part with content that is no item, and the code why: heading, above_heading, section, number_only, category …"""

    place: Place
    code: str


@dataclass(frozen=True)
class Reading:
    """All that a file holds, in its order; nothing else was in it. reader: how it was read (every.reader_of)."""

    taken: tuple[Taken, ...]
    turned_away: tuple[TurnedAway, ...]
    passed_over: tuple[PassedOver, ...] = ()
    notices: tuple[Notice, ...] = ()
    pictures: tuple[Picture, ...] = ()
    reader: str = ""

    @property
    def count(self) -> int:
        """Everything that was found."""
        return len(self.taken) + len(self.turned_away) + len(self.passed_over)


@dataclass
class Gathering:
    """A reading while it goes on."""

    found: list[Taken | TurnedAway | PassedOver] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def judge(self, place: Place, question: Question, about: About | None = None, remarks: Iterable[str] = ()) -> None:
        """Take a question, or turn it away for everything that is wrong with it."""
        wrong = tuple(problems_of(question))
        self.found.append(TurnedAway(place, wrong, beginning(question.stem)) if wrong else
                          Taken(place, question, about or About(), tuple(dict.fromkeys(remarks))))

    def turn_away(self, place: Place, code: str, shown: str = "", where: str = "", **params: Any) -> None:
        """Refuse an item that is no question at all."""
        self.found.append(TurnedAway(place, (Problem(code, where, params),), beginning(shown)))

    def pass_over(self, place: Place, code: str) -> None:
        """Note something that is no item."""
        self.found.append(PassedOver(place, code))

    def done(self, pictures: Iterable[Picture] = ()) -> Reading:
        """The whole."""
        return Reading(tuple(one for one in self.found if isinstance(one, Taken)),
                       tuple(one for one in self.found if isinstance(one, TurnedAway)),
                       tuple(one for one in self.found if isinstance(one, PassedOver)), tuple(self.notices), tuple(pictures))


class NotUnderstood(Exception):
    """An item that a reader cannot make a question of; the reader turns it away with this code."""

    def __init__(self, code: str, where: str = "", **params: Any) -> None:
        self.code, self.where, self.params = code, where, params
        super().__init__(code)


def beginning(text: str) -> str:
    """The first words, for a list of what was turned away."""
    return " ".join(text.split())[:60]


def with_fresh_ids(question: Question) -> Question:
    """The same question with the ids that its words would get if it were new; blanks, criteria and parts are numbered.

    Keys stand in the order of their options; the right sides of a matching, which nobody sees in an order of their own, by words."""
    body = question.body
    stem = question.stem
    if isinstance(body, Choice):
        options, to = _fresh(body.options)
        order = {one.id: place for place, one in enumerate(options)}
        body = replace(body, options=options, keys=tuple(sorted((to[key] for key in body.keys), key=lambda key: order[key])))
    elif isinstance(body, Ordering):
        body = replace(body, items=_fresh(body.items)[0])
    elif isinstance(body, Matching):
        (lefts, left), (rights, right) = _fresh(body.lefts), _fresh(tuple(sorted(body.rights, key=lambda one: one.text)))
        order = {one.id: place for place, one in enumerate(body.lefts)}
        pairs = sorted(body.key, key=lambda pair: order[pair[0]])
        body = Matching(lefts, rights, tuple((left[one], right[other]) for one, other in pairs))
    elif isinstance(body, FillIn):
        stem, body = _numbered(stem, body)
    elif isinstance(body, ShortAnswer | FileAnswer):
        body = replace(body, rubric=tuple(Criterion(str(place), one.text, one.points) for place, one in enumerate(body.rubric, 1)))
    elif isinstance(body, Case):
        body = Case(tuple(Part(str(place), with_fresh_ids(one.question)) for place, one in enumerate(body.parts, 1)))
    return replace(question, stem=stem, body=body)


def _fresh(options: tuple[Option, ...]) -> tuple[tuple[Option, ...], Mapping[str, str]]:
    ids = fresh_ids(one.text for one in options)
    return (tuple(replace(one, id=name) for one, name in zip(options, ids, strict=True)),
            {one.id: name for one, name in zip(options, ids, strict=True)})


def _numbered(stem: str, body: FillIn) -> tuple[str, FillIn]:
    """Blanks in the order of their marks, numbered from 1."""
    order = list(dict.fromkeys(BLANK_MARK.findall(stem)))
    names = {name: str(place) for place, name in enumerate(order, 1)}
    blanks = sorted(body.blanks, key=lambda one: order.index(one.id))
    return (BLANK_MARK.sub(lambda found: f"[[{names[found[1]]}]]", stem),
            replace(body, blanks=tuple(replace(one, id=names[one.id]) for one in blanks)))


def with_texts(question: Question, to: Callable[[str], str]) -> Question:
    """The same question, each of its Markdown texts put through a function."""

    def options(row: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(replace(one, text=to(one.text)) for one in row)

    body = question.body
    if isinstance(body, Choice):
        body = replace(body, options=options(body.options))
    elif isinstance(body, Ordering):
        body = replace(body, items=options(body.items))
    elif isinstance(body, Matching):
        body = replace(body, lefts=options(body.lefts), rights=options(body.rights))
    elif isinstance(body, ShortAnswer | FileAnswer):
        body = replace(body, model_answer=to(body.model_answer), rubric=tuple(replace(one, text=to(one.text)) for one in body.rubric))
    elif isinstance(body, Case):
        body = Case(tuple(replace(one, question=with_texts(one.question, to)) for one in body.parts))
    return replace(question, stem=to(question.stem), explanation=to(question.explanation), body=body)


def alike(one: Question, other: Question, seen: Callable[[str], str] = str) -> bool:
    """Whether two sound questions are the same but for ids. seen: what counts of a text, all of it unless said otherwise."""
    first, second = (with_fresh_ids(with_texts(each, seen)) for each in (one, other))
    return canonical(first) == canonical(second)


def brought_over(said: Question, held: Question, echo: Question) -> Question:
    """What a file says now, beside what it cannot say of the question that is held. echo: what such a file holds of that one; where
    the file says the same as the echo, the held question stands. Ids are fresh; other kinds are not mixed."""
    new, old, same = (with_fresh_ids(one) for one in (said, held, echo))
    if not (type(new.body) is type(old.body) is type(same.body)):
        return new
    return cast(Question, _merged(new, old, same))


def _merged(new: Any, old: Any, same: Any) -> Any:
    values = {}
    for one in fields(new):
        now, before, could = (getattr(it, one.name) for it in (new, old, same))
        apart = is_dataclass(now) and type(now) is type(before) is type(could)
        values[one.name] = before if now == could else _merged(now, before, could) if apart else now
    return replace(new, **values)


def trial(question: Question, there_and_back: Callable[[Question], Reading], seen: Callable[[str], str] = str) -> list[str]:
    """[] when a sound question comes back the same out of a file with it alone, otherwise the code text_changed."""
    read = there_and_back(question)
    same = len(read.taken) == 1 and not read.turned_away and alike(read.taken[0].question, question, seen)
    return [] if same else ["text_changed"]
