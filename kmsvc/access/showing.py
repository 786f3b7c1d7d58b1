"""What pages show of secret text, and of the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from kmsvc.access.queries import AccessLine
from kmsvc.access.rules import Act, Place
from kmsvc.core import cards
from kmsvc.core.cards import SecretText
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import render

MARKS = {Act.SEEN: "idle", Act.COPY_REFUSED: "bad", Act.PRINTED: "info", Act.PRINT_REFUSED: "bad"}
BLOCKS = {"say": N_("Say this"), "internal": N_("Internal, not for the customer")}
EXPORT_HEAD = (N_("When"), N_("Who"), N_("Account"), N_("By way of"), N_("What happened"), N_("Where"), N_("Kind"), N_("Number"),
               N_("Version"), N_("Paragraphs"), N_("Request number"), N_("Reason"))


def blocks_html(secret: SecretText) -> list[tuple[str, Markup]]:
    """(lasting id, HTML) of each secret paragraph."""
    labels = {kind: sentence(text) for kind, text in BLOCKS.items()}
    return [(one, render(text, attachment_url=secret.file_of, labels=labels)) for one, text in secret.blocks]


def mark_of(act: str) -> tuple[str, str]:
    """Shape and word of an act."""
    found = Act(act)
    return MARKS[found], label(found)


def kind_word(kind: str) -> str:
    """The word for a kind of thing."""
    return sentence(cards.KINDS[kind].label) if kind in cards.KINDS else kind


def export_rows(lines: Sequence[AccessLine], local_time: Callable[[datetime], Any]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[local_time(line.at), line.name, line.login, line.via, label(line.act, Act),
             label(line.place, Place) if line.place else "", kind_word(line.kind), line.number, f"V{line.version_label}",
             ", ".join(line.blocks) or sentence(N_("all of it")), line.request_id, line.reason or ""] for line in lines]
