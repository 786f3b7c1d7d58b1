"""How questions look on pages: words and marks for codes, a question as a candidate sees it, one with its key, figures, differences."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import render
from kmsvc.training.questions.facing import facing
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    with_parts,
)
from kmsvc.training.questions.listing import Line
from kmsvc.training.questions.rules import Band, State, Why
from kmsvc.training.questions.statistics import Flag

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN"
MARKS = {State.DRAFT: "idle", State.ACTIVE: "ok", State.FLAGGED: "warn", State.WITHDRAWN: "off"}
HEAD = (N_("Number"), N_("Outside number"), N_("Kind"), N_("Exam question"), N_("Question bank"), N_("Topic"), N_("Difficulty"),
        N_("State"), N_("Why it left the pool"), N_("Process"), N_("Measured difficulty"),
        N_("Discrimination"), N_("Times answered"), N_("In exams"), N_("Author"))
REMARKS = {
    "too_hard": N_("Few get it right (%(facility)s)."), "too_easy": N_("Nearly everybody gets it right (%(facility)s)."),
    "negative": N_("Those who did well got it wrong (discrimination %(discrimination)s). The key may be wrong."),
    "weak": N_("It hardly tells good from weak (discrimination %(discrimination)s)."),
    "idle_option": N_("Option %(option)s is chosen by hardly anybody (%(share)s)."),
    "option_over_key": N_("Those who did well chose option %(option)s rather than the right one."),
}
Address = Callable[[str], str]


def state_of(state: str) -> tuple[str, str]:
    """Shape and word of where a question stands."""
    return MARKS[State(state)], label(State(state))


def word(kind: type[Any], code: str | None) -> str:
    """The word of a code."""
    return label(kind(code)) if code else ""


def kind_of(code: str) -> str:
    """The word of a kind."""
    return label(Kind(code))


def why_of(code: str | None) -> str:
    """Why it left the pool."""
    return label(Why(code)) if code else ""


def band_of(code: str) -> str:
    """How hard its author thinks it is."""
    return label(Band(code))


def share(value: float | int | None, *, thousandths: bool = False) -> str:
    """A share as per cent; a dash where it is not defined."""
    if value is None:
        return "\u2014"
    return f"{(value / 10 if thousandths else value * 100):.0f}%"


def decimal(value: float | int | None, *, thousandths: bool = False) -> str:
    """A correlation with two decimals; a dash where it is not defined."""
    if value is None:
        return "\u2014"
    return f"{(value / 1000 if thousandths else value):.2f}"


def rows(lines: Iterable[Line]) -> list[list[Any]]:
    """The list as a table."""
    return [[one.number, one.external_id or "", kind_of(one.kind), one.head, one.bank, one.topic, band_of(one.band),
             state_of(one.state)[1], why_of(one.flagged_why), one.process, None if one.difficulty is None else one.difficulty / 1000,
             None if one.discrimination is None else one.discrimination / 1000, one.answered, one.exposure, one.made_by]
            for one in lines]


REPORT_HEAD = (N_("Where"), N_("Exam question"), N_("Outside number"), N_("Kind"), N_("Outcome"), N_("Why"))


def outcomes(dry: bool) -> dict[str, tuple[str, str]]:
    """outcome of a line of an import -> (mark, word). dry: nothing is done yet."""
    words = {"rejected": ("bad", N_("refused")), "updated": ("info", N_("to be changed") if dry else N_("changed")),
             "created": ("ok", N_("to be added") if dry else N_("added")), "unchanged": ("idle", N_("unchanged"))}
    return {name: (mark, sentence(word)) for name, (mark, word) in words.items()}


def report_rows(lines: Iterable[dict[str, Any]], dry: bool) -> list[list[Any]]:
    """Lines of a report as a table."""
    words = outcomes(dry)
    return [[one["where"], one["shown"], one["id"], kind_of(one["kind"]) if one["kind"] else "", words[one["outcome"]][1], one["why"]]
            for one in lines]


def remarks(found: Sequence[Flag], question: Question) -> list[str]:
    """What speaks for a look at it, as sentences."""
    letters = {one.id: LETTERS[place] for place, one in enumerate(question.body.options)} if isinstance(question.body, Choice) else {}
    return [sentence(REMARKS[one.code], {
        "facility": share(one.params.get("facility")), "discrimination": decimal(one.params.get("discrimination")),
        "share": share(one.params.get("share")), "option": letters.get(one.params.get("id", ""), "")}) for one in found]


def faced(question: Question, seed: str, address: Address) -> dict[str, Any]:
    """What a candidate sees, texts as HTML: made of `facing` alone."""
    return _html(facing(question, seed), address)


def _html(value: Any, address: Address) -> Any:
    if isinstance(value, dict):
        made = {name: _html(one, address) for name, one in value.items()}
        for name in ("stem", "text"):
            if isinstance(value.get(name), str):
                made[name] = with_blanks(render(value[name], attachment_url=address)) if name == "stem" else render(
                    value[name], attachment_url=address)
        return made
    return [_html(one, address) for one in value] if isinstance(value, list) else value


def with_blanks(html: Markup | str) -> Markup:
    """The marks of blanks as empty fields that can be seen."""
    said = escape(sentence(N_("Blank")))
    return Markup(BLANK_MARK.sub(
        lambda found: f'<span class="q-blank" role="img" aria-label="{said} {escape(found[1])}">{escape(found[1])}</span>', str(html)))


def whole(question: Question, address: Address) -> dict[str, Any]:
    """A question with its key, for who may see it: texts as HTML, rows with whether they are right."""
    body = question.body
    shown: dict[str, Any] = {"kind": question.kind.value, "word": label(question.kind), "points": f"{question.points.normalize():f}",
                             "stem": with_blanks(render(question.stem, attachment_url=address)),
                             "explanation": render(question.explanation, attachment_url=address) if question.explanation else ""}

    def html(text: str) -> Markup:
        return Markup(render(text, attachment_url=address))
    if isinstance(body, Choice):
        shown["rows"] = [(LETTERS[place], html(one.text), one.id in body.keys, one.pinned) for place, one in enumerate(body.options)]
        shown["notes"] = [label(body.credit)] if body.several else []
        if not body.shuffled:
            shown["notes"] = [*shown["notes"], sentence(N_("The order of the options stays."))]
    elif isinstance(body, TrueFalse):
        shown["answer"] = sentence(N_("True") if body.key else N_("False")) if body.key is not None else "\u2014"
    elif isinstance(body, FillIn):
        shown["pairs"] = [(one.id, " / ".join(one.accepted), one.weight) for one in body.blanks]
    elif isinstance(body, Numeric):
        tolerance = f"{(body.tolerance * 100).normalize():f}%" if body.relative else f"{body.tolerance.normalize():f}"
        shown["answer"] = f"{body.value} {body.unit}".strip() + (f" \u00b1 {tolerance}" if body.tolerance else "")
    elif isinstance(body, Ordering):
        shown["steps"] = [html(one.text) for one in body.items]
        shown["notes"] = [label(body.credit)]
    elif isinstance(body, Matching):
        rights, key = {one.id: one for one in body.rights}, dict(body.key)
        used = set(key.values())
        shown["matched"] = [(html(one.text), html(rights[key[one.id]].text) if one.id in key else "") for one in body.lefts]
        shown["matched"] += [("", html(one.text)) for one in body.rights if one.id not in used]
    elif isinstance(body, ShortAnswer | FileAnswer):
        shown["rubric"] = [(html(one.text), f"{one.points.normalize():f}") for one in body.rubric]
        shown["model"] = html(body.model_answer) if body.model_answer else ""
        shown["types"] = ", ".join(body.types) if isinstance(body, FileAnswer) else ""
    elif isinstance(body, Case):
        shown["parts"] = [whole(one.question, address) for one in body.parts]
    return shown


def told(question: Question) -> list[str]:
    """A question as lines of plain words with its key, for comparing two versions."""
    lines: list[str] = []
    for place, one in with_parts(question):
        head = f"[{place}] " if place else ""
        lines += [f"{head}{sentence(N_('Kind'))}: {label(one.kind)}", *(head + text for text in one.stem.split("\n")),
                  *(head + text for text in _key_lines(one)), f"{head}{sentence(N_('Points'))}: {one.points.normalize():f}"]
        if one.explanation:
            lines += [f"{head}{sentence(N_('Explanation'))}: {text}" for text in one.explanation.split("\n")]
    return lines


def _key_lines(question: Question) -> list[str]:
    body = question.body
    if isinstance(body, Choice):
        return [f"{'✓' if one.id in body.keys else '·'} {one.text}" for one in body.options]
    if isinstance(body, TrueFalse):
        return [sentence(N_("True") if body.key else N_("False"))]
    if isinstance(body, FillIn):
        return [f"[[{one.id}]] = {' / '.join(one.accepted)} (x{one.weight})" for one in body.blanks]
    if isinstance(body, Numeric):
        return [f"= {body.value} \u00b1 {body.tolerance}{'%' if body.relative else ''} {body.unit}".rstrip()]
    if isinstance(body, Ordering):
        return [f"{place}. {one.text}" for place, one in enumerate(body.items, 1)]
    if isinstance(body, Matching):
        words = {one.id: one.text for one in (*body.lefts, *body.rights)}
        return [f"{words[left]} => {words[right]}" for left, right in body.key]
    if isinstance(body, ShortAnswer | FileAnswer):
        return [*(f"{one.text} ({one.points})" for one in body.rubric), *([body.model_answer] if body.model_answer else [])]
    return []


def difference(old: Question, new: Question) -> list[tuple[str, str]]:
    """(same, gone or new, line) of two versions, in order."""
    found = []
    for one in difflib.ndiff(told(old), told(new)):
        if one[:1] in " -+":
            found.append(({" ": "same", "-": "gone", "+": "new"}[one[0]], one[2:]))
    return found
