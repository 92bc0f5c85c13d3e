"""Older formats of a procedure's content, migrated forward one format at a time.

A version keeps the content that it was imported with for ever; it is migrated each time it is read.
"""

import copy
from collections.abc import Callable
from typing import Any

FORMAT = 2  # of the folders and of the stored JSON


def migrated(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content (record, form, fees, process in JSON types) in today's format.

    Raises ValueError when it is of a format that nobody knows.
    """
    while content.get("format") != FORMAT:
        migrate = _MIGRATIONS.get(content.get("format", 0))
        if migrate is None:
            raise ValueError(f"a definition of format {content.get('format')!r}, not {FORMAT}")
        content = migrate(copy.deepcopy(content))
    return content


def _from_1(content: dict[str, Any]) -> dict[str, Any]:
    """Format 2 keeps the limits of the clock with the process."""
    record, process = content.setdefault("record", {}), content.setdefault("process", {})
    limit = record.pop("supplement_limit", None)
    if limit is not None:
        process.setdefault("limits", {})["supplement"] = limit
    if "unverified" in record:
        record["unverified"] = [
            "process.limits.supplement" if path == "supplement_limit" else path for path in record["unverified"]
        ]
    record["format"] = 2
    return content | {"format": 2}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
