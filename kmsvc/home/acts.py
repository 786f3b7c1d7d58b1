"""What one can begin from the palette (Ctrl-K): one line an act, for those who may do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.home.counts import holds_licence


@dataclass(frozen=True)
class Act:
    """An act, the page it begins on, and who may; also: what else finds it, English, full pinyin and initials in small letters.
    licensed: for whoever holds a licence to write, and not the permission."""

    label: str
    href: str
    permission: str
    icon: str
    also: str = ""
    licensed: bool = False


EDIT = "knowledge.article.edit"
ACTS: tuple[Act, ...] = (
    Act(N_("Write an article"), "/knowledge/articles/new", EDIT, "pen", "writearticle newarticle new create xiezhishi xzs xinwenzhang"),
    Act(N_("Hand in an article"), "/knowledge/proposals/new", EDIT, "pen", "handin propose newarticle tijiaozhishi tjzs xiezhishi xzs",
        licensed=True),
    Act(N_("Bring articles in"), "/knowledge/articles/import", EDIT, "doc", "bringarticlesin import upload daoruzhishi drzs"),
    Act(N_("Merge articles"), "/knowledge/reshapes/merge", "knowledge.reshape.do", "branch",
        "mergearticles join hebingzhishi hbzs hebingwenzhang hbwz"),
    Act(N_("Split an article"), "/knowledge/reshapes/split", "knowledge.reshape.do", "branch",
        "splitanarticle chaifenzhishi cfzs chaifenwenzhang cfwz"),
    Act(N_("Send a bulletin"), "/knowledge/bulletins/new", "knowledge.bulletin.send", "bell", "sendabulletin new fagonggao fgg"),
    Act(N_("Write a guided flow"), "/knowledge/flows/new", "knowledge.flow.write", "flow", "writeaguidedflow new xieyindaowenda xydwd"),
    Act(N_("Report a gap: search for it first"), "/search", "knowledge.gap.report", "search",
        "reportagap missing dengjiquekou djqk xiansousuo"),
    Act(N_("Draw contacts to look at"), "/knowledge/alignment/new", "knowledge.alignment.coach", "chart",
        "drawcontacts coach chouqulianluo cqll"),
)


@dataclass(frozen=True)
class DrawnAct:
    """An act as the palette shows it."""

    label: str
    href: str
    icon: str
    also: str


def acts_for(actor: Actor | None) -> Iterator[DrawnAct]:
    """What this person may begin."""
    for one in ACTS:
        if actor is not None and _may(one, actor):
            yield DrawnAct(sentence(one.label), request.script_root + one.href, one.icon, one.also)


def _may(one: Act, actor: Actor) -> bool:
    if one.licensed:
        return not actor.can(one.permission) and holds_licence(actor)
    return actor.can(one.permission)
