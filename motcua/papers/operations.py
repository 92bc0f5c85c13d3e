"""All that can happen to a paper: it is issued, drawn, revoked."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.foundation import events, files
from motcua.foundation.actor import Actor
from motcua.foundation.chain import digest
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.jobs import job
from motcua.foundation.models import StoredFile
from motcua.foundation.vietnamese import unaccented
from motcua.papers import kinds, masters
from motcua.papers.models import Paper
from motcua.papers.render import render


@transaction.atomic
def issue(
    *,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    number: str | None = None,
    once: str = "",
    check_code: str = "",
    file: StoredFile | None = None,
    valid_until: date | None = None,
) -> Paper:
    """Issue a paper: its row, the event "paper.issued" on the subject, and a job that draws the PDF.

    `data` says what `kinds.KINDS[kind]` asks for; number, moment, check code and address are filled in
    here. With `once`, a second call returns the paper of the first. Whether the actor may issue it is
    decided by the operation that calls. A paper that was signed comes with its `file` and the `check_code` that
    stands on it; `valid_until` is the last day on which it holds. Raises ValueError for data that do not fit.
    """
    existing = Paper.objects.filter(once=once).first() if once else None
    if existing:
        return existing
    paper = Paper(
        kind=kind, subject=subject, number=number or "", once=once, issued_at=at, issued_by=actor.name,
        valid_until=valid_until, **({"check_code": check_code} if check_code else {}),
    )  # fmt: skip
    record = kinds.read(
        kind,
        {"number": paper.number, "issued_at": at}
        | dict(data)
        | {"check_code": paper.check_code, "check_url": paper.check_url},
    )
    paper.data = kinds.plain(record)
    paper.title = kinds.title_of(record)[:500]
    paper.template = masters.active_for(kind, paper.issuer)
    paper.file = file
    paper.save(force_insert=True)
    events.record(
        "paper.issued",
        subject=subject,
        actor=actor,
        at=at,
        paper=str(paper.pk),
        kind=kind,
        title=paper.title,
        number=paper.number,
        digest=digest(paper.data),
    )
    if file is None:
        draw.defer(paper_id=str(paper.pk))
    return paper


@transaction.atomic
def file_of(paper: Paper) -> StoredFile:
    """The paper's PDF, drawn now if it has not been yet; always the same file afterwards."""
    if paper.file:
        return paper.file
    paper_locked = Paper.objects.select_for_update(of=("self",)).select_related("file").get(pk=paper.pk)
    if not paper_locked.file:
        source = paper_locked.template.source if paper_locked.template else ""
        content = render(paper_locked.kind, paper_locked.data, source=source)
        paper_locked.file = files.store(
            io.BytesIO(content),
            name=_file_name(paper_locked),
            content_type="application/pdf",
            at=paper_locked.issued_at,
        )
        paper_locked.save(update_fields=["file"])
    paper.file = paper_locked.file
    return paper_locked.file


@transaction.atomic
def revoke(*, paper: Paper, reason: str, actor: Actor, at: datetime, replaced_by: Paper | None = None) -> Paper:
    """Declare a paper void; its file stays, and the public check says that it is void, why, and what stands instead.

    Raises NotAllowed to all but officers and the system, WrongState when it is void already, and
    Refusal without a reason.
    """
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    if actor.kind not in ("officer", "system"):
        raise NotAllowed(_("Chỉ cán bộ của cơ quan đã cấp mới được thu hồi giấy tờ này."))
    if paper.is_revoked:
        raise WrongState(_("Giấy tờ này đã được thu hồi trước đó; không cần thu hồi lại."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nhập lý do thu hồi giấy tờ."))
    paper.revoked_at, paper.revoked_reason, paper.replaced_by = at, reason.strip()[:500], replaced_by
    paper.save(update_fields=["revoked_at", "revoked_reason", "replaced_by"])
    events.record(
        "paper.revoked",
        subject=paper.subject,
        actor=actor,
        at=at,
        paper=str(paper.pk),
        kind=paper.kind,
        title=paper.title,
        number=paper.number,
        reason=paper.revoked_reason,
    )
    return paper


@job(retries=8, priority=-10)  # who asks for a paper earlier gets it drawn at once
def draw(paper_id: str) -> None:
    """Draw an issued paper, so that its file is there before somebody asks for it."""
    file_of(Paper.objects.get(pk=UUID(paper_id)))


def _file_name(paper: Paper) -> str:
    """A name that every system can keep: no accents, words joined by dashes."""
    name = f"{paper.title[:100]} {paper.data.get('code') or paper.number or paper.check_code}"
    plain = "".join(mark if mark.isalnum() or mark in ".-" else " " for mark in unaccented(name))
    return "-".join(plain.split()) + ".pdf"
