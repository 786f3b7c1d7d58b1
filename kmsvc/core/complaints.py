"""What marshmallow and the settings say about an input, in our own sentences, so that a reader gets them in one language.

Their sentences arrive with their numbers filled in; here they become a marked text with places."""

from __future__ import annotations

import re

from kmsvc.core.texts import N_

_NUMBER = r"-?[\d.]+"
_KNOWN: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.|Field may not be null\.", N_("This is needed.")),
    (r"Unknown field\.", N_("This field is not known here.")),
    (r"Not a valid date\.", N_("This is no day; write 2026-11-21.")),
    (r"Not a valid (integer|number)\.", N_("This is not a whole number.")),
    (r"Number too large\.", N_("This number is too large.")),
    (r"Not a valid boolean\.", N_("Yes or no is needed here.")),
    (r"Not a valid email address\.", N_("This is not an e-mail address.")),
    (r"Must be one of: (?P<choices>.*)\.", N_("One of these: %(choices)s.")),
    (rf"Longer than maximum length (?P<most>{_NUMBER})\.", N_("At most %(most)s long.")),
    (rf"Shorter than minimum length (?P<least>{_NUMBER})\.", N_("At least %(least)s long.")),
    (rf"Length must be between (?P<least>{_NUMBER}) and (?P<most>{_NUMBER})\.",
     N_("Between %(least)s and %(most)s long.")),
    (rf"Must be greater than or equal to (?P<least>{_NUMBER}) and less than or equal to (?P<most>{_NUMBER})\.",
     N_("From %(least)s to %(most)s.")),
    (rf"A whole number from (?P<least>{_NUMBER}) to (?P<most>{_NUMBER})\.", N_("A whole number from %(least)s to %(most)s.")),
    (rf"Must be greater than or equal to (?P<least>{_NUMBER})\.", N_("At least %(least)s.")),
    (rf"Must be less than or equal to (?P<most>{_NUMBER})\.", N_("At most %(most)s.")),
    (r"Not a valid .*\.|Invalid (input type|input|type|value)\.|String does not match expected pattern\.",
     N_("This has not the form that is needed.")),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), source) for pattern, source in _KNOWN)


def own_words(said: str) -> tuple[str, dict[str, str]]:
    """Our English source for a sentence of marshmallow, with its places; any other sentence as it is."""
    for pattern, source in _PATTERNS:
        if found := pattern.fullmatch(said):
            return source, found.groupdict()
    return said, {}
