"""The sentences for what is wrong with a question, why a line of a file was refused or passed over, what a format cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kmsvc.convert.texts import REFUSALS
from kmsvc.core.texts import N_, Filled
from kmsvc.training.questions.problems import Problem

PROBLEMS = {
    "stem_empty": N_("The question says nothing yet."),
    "text_empty": N_("Nothing stands here."),
    "text_too_long": N_("This is longer than %(most)s characters."),
    "text_locked": N_("A secret paragraph cannot stand in a question: every candidate would read it."),
    "too_many": N_("These are more than %(most)s."),
    "points_wrong": N_("Points are more than 0, at most %(most)s, with two decimals at most."),
    "no_options": N_("A choice question needs options."),
    "too_few_options": N_("At least %(fewest)s options are needed."),
    "same_options": N_("This says the same as number %(first)s."),
    "same_ids": N_("Two of these have the same mark."),
    "telling_id": N_("An option has a mark that is not one of ours."),
    "no_key": N_("Say which answer is right."),
    "key_unknown": N_("The right answer names something that is not among the options (%(key)s)."),
    "key_twice": N_("The right answer names an option twice."),
    "many_keys": N_("A single choice has one right answer; %(count)s are named."),
    "no_blanks": N_("There is nothing to fill in: write [[1]] where the first blank stands."),
    "blank_without_mark": N_("There is no mark [[%(id)s]] in the question for this blank."),
    "mark_without_blank": N_("The mark [[%(id)s]] has no answer."),
    "mark_twice": N_("The mark [[%(id)s]] stands twice in the question."),
    "blank_accepts_nothing": N_("Say what is right in this blank."),
    "blank_weight": N_("A weight is a whole number from 1 to 100."),
    "no_value": N_("Say which number is right."),
    "tolerance_negative": N_("A tolerance is 0 or more."),
    "tolerance_of_zero": N_("A share of 0 is 0: give the tolerance as a number."),
    "number_too_long": N_("The number has more than %(most)s digits."),
    "too_few_items": N_("At least %(fewest)s things are needed to put in order."),
    "too_few_pairs": N_("At least %(fewest)s things are needed on either side."),
    "left_unmatched": N_("Say what belongs to this one."),
    "left_matched_twice": N_("Two things are said to belong to this one."),
    "rubric_sum": N_("The lines of the rubric add up to %(total)s, the question is worth %(points)s."),
    "bound_wrong": N_("The longest answer has from 0 to %(most)s characters."),
    "type_wrong": N_("“%(type)s” is no ending of a file; write pdf or docx."),
    "no_parts": N_("A case needs questions."),
    "case_in_case": N_("A case cannot stand in a case."),
    "parts_sum": N_("The questions of the case add up to %(total)s, the case is worth %(points)s."),
}
READING = {
    "columns_unknown": N_("Nothing says which column is the question and which the answer."),
    "kind_unknown": N_("“%(words)s” is no kind of question that is known here."),
    "key_unread": N_("The answer “%(words)s” cannot be read for this kind of question."),
    "key_beyond_options": N_("The answer names %(key)s, but there are only %(count)s options."),
    "points_unread": N_("“%(words)s” is no number of points."),
    "tolerance_unread": N_("“%(words)s” is no tolerance."),
    "credit_unknown": N_("“%(words)s” is no way to give points that fits this kind of question."),
    "answers_and_blanks_differ": N_("The answer does not fall into as many parts as there are blanks (%(blanks)s)."),
    "pair_unread": N_("A pair has two sides, parted by =>."),
    "rubric_unread": N_("Each line of a rubric names its points."),
    "case_in_sheet": N_("A case with questions does not fit into one row of a sheet."),
    "no_answers": N_("There are no answers in braces."),
    "braces": N_("The braces of this question do not close, or open twice."),
    "answers_unread": N_("The answers in braces cannot be read."),
    "share_of_answer": N_("An accepted text that is worth only a share cannot be held here."),
    "wildcard": N_("An answer with a joker (*) cannot be held here; write out what is accepted."),
    "many_numbers": N_("Several right numbers cannot be held here."),
    "many_units": N_("Several units cannot be held here."),
    "unequal_shares": N_("Right options that are worth different shares cannot be held here."),
    "share_unread": N_("“%(words)s” is no share of the points."),
    "cloze_kind": N_("A gap of the sort “%(words)s” cannot be held here, or not together with the others."),
    "element_unknown": N_("“%(name)s” is no question."),
    "part_missing": N_("The package names this part but does not hold it."),
    "no_body": N_("The item has no text."),
    "many_interactions": N_("The item asks %(count)s things; here a question asks one."),
    "no_interaction": N_("The item asks nothing that is known here."),
    "no_declaration": N_("The item does not say what an answer to it is."),
    "cases_differ": N_("Blanks that treat capitals differently cannot be held in one question."),
    "no_question": N_("This line holds no question."),
    "same_in_file": N_("The same question stands in %(where)s already."),
    "id_in_file": N_("The same outside number stands in %(where)s already."),
}
PASSED = {
    "heading": N_("headings"), "above_heading": N_("lines above the headings"), "section": N_("headings of sections"),
    "nothing_asked": N_("lines in which nothing is asked"), "category": N_("names of categories"),
    "description": N_("descriptions without a question"),
}
REMARKS = {
    "feedback": N_("Words for single answers were left out; only the explanation is kept."),
    "hints": N_("Hints were left out."),
    "credit_replaced": N_("How it gives points was replaced by the nearest way known here."),
    "points_rounded": N_("Its points were rounded to two decimals."),
    "same_words": N_("It says the same as another question of the file, under another number."),
    "unlisted": N_("The package holds this item without naming it."),
}
LOST = {
    "kind": N_("the whole question: there is no such kind"), "credit": N_("how points are given for answers that are partly right"),
    "fixed_order": N_("that the order of the options is kept"), "pinned": N_("that an option keeps its place"),
    "folding": N_("which differences in a filled-in text do not count"), "blank_weight": N_("the weights of the blanks"),
    "many_blanks": N_("more than one blank"), "tolerance": N_("the tolerance"), "relative_tolerance": N_("a tolerance as a share"),
    "unit": N_("the unit"), "longest": N_("how long an answer may be"), "types": N_("which files are taken"), "rubric": N_("the rubric"),
    "model_answer": N_("the model answer"), "explanation": N_("the explanation"), "points": N_("the points"), "pictures": N_("pictures"),
    "too_long": N_("part of its text: a cell is too small for it"), "text_changed": N_("its words exactly as they stand"),
}


def problem_said(one: Problem) -> str:
    """What is wrong, as a sentence that fills itself in any language."""
    if one.code == "said":  # a refusal of a use case, which has its words already
        return str(one.params["said"]) if not isinstance(one.params["said"], Filled) else one.params["said"]
    source = PROBLEMS.get(one.code) or READING.get(one.code) or REFUSALS.get(one.code) or READING["no_question"]
    return Filled(source, **{**dict.fromkeys(_names(source), "\u2014"), **one.params})


Say = Callable[[str, dict[str, Any]], str]
"""(English source, what fills its places) -> the sentence in somebody's language"""


def in_english(source: str, params: dict[str, Any]) -> str:
    """For commands, whose words are English."""
    return source % params if params else source


def problem_text(one: Problem, say: Say) -> str:
    """The same in a language, with where it stands when that is not the whole."""
    said = problem_said(one)
    text = say(said.source, said.params) if isinstance(said, Filled) else say(said, {})
    where = place_said(one.where, say)
    return f"{where}: {text}" if where else text


def place_said(where: str, say: Say) -> str:
    """A place as people say it: `options/2` is «Option 2»; "" for the whole."""
    words = []
    parts = [one for one in where.split("/") if one]
    for index, name in enumerate(parts):
        if name not in PLACES:
            continue
        number = parts[index + 1] if index + 1 < len(parts) and parts[index + 1].isdecimal() else ""
        word = say(PLACES[name], {})
        words.append(f"{word}{' ' if number and word.isascii() else ''}{number}")
    return " \u00b7 ".join(words)


PLACES = {
    "stem": N_("Stem"), "explanation": N_("Explanation"), "points": N_("Points"), "options": N_("Answer option"),
    "keys": N_("Right answer"),
    "key": N_("Right answer"), "blanks": N_("Blank"), "value": N_("Right number"), "tolerance": N_("Tolerance"),
    "unit": N_("Unit of the number"),
    "items": N_("Item"), "lefts": N_("Left side"), "rights": N_("Right side"), "rubric": N_("Rubric line"),
    "model_answer": N_("Model answer"), "longest": N_("Longest answer"), "types": N_("Endings of files"), "parts": N_("Part"),
    "kind": N_("Kind"), "credit": N_("How points are given"), "answer": N_("Right answer"),
}


def _names(source: str) -> list[str]:
    names: list[str] = []

    class _Ask(dict[str, Any]):
        def __getitem__(self, key: str) -> str:
            names.append(key)
            return ""
    source % _Ask()
    return names
