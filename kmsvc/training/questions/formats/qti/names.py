"""The names of QTI 3.0 (`qti-simple-choice`, `match-max`) as those of 2.1 (`simpleChoice`, `matchMax`), and back."""

from __future__ import annotations

import re

from kmsvc.training.questions.formats.trees import Element

_HYPHEN = re.compile(r"-([a-z0-9])")
_CAPITAL = re.compile(r"[A-Z]")
ITEM_SPACE = {"2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1", "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"}
PACKAGE_SPACE = {"2.1": "http://www.imsglobal.org/xsd/imscp_v1p1", "3.0": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"}
RESOURCE_TYPE = {"2.1": "imsqti_item_xmlv2p1", "3.0": "imsqti_item_xmlv3p0"}
TEMPLATES = {"2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
             "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"}
_OWN = {
    "assessmentItem", "responseDeclaration", "correctResponse", "value", "mapping", "mapEntry", "outcomeDeclaration", "defaultValue",
    "itemBody", "choiceInteraction", "simpleChoice", "orderInteraction", "matchInteraction", "simpleMatchSet", "simpleAssociableChoice",
    "textEntryInteraction", "extendedTextInteraction", "uploadInteraction", "prompt", "rubricBlock", "responseProcessing",
    "modalFeedback", "responseCondition", "responseIf", "equal", "variable", "correct", "setOutcomeValue", "baseValue",
    "sum", "mapResponse",
}


def older(node: Element) -> Element:
    """The tree with the names of 2.1."""
    tag = node.tag
    if tag.startswith("qti-"):
        tag = _HYPHEN.sub(lambda found: found[1].upper(), tag[4:])
        attributes = {_HYPHEN.sub(lambda found: found[1].upper(), name): value for name, value in node.attributes.items()}
    else:
        attributes = node.attributes
    return Element(tag, attributes, [one if isinstance(one, str) else older(one) for one in node.children], node.line)


def newer(node: Element) -> Element:
    """The tree with the names of 3.0; HTML keeps its own."""
    tag, attributes = node.tag, node.attributes
    if tag in _OWN:
        tag = f"qti-{_hyphened(tag)}"
        attributes = {name if ":" in name else _hyphened(name): value for name, value in attributes.items()}
    return Element(tag, attributes, [one if isinstance(one, str) else newer(one) for one in node.children], node.line)


def _hyphened(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"-{found[0].lower()}", name)
