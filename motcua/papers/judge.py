"""The program that judges the signatures in one PDF that is not ours: reads it, writes the findings, and ends.

It runs alone, under limits that it sets itself before it reads anything: a PDF may be made to unpack without end.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motcua.papers.signed_pdf import Found

MEMORY = 1024**3  # bytes of addresses
SECONDS = 60  # of the processor
NOT_READABLE = 3  # what it ends with then


def main() -> int:
    from pyhanko.sign import validation  # noqa: F401 - before the limits: what it maps at its start is ours

    from motcua.papers import signed_pdf

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    roots = json.loads(sys.stdin.buffer.readline())  # PEM, one for each certificate that is trusted
    trusted = [one for text in roots for one in signed_pdf.certificates_of(text.encode())]
    try:
        found = signed_pdf.look(sys.stdin.buffer.read(), roots=trusted)
    except signed_pdf.NotReadable:
        return NOT_READABLE
    print(json.dumps([_told(one) for one in found]))
    return 0


def _told(found: "Found") -> dict[str, object]:
    told = asdict(found) | {"signed_at": found.signed_at.isoformat() if found.signed_at else None}
    del told["filled_later"]
    return told


if __name__ == "__main__":
    sys.exit(main())
