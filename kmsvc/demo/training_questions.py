"""The question bank of the demo: written by the trainer, linked to the processes in force, one doubted and put back, one withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.demo.content.questions import ABOUT, BANK, questions
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.citations.texts import TEXTS
from kmsvc.process.definitions.models import Process
from kmsvc.training.questions import banks, usecases
from kmsvc.training.questions.usecases import Around

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
AUTHOR = "fangyuan"


def asked(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """Written nearly a month ago; one is doubted and found right, one is withdrawn."""
    return [_played(stage)]


def _played(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    ids: list[int] = []
    yield stage.at(28, 9, 30), lambda now: ids.extend(_write(stage, now))
    yield stage.at(6, 15, 0), lambda now: _doubt(stage, ids, now)
    yield stage.at(5, 9, 20), lambda now: _settle(stage, ids, now)


def _write(stage: Stage, now: datetime) -> list[int]:
    ids = []
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        bank = banks.make_bank(work, BANK, about=ABOUT)
        processes = {row.number: row for row in work.session.scalars(select(Process).order_by(Process.id))}
        topics: dict[str, int | None] = {}
        blocks: dict[tuple[str, str], str | None] = {}
        for text in questions():
            if text.topic not in topics:
                topics[text.topic] = banks.topic_of_path(work, text.topic)
            process = processes.get(text.process)
            refs = []
            if process is not None and process.published_version_id is not None:
                place = (text.process, text.step)
                if place not in blocks:
                    blocks[place] = _block(work.session, process, text.step)
                refs = [Ref("process", process.id, blocks[place])] if blocks[place] else []
            row = usecases.write_question(work, bank.id, text.question, Around(
                topic_id=topics[text.topic], band=text.band, process_id=process.id if process is not None else None,
                process_step=text.step, refs=refs or None), active=True)
            ids.append(row.id)
    return ids


def _block(session: object, process: Process, step: str) -> str | None:
    """The paragraph that stands under this heading of the text in force."""
    found = TEXTS["process"].text(session, process.id, process.published_version_id)  # type: ignore[arg-type]
    after = False
    for one in found.blocks if found is not None else ():
        if after and one.kind != "heading":
            return one.id
        after = one.kind == "heading" and one.text.lstrip("# ").strip() == step
    return None


def _doubt(stage: Stage, ids: list[int], now: datetime) -> None:
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        usecases.flag(work, ids[3], note="两个选项看起来都对")
        usecases.flag(work, ids[5], note="口径可能已变，等账务确认")


def _settle(stage: Stage, ids: list[int], now: datetime) -> None:
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        usecases.unflag(work, ids[3], note="核对流程原文，答案无误")
        usecases.withdraw(work, ids[-1], reason="与另一题重复")
