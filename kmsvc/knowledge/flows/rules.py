"""What a guided flow is made of, what must be right before it is published, and where a path of choices leads: pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kmsvc.core.texts import N_, Labelled


class FlowState(Labelled):
    """Where a guided flow stands for its readers."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Published")
    RETIRED = "retired", N_("Retired")


class WalkEnd(Labelled):
    """How a walk through a guided flow ended."""

    OUTCOME = "outcome", N_("Came to an outcome")
    NONE = "none", N_("None of these")
    LEFT = "left", N_("Left half-way")
    GOING = "going", N_("Going on")


MOST_CHOICES = 9
MOST_NODES = 200
LONGEST = {"title": 200, "summary": 500, "question": 200, "choice": 120, "text": 2000, "body": 60_000, "key": 40, "aliases": 100}
NONE_OF_THESE = 0
"""The choice every question offers beside its own: nothing fits."""
LEFT_AFTER = timedelta(minutes=30)
"""A walk without a choice for so long was left."""


@dataclass(frozen=True)
class Choice:
    """What may be answered, and the key of the node it leads to."""

    text: str
    to: str


@dataclass(frozen=True)
class Node:
    """A question with choices, or an outcome. text: a note for the agent below a question, what is to be said at an outcome
    (Markdown); link: number of the article or process an outcome points to."""

    key: str
    title: str
    ends: bool = False
    text: str = ""
    choices: tuple[Choice, ...] = ()
    link: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that must be mended before publishing. where: the key of the node, `key/2` for its second choice, `L12` for a
    line of the text."""

    where: str
    sentence: str


def problems_of(nodes: Sequence[Node]) -> list[Problem]:
    """All that is wrong with the nodes of a flow, in their order."""
    if not any(not node.ends for node in nodes):
        return [Problem("", N_("A flow needs a question to begin with."))]
    found: list[Problem] = []
    if len(nodes) > MOST_NODES:
        found.append(Problem("", N_("These are too many questions and outcomes for one flow; make two of it.")))
    if nodes[0].ends:
        found.append(Problem(nodes[0].key, N_("A flow begins with a question; put the outcomes below.")))
    known = {node.key: node for node in nodes}
    reached, leaving = reachable(nodes), with_exit(nodes)
    seen: set[str] = set()
    for node in nodes:
        if node.key in seen:
            found.append(Problem(node.key, N_("Two nodes have this name.")))
        seen.add(node.key)
        found += _problems_of_node(node, known)
        if node.key not in reached:
            found.append(Problem(node.key, N_("No choice leads here.")))
        if node.key not in leaving and node.choices:
            found.append(Problem(node.key, N_("From here no outcome can be reached.")))
    return found


def _problems_of_node(node: Node, known: Mapping[str, Node]) -> Iterable[Problem]:
    if not node.title:
        yield Problem(node.key, N_("Its words are missing."))
    if len(node.title) > LONGEST["question"] or len(node.text) > LONGEST["text"]:
        yield Problem(node.key, N_("Its words are too long."))
    if node.ends:
        return
    if not node.choices:
        yield Problem(node.key, N_("This question has no choices."))
    if len(node.choices) > MOST_CHOICES:
        yield Problem(node.key, N_("A question has nine choices at most, one for each key."))
    for n, choice in enumerate(node.choices, 1):
        if not choice.text:
            yield Problem(f"{node.key}/{n}", N_("Its words are missing."))
        if len(choice.text) > LONGEST["choice"]:
            yield Problem(f"{node.key}/{n}", N_("Its words are too long."))
        if choice.to not in known:
            yield Problem(f"{node.key}/{n}", N_("This choice leads nowhere: there is no node of that name."))
    if len({choice.text for choice in node.choices}) < len(node.choices):
        yield Problem(node.key, N_("Two choices have the same words."))


def reachable(nodes: Sequence[Node]) -> frozenset[str]:
    """Keys of the nodes that choices lead to from the first one."""
    known = _by_key(nodes)
    seen: set[str] = set()
    waiting = [nodes[0].key] if nodes else []
    while waiting:
        key = waiting.pop()
        if key in known and key not in seen:
            seen.add(key)
            waiting += [choice.to for choice in known[key].choices]
    return frozenset(seen)


def with_exit(nodes: Sequence[Node]) -> frozenset[str]:
    """Keys of the nodes from which some choices lead to an outcome."""
    known = _by_key(nodes)
    before: dict[str, set[str]] = {}
    for node in known.values():
        for choice in node.choices:
            before.setdefault(choice.to, set()).add(node.key)
    seen = {key for key, node in known.items() if node.ends}
    waiting = list(seen)
    while waiting:
        for key in before.get(waiting.pop(), ()):
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return frozenset(seen)


def _by_key(nodes: Sequence[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in nodes:
        found.setdefault(node.key, node)
    return found


@dataclass(frozen=True)
class Stop:
    """One question on the way. position: how many came before; choice: what was answered, None where the walk stands."""

    position: int
    node: Node
    choice: int | None = None

    @property
    def answer(self) -> str:
        """The words that were chosen; nothing for «none of these»."""
        return self.node.choices[self.choice - 1].text if self.choice else ""


class BadChoice(ValueError):
    """The question has no such choice."""


def trail(nodes: Sequence[Node], choices: Sequence[int]) -> list[Stop]:
    """The stops of a path, the last one being where it stands. BadChoice where a choice does not exist or comes after an end."""
    known = _by_key(nodes)
    node, stops = nodes[0], []
    for position, choice in enumerate(choices):
        if node.ends or not 0 <= choice <= len(node.choices) or (choice == NONE_OF_THESE and position < len(choices) - 1):
            raise BadChoice
        stops.append(Stop(position, node, choice))
        if choice == NONE_OF_THESE:
            return stops
        if node.choices[choice - 1].to not in known:
            raise BadChoice
        node = known[node.choices[choice - 1].to]
    return [*stops, Stop(len(choices), node)]


def end_of(stops: Sequence[Stop]) -> WalkEnd | None:
    """How a path has ended by itself; None while a question is open."""
    last = stops[-1]
    if last.choice == NONE_OF_THESE:
        return WalkEnd.NONE
    return WalkEnd.OUTCOME if last.node.ends else None


def standing(ended: str | None, last_at: datetime, now: datetime) -> WalkEnd:
    """How a walk stands at an instant."""
    if ended is not None:
        return WalkEnd(ended)
    return WalkEnd.LEFT if now - last_at >= LEFT_AFTER else WalkEnd.GOING


def state_of(*, published: bool, retired: bool) -> FlowState:
    """Where a flow stands."""
    return FlowState.RETIRED if retired else FlowState.PUBLISHED if published else FlowState.DRAFT


def fits_audience(audience: int | None, above: Collection[int], wanted: int | None) -> bool:
    """Whether everybody a flow is for may read a thing with this audience. above: every audience to
    which all of the flow's readers belong."""
    return wanted is None or (audience is not None and wanted in above)
