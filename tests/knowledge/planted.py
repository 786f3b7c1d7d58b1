"""Texts with marked words that must never reach a person who may not read them, one mark for each way to be hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import (
    Content,
    edit_article,
    keep_article,
    retire_article,
    write_article,
)
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.usecases import plan_publication, retire_process, write_version
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

# Words no page, catalogue or other text holds.
SECRET_BLOCK, SECRET_SUMMARY, SECRET_TITLE, SECRET_BODY = "qzblock", "qzsummary", "qztitle", "qzbody"
OTHER_UNIT, DRAFT, RETIRED_DRAFT, ONCE_OPEN, ONCE_SECRET = "qzunit", "qzdraft", "qzretdraft", "qzonceopen", "qzoncesecret"
PROCESS_BLOCK, PROCESS_UNIT, PROCESS_DRAFT, PROCESS_NEXT = "qzprocblock", "qzprocunit", "qzprocdraft", "qzprocnext"
HIDDEN = (SECRET_BLOCK, SECRET_SUMMARY, SECRET_TITLE, SECRET_BODY, OTHER_UNIT, DRAFT, RETIRED_DRAFT, ONCE_OPEN, ONCE_SECRET,
          PROCESS_BLOCK, PROCESS_UNIT, PROCESS_DRAFT, PROCESS_NEXT)


@dataclass
class Planted:
    """Ids of what stands open with something hidden inside, and of what is not there at all for an agent of TEAM-A."""

    open_articles: dict[str, int] = field(default_factory=dict)
    hidden_articles: dict[str, int] = field(default_factory=dict)
    open_processes: dict[str, int] = field(default_factory=dict)
    hidden_processes: dict[str, int] = field(default_factory=dict)


def _edit(world: Centre, article: Article, *, publish: bool = True, **content: str) -> None:
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(**{"title": "改签口径", **content}), publish=publish)  # type: ignore[arg-type]


def plant(world: Centre) -> Planted:
    """Everything at once, with the search index level."""
    found = Planted()
    blocks = make_article(world, title="退票手续费", summary=f"一句话。\n:::secret\n{SECRET_SUMMARY}\n:::", body=(
        f"收取百分之五。\n\n:::say\n您好，手续费是百分之五。\n:::\n\n:::internal\n只给同事看的话。\n:::\n\n"
        f":::secret\n{SECRET_BLOCK} 底线\n:::"))
    _edit(world, blocks, title="退票手续费", body=(
        f"收取百分之六。\n\n:::say\n您好，手续费是百分之六。\n:::\n\n:::secret\n{SECRET_BLOCK} 新的底线\n:::"))
    found.open_articles["blocks"] = blocks.id
    found.hidden_articles["secret"] = make_article(world, title=f"{SECRET_TITLE}口径", body=f"{SECRET_BODY}正文",
                                                   confidentiality="secret").id
    found.hidden_articles["other unit"] = make_article(world, title=f"{OTHER_UNIT}口径", body=OTHER_UNIT, unit="TEAM-B").id
    found.hidden_articles["draft"] = make_article(world, title=f"{DRAFT}口径", body=DRAFT, publish=False).id
    retired = make_article(world, title="旧的改签口径", body="已经不用的说法。")
    _edit(world, retired, title="旧的改签口径", body=RETIRED_DRAFT, publish=False)
    with world.begin("knowledge_editor") as work:
        retire_article(work, retired.id, reason="不用了")
    found.open_articles["retired"] = retired.id
    with world.begin("knowledge_editor") as work:
        never = write_article(work, Content(title=f"{DRAFT}废稿", body=DRAFT))
    with world.begin("knowledge_editor") as work:
        retire_article(work, never.id, reason="没用过")
    found.hidden_articles["retired draft"] = never.id
    closed = make_article(world, title="改签口径", body=ONCE_OPEN)
    _edit(world, closed, body=f"{ONCE_OPEN} 现在保密", confidentiality="secret")
    found.hidden_articles["secret by now"] = closed.id
    opened = make_article(world, title="改签口径", body=ONCE_SECRET, confidentiality="secret")
    _edit(world, opened, body="现在可以说。")
    found.open_articles["secret once"] = opened.id
    moved = make_article(world, title="改签口径", body=OTHER_UNIT)
    with world.begin("knowledge_editor") as work:
        keep_article(work, moved.id, owner_id=None, audience_unit_id=world.units["TEAM-B"], reason="只给二组")
    found.hidden_articles["moved away"] = moved.id
    _plant_processes(world, found)
    world.drain()
    return found


def _next(world: Centre, process: Process, body: str, *, live: bool) -> None:
    with world.begin("process_manager") as work:
        row = work.get(Process, process.id, lock=True)
        work.because("test")
        from kmsvc.process.definitions.permissions import MANAGE_PROCESS

        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name=row.name, purpose="目的", body=body, final=live, change_id=None)
        if live:
            plan_publication(work, row, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today,
                             change_id=None, release_round=None)


def _plant_processes(world: Centre, found: Planted) -> None:
    blocks = make_process(world, name="押金流程", body=f"# 押金\n\n先核对。\n\n:::secret\n{PROCESS_BLOCK}\n:::")
    _next(world, blocks, f"# 押金\n\n先核对身份。\n\n:::secret\n{PROCESS_BLOCK} 新\n:::", live=True)
    _next(world, blocks, f"# 押金\n\n{PROCESS_NEXT}", live=False)
    found.open_processes["blocks"] = blocks.id
    found.hidden_processes["other unit"] = make_process(world, name=f"{PROCESS_UNIT}流程", body=PROCESS_UNIT,
                                                        unit="TEAM-B").id
    draft = make_process(world, name=f"{PROCESS_DRAFT}流程", body=PROCESS_DRAFT, published=False)
    _next(world, draft, PROCESS_DRAFT, live=False)
    found.hidden_processes["draft"] = draft.id
    never = make_process(world, name=f"{PROCESS_DRAFT}废稿", body=PROCESS_DRAFT, published=False)
    with world.begin("process_manager") as work:
        retire_process(work, never.id, reason="没用过", today=world.clock.today)
    found.hidden_processes["retired draft"] = never.id
