"""Guided flows of the demo are published, and agents walk them through the last weeks."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.demo.content.flows import FlowText, PathText, flows
from kmsvc.knowledge.flows.models import Flow, FlowStep, FlowVersion, FlowWalk
from kmsvc.knowledge.flows.rules import end_of, trail
from kmsvc.knowledge.flows.usecases import Draft, new_flow
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.people.system import OPERATOR

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
EDITOR = "hemiao"
WEEKS = 4


def published(stage: Stage, numbers: Mapping[str, str], shown_since: Mapping[str, int]) -> list[Iterator[tuple[datetime, Told]]]:
    """All flows, each a thread of its own. numbers: title -> number of the articles in force; shown_since: for how many days."""
    return [_publish(stage, text, {title: number for title, number in numbers.items()
                                   if shown_since.get(number, 0) > text.days_ago}) for text in flows()]


def _publish(stage: Stage, text: FlowText, numbers: Mapping[str, str]) -> Iterator[tuple[datetime, Told]]:
    def link(found: re.Match[str]) -> str:
        return f"\nlink: {numbers[found[1]]}" if found[1] in numbers else ""

    def write(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(EDITOR), now) as work:
            new_flow(work, Draft(title=text.title, body=re.sub(r"\nlink: (.*)", link, text.body), summary=text.summary,
                                 aliases=text.aliases, language=text.language, confidentiality=text.confidentiality), publish=True)
    yield stage.at(text.days_ago, 16, 40), write


def walked(stage: Stage, seed: int) -> None:
    """The walks of the last weeks; like searches they are a log, and inserted together."""
    rng = random.Random(f"walks {seed}")
    agents = [actor for login, actor in sorted(stage.actors.items()) if actor.roles == frozenset({"agent"})]
    with stage.quiet.begin(OPERATOR, stage.now) as work:
        for text in flows():
            version = work.session.scalars(select(FlowVersion).join(Flow, Flow.published_version_id == FlowVersion.id).where(
                FlowVersion.title == text.title)).one()
            for path in text.paths:
                for _ in range(path.times):
                    days_ago = rng.randint(0, min(text.days_ago - 1, WEEKS * 7))
                    began = min(stage.at(days_ago, rng.randint(8, 19), rng.randint(0, 59)), stage.now - timedelta(hours=1))
                    agent = rng.choice(agents)
                    _walk(work, version, path, began, (agent.person_id, agent.unit_id), rng)


def _walk(work: Work, version: FlowVersion, path: PathText, began: datetime, who: tuple[int | None, int | None],
          rng: random.Random) -> None:
    stops, at = trail(from_json(version.nodes), path.choices), began
    walk = FlowWalk(flow_id=version.flow_id, version_id=version.id, person_id=who[0], unit_id=who[1], began_at=began, last_at=began,
                    ended=end_of(stops), last_node=stops[-1].node.key,
                    contact=f"C{began:%m%d}{rng.randint(1000, 9999)}" if rng.random() < 0.4 else None)
    work.session.add(walk)
    work.session.flush()
    for stop in stops:
        if stop.choice is not None:
            shown, at = at, at + timedelta(seconds=round(path.seconds * rng.uniform(0.5, 1.8)))
            work.session.add(FlowStep(walk_id=walk.id, position=stop.position, node=stop.node.key, choice=stop.choice, shown_at=shown,
                                      at=at, taken_back=False))
    walk.last_at = at
