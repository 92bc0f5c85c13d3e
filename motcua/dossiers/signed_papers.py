"""The signatures in papers that were brought: looked for in a job, kept as plain findings, told in words elsewhere."""

from typing import IO, Any

from motcua.papers import signed_pdf, signing

_MARK = b"/ByteRange"  # stands in every signature, and is never compressed
_READ_AT_ONCE = 5_000_000  # bytes
LARGEST = 60_000_000  # bytes of a PDF that is looked through


def may_be_signed(stream: IO[bytes], size: int) -> bool:
    """Whether it is worth a look: a PDF without any signature says so by what it lacks. The stream is at its start again."""
    if size > _READ_AT_ONCE:
        return True
    stream.seek(0)
    found = _MARK in stream.read()
    stream.seek(0)
    return found


def look(content: bytes) -> list[dict[str, Any]]:
    """What each signature in a PDF is worth, oldest first; empty for a PDF without any."""
    if _MARK not in content:
        return []
    try:
        found = signed_pdf.look(content, roots=signing.trusted_roots())
    except signed_pdf.NotReadable:
        return [{"verdict": "broken", "name": "", "organisation": "", "issuer": "", "signed_at": None}]
    return [
        {
            "verdict": one.verdict,
            "name": one.name,
            "organisation": one.organisation,
            "issuer": one.issuer,
            "signed_at": one.signed_at.isoformat() if one.signed_at else None,
        }
        for one in found
    ]
