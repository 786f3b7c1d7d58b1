"""The digest of what was frozen: whoever has the text can tell whether it is still the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest_of(*parts: Any) -> str:
    """SHA-256 of JSON-safe parts in one fixed form: sorted keys, no spaces, as it is written in UTF-8."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
