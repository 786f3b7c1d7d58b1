"""Standards in words, for pages and sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kmsvc.core.i18n import is_chinese, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.standards.models.models import Clause, Section, StandardModel
from kmsvc.standards.models.queries import ModelLine
from kmsvc.standards.models.rules import FULL, Border

MODELS_HEAD = (N_("Code"), N_("Edition"), N_("Title"), N_("Clauses"), N_("Sub-items"), N_("Licensed texts"), N_("Newest edition"),
               N_("Comes with the product"))
CLAUSES_HEAD = (N_("Clause"), N_("Section"), N_("What it asks for"), N_("Cycle"), N_("Triggers"), N_("Demanded record"), N_("Module"))
CYCLES = {"annual": N_("Every year"), "biennial": N_("Every two years"), "quarterly": N_("Every quarter"), "monthly": N_("Every month"),
          "periodic": N_("periodic, without a length"), "continuous": N_("all the time"), "event": N_("upon events"),
          "none": N_("without a cycle")}
RECORDS = {"archive": N_("archived"), "document": N_("documented"), "none": N_("none demanded")}
SIGNS = {"plus": N_("plus item"), "minus": N_("minus item")}
RELATIONS = {"kept": N_("kept"), "split": N_("split"), "merged": N_("merged"), "new": N_("new"), "withdrawn": N_("withdrawn")}
CHECKS = {"papers": N_("papers"), "data": N_("data of recent years: trend and plausibility"), "demo": N_("shown live on site"),
          "site visit": N_("a visit on site")}
SCORINGS = {
    "two_marks": N_("Each item gets two marks, C (method compliance) and F (execution): 10, 5 or 0. A rate is the share of items "
                    "with 10. A level asks for rates and for a total; one level after the other, what is below stays."),
    "dimensions": N_("Assessors score each dimension; the total is the weighted sum. Where the direction is clear and equals one "
                     "dimension, that one weighs more; else it is the plain mean. The weights come to 1.")}
BASES = {"subitems": N_("sub-items counted singly"), "clauses": N_("each clause one item")}
MARKS = {"c_min": N_("C"), "f_min": N_("F"), "c_min_5": N_("C, last chapter"), "f_min_5": N_("F, last chapter")}


def said(pair: Mapping[str, str] | None) -> str:
    """The reader's one of two languages."""
    return pair["zh" if is_chinese() else "en"] if pair else ""


def figures_of(model: StandardModel) -> dict[str, Any]:
    """What of the free figures of a file the page can say; what is written otherwise is left out."""
    given = model.frame.get("figures", {})
    found: dict[str, Any] = {name: int(given[name]) for name in ("items_expected", "evidence_items") if _number(given.get(name))
                             and str(given[name]).isdecimal()}
    sizes = given.get("size_classes")
    if isinstance(sizes, list) and all(_number(one) for one in sizes):
        found["sizes"] = listed(f"{one}" for one in sizes)
    pay = given.get("pay_band")
    if isinstance(pay, dict) and isinstance(pay.get("growth_when_missing"), list) and len(pay["growth_when_missing"]) == 2 and all(
            _number(one) for one in (pay.get("lowest"), pay.get("highest"), pay.get("years_when_missing"), *pay["growth_when_missing"])):
        first, last = pay["growth_when_missing"]
        found["pay"] = {"low": _percent(pay["lowest"]), "high": _percent(pay["highest"]), "years": pay["years_when_missing"],
                        "least": _percent(first), "most": _percent(last)}
    return found


def _number(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"\d{1,6}(\.\d{1,4})?", str(value)) is not None


def _percent(share: Any) -> str:
    return f"{float(share) * 100:g}"


def title_of(one: Clause | StandardModel | ModelLine) -> str:
    """What it is called in the reader's language."""
    return one.title_zh if is_chinese() else one.title_en


def title_of_section(one: Section) -> str:
    """What a section is called in the reader's language."""
    return one.title_zh if is_chinese() else one.title_en


def cycle_of(one: Clause) -> str:
    """How often, in words; soft ones say so."""
    if one.cycle is None:
        return ""
    words = sentence(CYCLES[one.cycle])
    if one.at_least:
        words = sentence(N_("%(cycle)s or more often"), {"cycle": words})
    return words if one.firm else sentence(N_("%(cycle)s (only implied)"), {"cycle": words})


def record_of(one: Clause) -> str:
    """What record is demanded."""
    if one.record:
        return sentence(RECORDS[one.record])
    return sentence(N_("%(record)s, in weaker words"), {"record": sentence(RECORDS[one.weak_record])}) if one.weak_record else ""


def triggers_of(one: Clause) -> list[str]:
    """What opens it."""
    return [said(it) for it in one.triggers]


def basis_of(name: str) -> str:
    """What is counted as one item."""
    return sentence(BASES[name]) if name in BASES else name


def formula_of(one: Border) -> str:
    """How the least total comes about: each rate, its items, and what they give. Source: W18."""
    parts = [sentence(N_("%(mark)s %(share)s of %(items)s items = %(needed)s × %(full)s"), {
        "mark": sentence(MARKS[mark]), "share": f"{float(share * 100):g}%", "items": items, "needed": needed, "full": FULL})
        for mark, share, items, needed in one.parts]
    return " + ".join(parts) + f" = {one.implied}"


def model_row(one: ModelLine) -> list[Any]:
    """A standard as a row of a sheet."""
    return [one.code, one.edition, title_of(one), one.clauses, one.subs, one.licensed, sentence(N_("yes") if one.newest else N_("no")),
            sentence(N_("yes") if one.is_packaged else N_("no"))]


def clause_row(one: Clause) -> list[Any]:
    """A clause as a row of a sheet."""
    return [one.name, one.section, title_of(one), cycle_of(one), "; ".join(triggers_of(one)), record_of(one), one.module]
