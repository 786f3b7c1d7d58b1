"""One assessmentItem as a question."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from kmsvc.training.questions.folding import number_in
from kmsvc.training.questions.formats.cells import HOLLOW, amount
from kmsvc.training.questions.formats.qti.hypertext import markdown_of
from kmsvc.training.questions.formats.results import NotUnderstood
from kmsvc.training.questions.formats.trees import Element
from kmsvc.training.questions.kinds import (
    OPTION_ID,
    Blank,
    Body,
    Choice,
    Credit,
    FileAnswer,
    FillIn,
    Folding,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    fresh_ids,
)

OWN_ID = "o"
"""before an id of ours, because an identifier begins with a letter"""
_INTERACTION = re.compile(r".*Interaction\Z")
_ALONE = re.compile(r"(?:\A|\n\n)\[\[1\]\](?:[ \t]+(\S{1,20}))?\Z")
_CENT = Decimal("0.01")


class ItemReader:
    """Reads one item. picture: src -> `attachment:` and SHA-256, or None. remarks: filled while it is read."""

    def __init__(self, item: Element, picture: Callable[[str], str | None]) -> None:
        self.item, self.picture = item, picture
        self.remarks: list[str] = []
        self.declared = {one.attributes.get("identifier", ""): one for one in item.all("responseDeclaration")}

    def question(self) -> Question:
        """Raises NotUnderstood where no question can be made of the item."""
        body_node = self.item.first("itemBody")
        if body_node is None:
            raise NotUnderstood("no_body")
        entries = list(body_node.within("textEntryInteraction"))
        blocks = [one for one in _every(body_node) if _INTERACTION.match(one.tag) and one.tag != "textEntryInteraction"]
        if len(blocks) > 1 or (blocks and entries):
            raise NotUnderstood("many_interactions", count=len(blocks) + len(entries))
        if not blocks and not entries:
            raise NotUnderstood("no_interaction")
        stem = self.words(_without(body_node, {}).children if blocks else _without(body_node, self._marks(entries)).children)
        body: Body
        if entries:
            stem, body = self._entered(stem, entries)
        else:
            prompt = blocks[0].first("prompt")
            told = self.words(prompt.children) if prompt is not None else ""
            stem, body = "\n\n".join(filter(None, [stem, told])), self._chosen(blocks[0])
        return Question(stem, body, self._explanation(), self._points())

    def words(self, nodes: list[Element | str]) -> str:
        """Nodes as Markdown."""
        return markdown_of(nodes, self.picture)

    def _marks(self, entries: list[Element]) -> dict[int, str]:
        return {id(one): f"[[{place}]]" for place, one in enumerate(entries, 1)}

    def _chosen(self, node: Element) -> Body:
        makers: dict[str, Callable[[Element, Element], Body]] = {
            "choiceInteraction": self._choice, "orderInteraction": self._ordering, "matchInteraction": self._matching}
        if node.tag in ("extendedTextInteraction", "uploadInteraction"):
            model = self.item.first("itemBody", "rubricBlock")
            told = self.words(model.children) if model is not None else ""
            return ShortAnswer((), told) if node.tag == "extendedTextInteraction" else FileAnswer((), told)
        if node.tag not in makers:
            raise NotUnderstood("kind_unknown", "kind", words=node.tag[:40])
        return makers[node.tag](node, self._declaration(node))

    def _declaration(self, node: Element) -> Element:
        found = self.declared.get(node.attributes.get("responseIdentifier", ""))
        if found is None:
            raise NotUnderstood("no_declaration")
        return found

    def _options(self, nodes: list[Element]) -> tuple[tuple[Option, ...], dict[str, str]]:
        """(options, identifier -> id). Ids of ours are kept, others made from the words."""
        names = [one.attributes.get("identifier", "") for one in nodes]
        texts = [self.words(one.children) for one in nodes]
        ours = all(one.startswith(OWN_ID) and OPTION_ID.fullmatch(one[1:]) for one in names) and len(set(names)) == len(names)
        ids = [one[1:] for one in names] if ours else list(fresh_ids(texts))
        pinned = [one.attributes.get("fixed") in ("true", "1") for one in nodes]
        return tuple(map(Option, ids, texts, pinned)), dict(zip(names, ids, strict=True))

    def _choice(self, node: Element, declared: Element) -> Choice | TrueFalse:
        choices = node.all("simpleChoice")
        right = _correct(declared)
        if sorted(one.attributes.get("identifier", "") for one in choices) == ["false", "true"] and len(right) < 2:
            return TrueFalse(None if not right else right[0] == "true")
        options, ids = self._options(choices)
        several = declared.attributes.get("cardinality") == "multiple"
        keys = [_known(ids, one) for one in right]
        credit = self._credit(declared, keys, ids) if several else Credit.IF_NONE_WRONG
        ordered = tuple(one.id for one in options if one.id in keys) if len(set(keys)) == len(keys) else tuple(keys)
        return Choice(options, ordered, several, credit, node.attributes.get("shuffle") in ("true", "1"))

    def _credit(self, declared: Element, keys: list[str], ids: dict[str, str]) -> Credit:
        mapping = declared.first("mapping")
        if mapping is None:
            return Credit.ALL
        values = {_known(ids, one.attributes.get("mapKey", "")): number_in(one.attributes.get("mappedValue", ""))
                  for one in mapping.all("mapEntry")}
        rights = [values.get(one) or Decimal(0) for one in keys]
        wrongs = [values.get(one) or Decimal(0) for one in ids.values() if one not in keys]
        if not rights or max(rights) != min(rights) or rights[0] <= 0:
            raise NotUnderstood("unequal_shares")
        if all(one <= -sum(rights) for one in wrongs):
            return Credit.IF_NONE_WRONG
        if all(one == -rights[0] for one in wrongs):
            return Credit.LESS_WRONG
        self.remarks.append("credit_replaced")
        return Credit.IF_NONE_WRONG

    def _ordering(self, node: Element, declared: Element) -> Ordering:
        options, ids = self._options(node.all("simpleChoice"))
        right = [_known(ids, one) for one in _correct(declared)]
        if sorted(right) != sorted(one.id for one in options):
            raise NotUnderstood("key_unread", "key", words=" ".join(right)[:40])
        return Ordering(tuple(sorted(options, key=lambda one: right.index(one.id))))

    def _matching(self, node: Element, declared: Element) -> Matching:
        sets = node.all("simpleMatchSet")
        if len(sets) != 2:
            raise NotUnderstood("pair_unread")
        (lefts, left), (rights, right) = (self._options(one.all("simpleAssociableChoice")) for one in sets)
        pairs = []
        for value in _correct(declared):
            one, _, other = value.partition(" ")
            pairs.append((_known(left, one), _known(right, other.strip())))
        return Matching(lefts, rights, tuple(pairs))

    def _entered(self, stem: str, entries: list[Element]) -> tuple[str, Numeric | FillIn]:
        declared = [self._declaration(one) for one in entries]
        if any(one.attributes.get("baseType") in ("float", "integer") for one in declared):
            if len(entries) > 1:
                raise NotUnderstood("many_interactions", count=len(entries))
            return self._number(stem, declared[0])
        blanks, strict, worth = [], set(), []
        for place, one in enumerate(declared, 1):
            entered = [(each.attributes.get("mapKey", "").strip(), number_in(each.attributes.get("mappedValue", "")) or Decimal(0),
                        each.attributes.get("caseSensitive") not in ("false", "0")) for each in one.within("mapEntry")]
            given = [each for each in entered if each[1] > 0]
            if len({value for _, value, _ in given}) > 1:
                raise NotUnderstood("share_of_answer", f"blanks/{place}")
            strict |= {cased for _, _, cased in given} or {False}
            worth.append(given[0][1] if given else Decimal(1))
            accepted = [text for text, _, _ in given] + [text for text in _correct(one) if text not in {each[0] for each in entered}]
            blanks.append((str(place), tuple(dict.fromkeys(accepted))))
        if len(strict) > 1:
            raise NotUnderstood("cases_differ")
        if len(set(worth)) > 1 and any(one != int(one) for one in worth):
            raise NotUnderstood("blank_weight")
        weights = [int(one) for one in worth] if all(one == int(one) for one in worth) else [1] * len(worth)
        return stem, FillIn(tuple(Blank(name, texts, weight) for (name, texts), weight in zip(blanks, weights, strict=True)),
                            Folding(case=not strict.pop()))

    def _number(self, stem: str, declared: Element) -> tuple[str, Numeric]:
        right = _correct(declared)
        value = number_in(right[0]) if len(right) == 1 else None
        if right and value is None:
            raise NotUnderstood("key_unread", "key", words=" ".join(right)[:40])
        tolerance, relative = Decimal(0), False
        equal = next(self.item.within("equal"), None)
        if equal is not None and equal.attributes.get("toleranceMode") in ("absolute", "relative"):
            relative = equal.attributes["toleranceMode"] == "relative"
            sides = {number_in(one) for one in equal.attributes.get("tolerance", "0").split()}
            side = sides.pop() if len(sides) == 1 else None
            if side is None:
                raise NotUnderstood("tolerance_unread", "tolerance", words=equal.attributes.get("tolerance", "")[:40])
            tolerance = side.scaleb(-2) if relative else side
        alone = _ALONE.search(stem)
        if alone is not None:
            return stem[:alone.start()], Numeric(value, tolerance, relative, alone[1] or "")
        return stem.replace("[[1]]", HOLLOW), Numeric(value, tolerance, relative)

    def _explanation(self) -> str:
        told = self.item.all("modalFeedback")
        if len(told) > 1:
            self.remarks.append("feedback")
        inside = told[0].first("contentBody") or told[0] if len(told) == 1 else None
        return self.words(inside.children) if inside is not None else ""

    def _points(self) -> Decimal:
        """What the item declares as its most: MAXSCORE, or the normal maximum of SCORE."""
        for one in self.item.all("outcomeDeclaration"):
            is_most = one.attributes.get("identifier") == "MAXSCORE"
            said = one.said("defaultValue", "value") if is_most else one.attributes.get("normalMaximum", "")
            points = amount(said) if said else None
            if said and (points is None or abs(points) > 10**6):
                raise NotUnderstood("points_unread", "points", words=said[:40])
            if points is not None:
                if points != points.quantize(_CENT):
                    self.remarks.append("points_rounded")
                return points.quantize(_CENT)
        return Decimal(1)


def _correct(declared: Element) -> list[str]:
    found = declared.first("correctResponse")
    return [one.text.strip() for one in found.all("value")] if found is not None else []


def _known(ids: dict[str, str], name: str) -> str:
    if name not in ids:
        raise NotUnderstood("key_unknown", "key", key=name[:40])
    return ids[name]


def _every(node: Element) -> list[Element]:
    found = []
    for one in node.all():
        found.append(one)
        found += _every(one)
    return found


def _without(node: Element, marks: dict[int, str]) -> Element:
    """The body without interactions and rubrics; an entry becomes its mark."""
    kept: list[Element | str] = []
    for one in node.children:
        if isinstance(one, str):
            kept.append(one)
        elif id(one) in marks:
            kept.append(marks[id(one)])
        elif not _INTERACTION.match(one.tag) and one.tag != "rubricBlock":
            kept.append(_without(one, marks))
    return Element(node.tag, node.attributes, kept)
