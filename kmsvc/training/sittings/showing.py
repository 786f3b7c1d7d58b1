"""How questions, boards and protocols look on pages: HTML made of what a candidate may see, words for where somebody stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import attachments, plain_text, render
from kmsvc.training.questions.kinds import BLANK_MARK, Kind
from kmsvc.training.sittings.board import BoardLine, Told
from kmsvc.training.sittings.rules import Stand
from kmsvc.training.sittings.schemas import plain

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PICTURES = "/training/sittings/pictures/"
MARKS = {Stand.NOT_BEGUN: "idle", Stand.SITTING: "go", Stand.GONE: "warn", Stand.SUBMITTED: "ok", Stand.TIMED_OUT: "due",
         Stand.VOID: "off"}
_PIECES = re.compile(r"(<[^>]*>)|" + BLANK_MARK.pattern)


@lru_cache(maxsize=8_000)
def html_of(text: str, root: str = "") -> Markup:
    """A text of a question as HTML; its pictures are served to who sits it."""
    return render(text, attachment_url=lambda sha: f"{root}{PICTURES}{sha}")


def texts_in(faced: Any) -> Iterator[str]:
    """Every text of what a candidate sees of a question."""
    if isinstance(faced, dict):
        for name, one in faced.items():
            if name in ("stem", "text") and isinstance(one, str):
                yield one
            else:
                yield from texts_in(one)
    elif isinstance(faced, list):
        for one in faced:
            yield from texts_in(one)


def pictures_in(papers: Iterable[Any]) -> set[str]:
    """SHA-256 of the pictures that a paper shows its candidate."""
    return {sha for text in texts_in(list(papers)) for sha in attachments(text)}


def question_of(faced: dict[str, Any], place: str, root: str = "") -> dict[str, Any]:
    """A faced question as the template wants it. place: what the names of its fields begin with."""
    kind = faced["kind"]
    shown: dict[str, Any] = {"kind": kind, "word": label(Kind(kind)), "place": place, "stem": html_of(faced["stem"], root)}
    if kind == Kind.FILL_IN:
        shown["stem"] = _with_blanks(shown["stem"], [one["id"] for one in faced["blanks"]], place)
    for name in ("options", "items", "lefts"):
        if name in faced:
            shown[name] = [{"id": one["id"], "html": html_of(one["text"], root), "words": plain_text(one["text"]), "letter": letter}
                           for one, letter in zip(faced[name], LETTERS, strict=False)]
    if "rights" in faced:
        shown["rights"] = [{"id": one["id"], "words": plain_text(one["text"]), "html": html_of(one["text"], root), "letter": str(number)}
                           for number, one in enumerate(faced["rights"], 1)]
    if kind == Kind.CASE:
        shown["parts"] = [{"id": one["id"], "question": question_of(one["question"], f"{place}-{number}", root)}
                          for number, one in enumerate(faced["parts"], 1)]
    for name in ("unit", "longest", "types"):
        if name in faced:
            shown[name] = faced[name]
    return shown


def _with_blanks(html: Markup, blanks: list[str], place: str) -> Markup:
    """Fields where the marks of blanks stand in a stem; one whose mark is missing comes at its end."""
    left = dict.fromkeys(blanks)

    def put(found: re.Match[str]) -> str:
        if found.group(1) or found.group(2) not in left:
            return found.group(0)
        return _blank(left, found.group(2), place)
    made = _PIECES.sub(put, str(html))
    return Markup(made + "".join(f"<p>{_blank(left, one, place)}</p>" for one in list(left)))


def _blank(left: dict[str, None], name: str, place: str) -> str:
    del left[name]
    said = escape(sentence(N_("Blank %(name)s"), {"name": name}))
    return (f'<input class="form-control blank" type="text" autocomplete="off" spellcheck="false" maxlength="500" '
            f'data-blank="{escape(name)}" id="a{escape(place)}-{escape(name)}" aria-label="{said}">')


def paper_rows(paper: Iterable[dict[str, Any]], root: str = "") -> list[dict[str, Any]]:
    """The questions of a sitting for its page."""
    return [{**question_of(one, str(one["place"]), root), "no": one["place"], "points": plain(one["points"])} for one in paper]


def mark_of(stand: str) -> tuple[str, str]:
    """Shape and word of where somebody stands."""
    found = Stand(stand)
    return MARKS[found], label(found)


def clock_of(seconds: int) -> str:
    """Seconds as a clock that runs down: 1:02:05, 02:05."""
    hours, rest = divmod(max(0, seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


BOARD_HEAD = (N_("Name of the candidate"), N_("Room"), N_("Where they stand"), N_("Begun"), N_("Handed in at"), N_("Seconds left"),
              N_("Questions answered"), N_("Questions asked"),
              N_("Minutes given"), N_("Windows"), N_("Times left the page"), N_("Seconds away"), N_("Longest, seconds"),
              N_("Tried to copy"))
PROTOCOL_HEAD = (N_("When"), N_("Name of the candidate"), N_("What happened"), N_("Came back"), N_("Minutes given"), N_("Who did it"),
                 N_("Reason"))


def board_rows(lines: Iterable[BoardLine], local_time: Callable[[datetime], datetime],
               word: Callable[..., str] = label) -> list[list[Any]]:
    """The board as a table."""
    def at(instant: datetime | None) -> Any:
        return local_time(instant) if instant is not None else None
    return [[line.name, line.room, word(line.stand), at(line.begun_at), at(line.ended_at), line.left_s if line.begun_at else None,
             line.given, line.asked, line.more_s // 60, line.devices, line.focus.times, line.focus.total_s, line.focus.longest_s,
             line.copied] for line in lines]


def protocol_rows(told: Iterable[Told], local_time: Callable[[datetime], datetime],
                  word: Callable[..., str] = label) -> list[list[Any]]:
    """The protocol as a table."""
    return [[local_time(one.at), one.name, word(one.what), local_time(one.until) if one.until else None, one.minutes, one.by,
             one.reason] for one in told]


def since(instant: datetime | None, at: datetime) -> str:
    """How long ago, as minutes and seconds."""
    return clock_of(int((at - instant).total_seconds())) if instant is not None else ""
