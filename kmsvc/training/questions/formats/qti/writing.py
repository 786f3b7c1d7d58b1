"""A question as one assessmentItem, with the names of 2.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kmsvc.training.questions.formats.qti.hypertext import nodes_of, with_entries
from kmsvc.training.questions.formats.qti.items import OWN_ID
from kmsvc.training.questions.formats.qti.names import ITEM_SPACE, TEMPLATES
from kmsvc.training.questions.formats.results import About
from kmsvc.training.questions.formats.trees import Element, element
from kmsvc.training.questions.formats.wording import to_plain
from kmsvc.training.questions.kinds import (
    Choice,
    Credit,
    FileAnswer,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)

KINDS = set(Kind) - {Kind.CASE}


def holds_credit(body: Choice | Ordering) -> bool:
    """Whether a mapping can say how this is credited."""
    if isinstance(body, Ordering):
        return False
    return body.credit is Credit.ALL or (body.credit is Credit.LESS_WRONG and 1 < len(body.keys) < len(body.options))


class ItemWriter:
    """Writes one item. address: SHA-256 of a picture -> its place in the package, seen from the item."""

    def __init__(self, question: Question, about: About, name: str, address: Callable[[str], str], version: str) -> None:
        self.its, self.about, self.name, self.address, self.version = question, about, name, address, version

    def item(self) -> Element:
        """The item with the names of 2.1."""
        title = self.about.title or " ".join(to_plain(self.its.stem).split())[:60]
        declarations, content, processing = self._parts()
        feedback = [element("modalFeedback", *self._words(self.its.explanation), outcomeIdentifier="FEEDBACK", identifier="explanation",
                            showHide="show")] if self.its.explanation else []
        return element(
            "assessmentItem", *declarations, element("outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float"),
            element("outcomeDeclaration", element("defaultValue", element("value", f"{self.its.points:f}")), identifier="MAXSCORE",
                    cardinality="single", baseType="float"),
            element("outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier"),
            element("itemBody", *content), processing, *feedback, xmlns=ITEM_SPACE[self.version], identifier=self.name, title=title,
            label=self.about.number, adaptive="false", timeDependent="false")

    def _words(self, text: str) -> list[Element | str]:
        return nodes_of(text, self.address)

    def _stem(self) -> Element:
        return element("div", *self._words(self.its.stem))

    def _parts(self) -> tuple[list[Element], list[Element], Element]:
        """(declarations of responses, what stands in the body, how it is processed)"""
        body = self.its.body
        if isinstance(body, FillIn):
            return self._fill_in(body)
        if isinstance(body, Numeric):
            return self._numeric(body)
        if isinstance(body, ShortAnswer | FileAnswer):
            return self._manual(body)
        if isinstance(body, Choice):
            declared, made = self._choice(body)
        elif isinstance(body, TrueFalse):
            right = "true" if body.key else "false"
            declared = _declaration([right], "single")
            choices = [element("simpleChoice", sign, identifier=name) for name, sign in (("true", "\u221a"), ("false", "\u00d7"))]
            made = element("choiceInteraction", *choices, responseIdentifier="RESPONSE", shuffle="false", maxChoices="1")
        elif isinstance(body, Ordering):
            declared = _declaration([OWN_ID + one.id for one in body.items], "ordered")
            made = element("orderInteraction", *self._choices(body.items), responseIdentifier="RESPONSE", shuffle="true")
        elif isinstance(body, Matching):
            declared, made = self._matching(body)
        else:
            raise ValueError("a case is no single item")
        template = "map_response" if declared.first("mapping") is not None else "match_correct"
        return [declared], [self._stem(), made], self._template(template)

    def _template(self, name: str) -> Element:
        ending = "" if self.version == "2.1" else ".xml"
        return element("responseProcessing", template=f"{TEMPLATES[self.version]}{name}{ending}")

    def _choices(self, options: tuple[Option, ...]) -> Iterator[Element]:
        for one in options:
            made = element("simpleChoice", *self._words(one.text), identifier=OWN_ID + one.id)
            made.attributes |= {"fixed": "true"} if one.pinned else {}
            yield made

    def _choice(self, body: Choice) -> tuple[Element, Element]:
        declared = _declaration([OWN_ID + key for key in body.keys], "multiple" if body.several else "single")
        if body.several and body.credit is not Credit.ALL:
            count = len(body.keys)
            wrong = -1 if body.credit is Credit.LESS_WRONG else -count
            entries = [element("mapEntry", mapKey=OWN_ID + one.id, mappedValue=str(1 if one.id in body.keys else wrong))
                       for one in body.options]
            declared.children.append(element("mapping", *entries, lowerBound="0", upperBound=str(count), defaultValue="0"))
        return declared, element("choiceInteraction", *self._choices(body.options), responseIdentifier="RESPONSE",
                                 shuffle="true" if body.shuffled else "false", maxChoices="0" if body.several else "1")

    def _matching(self, body: Matching) -> tuple[Element, Element]:
        pairs = [f"{OWN_ID}{left} {OWN_ID}{right}" for left, right in body.key]
        declared = _declaration(pairs, "multiple", "directedPair")
        entries = [element("mapEntry", mapKey=one, mappedValue="1") for one in pairs]
        declared.children.append(element("mapping", *entries, defaultValue="0"))
        sets = [element("simpleMatchSet", *(
            element("simpleAssociableChoice", *self._words(one.text), identifier=OWN_ID + one.id, matchMax=most) for one in side))
            for side, most in ((body.lefts, "1"), (body.rights, str(len(body.lefts))))]
        return declared, element("matchInteraction", *sets, responseIdentifier="RESPONSE", shuffle="true",
                                 maxAssociations=str(len(body.lefts)))

    def _fill_in(self, body: FillIn) -> tuple[list[Element], list[Element], Element]:
        names = {one.id: f"RESPONSE{place}" for place, one in enumerate(body.blanks, 1)}
        strict = "false" if body.folding.case else "true"
        declared = []
        for one in body.blanks:
            made = _declaration([one.accepted[0]] if one.accepted else [], "single", "string", names[one.id])
            entries = [element("mapEntry", mapKey=text, mappedValue=str(one.weight), caseSensitive=strict) for text in one.accepted]
            made.children.append(element("mapping", *entries, defaultValue="0"))
            declared.append(made)
        told = with_entries(self._words(self.its.stem),
                            lambda name: element("textEntryInteraction", responseIdentifier=names.get(name, name)))
        total = element("sum", *(element("mapResponse", identifier=name) for name in names.values()))
        return declared, [element("div", *told)], element("responseProcessing", element("setOutcomeValue", total, identifier="SCORE"))

    def _numeric(self, body: Numeric) -> tuple[list[Element], list[Element], Element]:
        declared = _declaration([f"{body.value or 0:f}"], "single", "float")
        entry = element("p", element("textEntryInteraction", responseIdentifier="RESPONSE"), f" {body.unit}" if body.unit else "")
        side = f"{(body.tolerance * 100 if body.relative else body.tolerance):f}"
        equal = element("equal", element("variable", identifier="RESPONSE"), element("correct", identifier="RESPONSE"),
                        toleranceMode="relative" if body.relative else "absolute", tolerance=f"{side} {side}")
        right = element("setOutcomeValue", element("baseValue", f"{self.its.points:f}", baseType="float"), identifier="SCORE")
        return [declared], [self._stem(), entry], element(
            "responseProcessing", element("responseCondition", element("responseIf", equal, right)))

    def _manual(self, body: ShortAnswer | FileAnswer) -> tuple[list[Element], list[Element], Element]:
        is_file = isinstance(body, FileAnswer)
        declared = element("responseDeclaration", identifier="RESPONSE", cardinality="single", baseType="file" if is_file else "string")
        model = [element("rubricBlock", *self._words(body.model_answer), view="scorer")] if body.model_answer else []
        made = element("uploadInteraction" if is_file else "extendedTextInteraction", responseIdentifier="RESPONSE")
        return [declared], [self._stem(), *model, made], element("responseProcessing")


def _declaration(values: list[str], cardinality: str, sort: str = "identifier", name: str = "RESPONSE") -> Element:
    right = [element("correctResponse", *(element("value", one) for one in values))] if values else []
    return element("responseDeclaration", *right, identifier=name, cardinality=cardinality, baseType=sort)
