"""The signatures in papers that were brought: looked for in a job, kept as plain findings, told in words elsewhere."""

import json
import logging
import os
import subprocess
import sys
from typing import IO, Any

from asn1crypto import pem
from django.conf import settings

from motcua.papers import judge, signing

_MARK = b"/ByteRange"  # stands in every signature, and is never compressed
_READ_AT_ONCE = 5_000_000  # bytes
LARGEST = 60_000_000  # bytes of a PDF that is looked through
_LONGEST_SECONDS = 2 * judge.SECONDS  # of the clock
_UNREADABLE: dict[str, Any] = {"verdict": "broken", "name": "", "organisation": "", "issuer": "", "signed_at": None}
_log = logging.getLogger(__name__)


def may_be_signed(stream: IO[bytes], size: int) -> bool:
    """Whether it is worth a look: a PDF without any signature says so by what it lacks. The stream is at its start again."""
    if size > _READ_AT_ONCE:
        return True
    stream.seek(0)
    found = _MARK in stream.read()
    stream.seek(0)
    return found


def look(content: bytes) -> list[dict[str, Any]]:
    """What each signature in a PDF is worth, oldest first; empty for a PDF without any.

    A process of its own reads it, with limits on time and memory: what a PDF unpacks to is for its maker to say.
    """
    if _MARK not in content:
        return []
    roots = [pem.armor("CERTIFICATE", one.dump()).decode() for one in signing.trusted_roots()]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "motcua.papers.judge"],
            input=json.dumps(roots).encode() + b"\n" + content,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            env={"PATH": os.defpath, "PYTHONPATH": str(settings.ROOT)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [_UNREADABLE]
    if done.returncode == 0:
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found
    if done.returncode != judge.NOT_READABLE:
        _log.warning("A PDF could not be judged: %s", done.stderr.decode(errors="replace")[-300:] or done.returncode)
    return [_UNREADABLE]
