"""What the pages of articles show: the line of versions, the comparison, the text as a page prints it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.i18n import fmt_date, fmt_when, label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.lists import ArticleLine
from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.knowledge.articles.rules import ArticleState, Confidentiality, Stage, Validity
from kmsvc.knowledge.articles.versions import PublicationLine, VersionLine, blocks_of
from kmsvc.knowledge.scopes.register import by_dimension, register
from kmsvc.markup.pieces import Paint
from kmsvc.markup.render import render, render_blocks
from kmsvc.search.scopes import unpacked
from kmsvc.search.showing import applies_to

BLOCKS = {"say": N_("Say this"), "internal": N_("Internal, not for the customer"), "secret": N_("Secret")}
STATES = {ArticleState.DRAFT: "info", ArticleState.PUBLISHED: "ok", ArticleState.EXPIRED: "bad",
          ArticleState.UPCOMING: "idle", ArticleState.RETIRED: "off"}
KINDS = {"publish": ("ok", N_("Published")), "revert": ("warn", N_("Earlier version brought back")),
         "retire": ("off", N_("Retired"))}


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of a state."""
    state = ArticleState(code)
    return STATES[state], label(state)


STAGES = {Stage.DRAFT: "info", Stage.PUBLISHED: "ok", Stage.RETIRED: "off"}
VALIDITIES = {Validity.UPCOMING: "idle", Validity.IN_FORCE: "ok", Validity.EXPIRED: "bad"}


def stage_mark(code: str) -> tuple[str, str]:
    """Shape and word of a stage."""
    return STAGES[Stage(code)], label(Stage(code))


def validity_mark(code: str) -> tuple[str, str]:
    """Shape and word of a validity."""
    return VALIDITIES[Validity(code)], label(Validity(code))


def counts(stage: str, validity: str) -> bool:
    """Whether a validity is worth a word: what no reader sees, or no longer, is not «in force», whatever days it says."""
    return stage == Stage.PUBLISHED or validity != Validity.IN_FORCE


def page_text(session: Session, actor: Actor, version: ArticleVersion) -> Markup:
    """A version's text as HTML, each block with its id, cut to what this caller may read."""
    return render_blocks(blocks_of(actor, version), attachment_url=address_of(session, actor),
                         labels=block_labels())


def block_labels() -> dict[str, str]:
    """What stands above the blocks that are for some readers only, in the reader's language."""
    return {kind: sentence(text) for kind, text in BLOCKS.items()}


def painter(session: Session, actor: Actor) -> Paint:
    """How the pieces of a comparison are drawn for this caller; they are cut to what may be read before."""
    labels, address = block_labels(), address_of(session, actor)
    return Paint(lambda markdown: render(markdown, attachment_url=address, labels=labels), labels)


def version_rows(article_id: int, lines: Sequence[VersionLine]) -> list[dict[str, Any]]:
    """The line of versions, newest first."""
    found = []
    for line in lines:
        if line.is_live:
            kind, note, span = "ok", sentence(N_("in force")), fmt_when(line.live_from)
        elif line.live_from is not None:
            kind, note = "off", sentence(N_("no longer in force"))
            span = " – ".join(filter(None, (fmt_when(line.live_from), fmt_when(line.live_until))))
        else:
            kind, note, span = "info", sentence(N_("draft")), fmt_when(line.recorded_at)
        found.append({"kind": kind, "title": version_name(line.label), "note": note,
                      "lines": [span, line.author, line.note],
                      "href": f"/knowledge/articles/{article_id}" + ("" if line.is_live else f"/versions/{line.n}")})
    return found


def log_rows(log: Sequence[PublicationLine]) -> list[dict[str, Any]]:
    """The publication log, newest first."""
    found = []
    for line in log:
        kind, word = KINDS.get(line.kind, ("idle", line.kind))
        number = line.new_label or line.old_label
        found.append({"kind": kind, "title": sentence(word), "note": version_name(number) if number else "",
                      "lines": [" · ".join(filter(None, (fmt_when(line.at), line.by))), line.reason]})
    return found


def version_name(number: str) -> str:
    """`V1.0`"""
    return f"V{number}"


def category_name(name: str | None) -> str:
    """A category in the reader's language; those that are process groups have one word in each."""
    return sentence(cards.category_source(name)) if name else ""


def moved(session: Session, old: ArticleVersion, new: ArticleVersion, language: str) -> list[tuple[str, str]]:
    """What two versions say otherwise beside their texts: (what, before and after)."""
    known = register(session)
    before, after = (dict(applies_to(known, unpacked(one.scopes or ""), language)) for one in (old, new))
    everywhere = sentence(N_("Applies everywhere"))
    rows = [(name, before.get(name, everywhere), after.get(name, everywhere)) for name in map(sentence, known.labels.values())]
    rows += [(sentence(word), fmt_date(getattr(old, column)) or "\u2014", fmt_date(getattr(new, column)) or "\u2014")
             for word, column in ((N_("Valid from"), "valid_from"), (N_("Valid to"), "valid_to"))]
    rows.append((sentence(N_("Confidentiality")),
                 label(old.confidentiality, Confidentiality), label(new.confidentiality, Confidentiality)))
    return [(name, f"{one} \u2192 {other}") for name, one, other in rows if one != other]


EXPORT_HEAD = (N_("Number"), N_("Title"), N_("Category"), N_("State"), N_("Validity"), N_("May be said"), N_("Owner"), N_("Version"),
               N_("Valid to"), N_("Product"), N_("Region"), N_("Channel"), N_("Customer type"), N_("Next review"), N_("Changed"))


def export_rows(session: Session, lines: Sequence[ArticleLine], local_day: Any, language: str) -> list[list[Any]]:
    """The list as a table to take away; texts are not in it."""
    known = register(session)
    return [[line.number, line.title, category_name(line.category), stage_mark(line.stage)[1],
             validity_mark(line.validity)[1] if counts(line.stage, line.validity) else "",
             label(line.confidentiality, Confidentiality), line.owner, version_name(line.version_label), line.valid_to,
             *(listed(known.spoken(own, language)) for own in by_dimension(line.marks).values()),
             line.review_on, local_day(line.changed_at)] for line in lines]


def soon(day: date | None, today: date) -> str:
    """`bad` when a day has passed, `warn` within thirty days, else nothing."""
    if day is None:
        return ""
    return "bad" if day < today else "warn" if (day - today).days <= 30 else ""
