"""What a question of each kind is made of. Texts are Markdown; a picture is named in it as `attachment:` and its SHA-256.

What a candidate may choose has an id of its own that never changes with its words or its place, and that says nothing about
the key: results and stored answers name ids, never places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from kmsvc.core.texts import N_, Labelled
from kmsvc.markup.render import attachments

OPTION_ID = re.compile(r"[0-9a-f]{12}")
BLANK_MARK = re.compile(r"\[\[([A-Za-z0-9]{1,12})\]\]")
"""where a blank stands in a stem: `[[1]]` for the blank with the id 1"""


class Kind(Labelled):
    """The question types."""

    SINGLE = "single", N_("Single choice")
    MULTIPLE = "multiple", N_("Multiple choice")
    TRUE_FALSE = "true_false", N_("True or false")
    FILL_IN = "fill_in", N_("Fill in")
    NUMERIC = "numeric", N_("Numeric answer")
    ORDERING = "ordering", N_("Put in order")
    MATCHING = "matching", N_("Match")
    SHORT_ANSWER = "short_answer", N_("Short answer")
    CASE = "case", N_("Case with questions")
    FILE = "file", N_("File handed in")


class Credit(Labelled):
    """What a multiple choice is worth that is not quite right."""

    ALL = "all", N_("Nothing unless all is right")
    LESS_WRONG = "less_wrong", N_("A share for each right one, less a share for each wrong one")
    IF_NONE_WRONG = "if_none_wrong", N_("A share for each right one, nothing once a wrong one is chosen")
    HALF_IF_MISSED = "half_if_missed", N_("Half when some are missed, nothing once a wrong one is chosen")


class OrderCredit(Labelled):
    """What an order is worth that is not quite right."""

    EXACT = "exact", N_("Nothing unless all is right")
    NEIGHBOURS = "neighbours", N_("A share for each two that follow each other rightly")


@dataclass(frozen=True)
class Option:
    """Something to choose, order or match. pinned: keeps its place when others are shuffled, as "all of these" must."""

    id: str
    text: str
    pinned: bool = False


@dataclass(frozen=True)
class Choice:
    """Single choice, or multiple when `several`. keys: ids of the right options. shuffled: the order differs from person to
    person."""

    options: tuple[Option, ...]
    keys: tuple[str, ...]
    several: bool = False
    credit: Credit = Credit.IF_NONE_WRONG
    shuffled: bool = True


@dataclass(frozen=True)
class TrueFalse:
    """A statement. key: None while nobody has said whether it is true."""

    key: bool | None


@dataclass(frozen=True)
class Folding:
    """Differences that do not count when a filled-in text is compared: case, full or half width, spaces, traditional script."""

    case: bool = True
    width: bool = True
    spaces: bool = True
    script: bool = False


@dataclass(frozen=True)
class Blank:
    """One blank: the texts it accepts, word for word but for the folding, and its share of the points beside the others'."""

    id: str
    accepted: tuple[str, ...]
    weight: int = 1


@dataclass(frozen=True)
class FillIn:
    """Blanks in the stem, each where its mark stands (BLANK_MARK)."""

    blanks: tuple[Blank, ...]
    folding: Folding = Folding()


@dataclass(frozen=True)
class Numeric:
    """A number. tolerance: the most it may differ, as a number or, when `relative`, as a share of the value (0.05 is 5 %).
    unit: shown behind the field; an answer may repeat it."""

    value: Decimal | None
    tolerance: Decimal = Decimal(0)
    relative: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Ordering:
    """Items in their right order."""

    items: tuple[Option, ...]
    credit: OrderCredit = OrderCredit.EXACT


@dataclass(frozen=True)
class Matching:
    """key: (id on the left, id on the right). A right side that no pair names is a distractor; two pairs may share one."""

    lefts: tuple[Option, ...]
    rights: tuple[Option, ...]
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric: what is looked for and the most points it gives."""

    id: str
    text: str
    points: Decimal


@dataclass(frozen=True)
class ShortAnswer:
    """A text that a person marks. longest: most characters of an answer, 0 for no bound of its own."""

    rubric: tuple[Criterion, ...] = ()
    model_answer: str = ""
    longest: int = 0


@dataclass(frozen=True)
class FileAnswer:
    """A file that a person marks. types: extensions that are taken; none means all that the house takes."""

    rubric: tuple[Criterion, ...] = ()
    model_answer: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A question under a case; its points are its share of the points of the case."""

    id: str
    question: Question


@dataclass(frozen=True)
class Case:
    """A situation, told in the stem, and questions about it. A part is never a case."""

    parts: tuple[Part, ...]


Body = Choice | TrueFalse | FillIn | Numeric | Ordering | Matching | ShortAnswer | FileAnswer | Case
_KINDS = {TrueFalse: Kind.TRUE_FALSE, FillIn: Kind.FILL_IN, Numeric: Kind.NUMERIC, Ordering: Kind.ORDERING,
          Matching: Kind.MATCHING, ShortAnswer: Kind.SHORT_ANSWER, FileAnswer: Kind.FILE, Case: Kind.CASE}
MANUAL = frozenset({Kind.SHORT_ANSWER, Kind.FILE})
"""kinds that a person marks"""


@dataclass(frozen=True)
class Question:
    """A question of any kind. explanation: shown when results may be seen. points: what it is worth where a paper says nothing
    else; of two decimals at most."""

    stem: str
    body: Body
    explanation: str = ""
    points: Decimal = field(default=Decimal(1))

    @property
    def kind(self) -> Kind:
        """The kind, from the body."""
        if isinstance(self.body, Choice):
            return Kind.MULTIPLE if self.body.several else Kind.SINGLE
        return _KINDS[type(self.body)]


def fresh_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Ids for new options: they follow from the words alone, so that neither their order nor the key can be read from them.

    Equal words get different ids."""
    seen: dict[str, int] = {}
    made = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        made.append(hashlib.sha256(f"{seen[text]}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12])
    return tuple(made)


def options_of(texts: Iterable[str]) -> tuple[Option, ...]:
    """New options with these words."""
    words = tuple(texts)
    return tuple(Option(one, text) for one, text in zip(fresh_ids(words), words, strict=True))


def with_parts(question: Question) -> Iterator[tuple[str, Question]]:
    """("", the question), then (id of a part, its question) for each part of a case."""
    yield "", question
    if isinstance(question.body, Case):
        yield from ((part.id, part.question) for part in question.body.parts)


def texts_of(question: Question) -> Iterator[tuple[str, str]]:
    """(where, Markdown) for each text of one question, without those of its parts: `stem`, `options/2`, `rubric/1` …"""
    body = question.body
    yield "stem", question.stem
    rows: dict[str, tuple[Option | Criterion, ...]] = {}
    if isinstance(body, Choice):
        rows = {"options": body.options}
    elif isinstance(body, Ordering):
        rows = {"items": body.items}
    elif isinstance(body, Matching):
        rows = {"lefts": body.lefts, "rights": body.rights}
    elif isinstance(body, ShortAnswer | FileAnswer):
        yield "model_answer", body.model_answer
        rows = {"rubric": body.rubric}
    for name, its in rows.items():
        yield from ((f"{name}/{place}", one.text) for place, one in enumerate(its, 1))
    yield "explanation", question.explanation


def pictures_of(question: Question) -> tuple[str, ...]:
    """SHA-256 of every attachment that a text of the question or of its parts names, once each."""
    return tuple(dict.fromkeys(sha for _, one in with_parts(question) for _, text in texts_of(one) for sha in attachments(text)))
