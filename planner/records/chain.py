"""The hash of a document, by which one entry of a chain signs another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def hash_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON document with sorted keys, without blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
