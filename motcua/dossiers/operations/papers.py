"""The papers of a dossier: brought, taken over from what is here already, dated, looked through, taken out."""

from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import paper_check, signed_papers
from motcua.dossiers import reuse as known
from motcua.dossiers.models import Document, Dossier, SupplementRequest, Upload
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.states import TRANSITIONS, State
from motcua.dossiers.uploads import PDF, inspect
from motcua.foundation import files
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.jobs import job
from motcua.foundation.models import StoredFile
from motcua.foundation.time import HANOI
from motcua.papers import operations as issued

MOST_FILES = 100  # of one dossier


def attach(
    *,
    dossier: Dossier,
    component_id: str,
    stream: IO[bytes],
    name: str,
    actor: Actor,
    at: datetime,
    source: Document.Source = Document.Source.UPLOADED,
    replaces: int | None = None,
    upload: Upload | None = None,
    findings: paper_check.Findings | None = None,
) -> Document:
    """Keep one file for a component of a draft, or of a supplement that is asked for.

    `replaces` is the key of a document that goes in the same moment; `upload` is the row by which the file came,
    which ends with it; `findings` spares the look at pages that were looked at before. Raises Refusal when the file
    is empty, encrypted, too large, of a wrong type, already there or one too many, NotAllowed, or WrongState; the
    other files stay.
    """
    supplement = check_open_for_papers(dossier, component_id, actor)
    kind = inspect(stream, name)
    if findings is None and paper_check.is_quick(kind.content_type, kind.size, kind.pages):
        findings = paper_check.look(stream, kind.content_type)
    signatures: list[dict[str, Any]] | None = None if kind.content_type == PDF and signed_papers.may_be_signed(stream, kind.size) else []
    stored = files.store(
        stream, name=name, content_type=kind.content_type, at=at
    )  # outside the lock: it may take long
    try:
        with transaction.atomic():
            dossier, supplement = _hold_for_papers(dossier, component_id, actor, at, supplement)
            if upload and not Upload.objects.filter(pk=upload.pk).delete()[0]:
                raise WrongState(_("Tệp %(name)s vừa được xử lý ở một trang khác.") % {"name": name})
            gone = _replaced(dossier, replaces, supplement)
            _check_room(dossier, component_id, stored, gone)
            document = Document.objects.create(
                dossier=dossier,
                component_id=component_id,
                file=stored,
                name=name,
                pages=kind.pages,
                supplement=supplement,
                added_at=at,
                source=source,
                findings=findings,
                signatures=signatures,
            )
            if gone:
                gone.delete()
                files.remove(gone.file)
            if findings is None:
                check_paper.defer(document_id=document.pk)
            if signatures is None:
                look_for_signatures.defer(document_id=document.pk)
            return document
    except Refusal:
        files.remove(stored)
        raise


def reuse(
    *, dossier: Dossier, component_id: str, earlier: Document, actor: Actor, at: datetime
) -> Document:
    """Let a paper of an earlier dossier of the same account stand here too; its file is kept once.

    Raises Refusal when it is not one that `dossiers.reuse` offers, NotAllowed, or WrongState.
    """
    supplement = check_open_for_papers(dossier, component_id, actor)
    there = known.earlier_papers(dossier, actor).filter(pk=earlier.pk).first()
    if there is None:
        raise Refusal(_("Giấy tờ này không còn dùng lại được. Vui lòng chọn giấy tờ khác hoặc tải tệp lên."))
    with transaction.atomic():
        dossier, supplement = _hold_for_papers(dossier, component_id, actor, at, supplement)
        return _share(
            dossier,
            component_id,
            there.file_id,
            supplement,
            at,
            name=there.name,
            pages=there.pages,
            source=Document.Source.EARLIER_DOSSIER,
            origin={"dossier": there.dossier.code, "document": there.pk, "component": known.paper_name(there)},
            issued_on=there.issued_on,
            valid_until=there.valid_until,
            findings=there.findings,
            signatures=there.signatures,
        )


def attach_result(
    *, dossier: Dossier, component_id: str, paper_id: UUID, actor: Actor, at: datetime
) -> Document:
    """Let a result that this account was issued stand for a component that says so (`replaced_by`).

    Raises Refusal when there is no such result, or it was revoked or has expired; NotAllowed, or WrongState.
    """
    supplement = check_open_for_papers(dossier, component_id, actor)
    component = dossier.definition.component(component_id)
    today = at.astimezone(HANOI).date()
    found = next(
        (one for one in known.standing_results(component, actor, today) if one.paper.pk == paper_id), None
    )
    if found is None:
        raise Refusal(_("Kết quả này đã hết hiệu lực hoặc đã bị thu hồi nên không dùng thay giấy tờ được."))
    stored = issued.file_of(found.paper)
    with transaction.atomic():
        dossier, supplement = _hold_for_papers(dossier, component_id, actor, at, supplement)
        return _share(
            dossier,
            component_id,
            stored.pk,
            supplement,
            at,
            name=stored.name,
            source=Document.Source.ISSUED_RESULT,
            origin={
                "paper": str(found.paper.pk),
                "number": found.number,
                "name": found.name,
                "dossier": found.dossier_code,
                "check_code": found.paper.check_code,
            },
            issued_on=found.issued_on,
            valid_until=found.valid_until,
            findings=[],
        )


def detach(*, document: Document, actor: Actor, at: datetime) -> None:
    """Take a file out again, as long as it was not filed; its content goes unless another dossier has it too."""
    with transaction.atomic():
        dossier = lock(document.dossier)
        supplement = check_open_for_papers(dossier, document.component_id, actor)
        if document.supplement_id != (supplement.pk if supplement else None):
            raise WrongState(_("Giấy tờ này đã được nộp nên không gỡ được."))
        document.delete()
        files.remove(document.file)


def date_paper(
    *,
    document: Document,
    issued_on: date | None,
    valid_until: date | None,
    actor: Actor,
    at: datetime,
) -> Document:
    """Keep when a paper was issued and until when it is valid, as its applicant says.

    Raises Refusal for a day of issue that is to come, or after the last day of validity; NotAllowed; WrongState.
    """
    if document.source == Document.Source.ISSUED_RESULT:
        raise WrongState(_("Ngày cấp và thời hạn được lấy từ kết quả đã cấp nên không sửa được."))
    if issued_on and issued_on > at.astimezone(HANOI).date():
        raise Refusal(_("Ngày cấp không được sau ngày hôm nay."))
    if issued_on and valid_until and valid_until < issued_on:
        raise Refusal(_("Ngày hết hiệu lực không được trước ngày cấp."))
    _change(document, actor, issued_on=issued_on, valid_until=valid_until)
    return document


def keep_as_it_is(*, document: Document, actor: Actor, at: datetime) -> Document:
    """Remember that the applicant has read what the check found and keeps the file. Raises NotAllowed, WrongState."""
    _change(document, actor, findings_kept_at=at)
    return document


@job(retries=3, priority=5)
def check_paper(document_id: int) -> None:
    """Look a large paper through and keep what was found; what has gone meanwhile needs no look."""
    document = Document.objects.select_related("file").filter(pk=document_id, findings__isnull=True).first()
    if document is None:
        return
    try:
        with document.file.open() as stream:
            findings = paper_check.look(stream, document.file.content_type)
    except FileNotFoundError:  # taken out, or lost: nothing can be said of it
        return
    Document.objects.filter(file_id=document.file_id, findings__isnull=True).update(findings=findings)


@job(priority=-5)
def look_for_signatures(document_id: int) -> None:
    """Look for signatures in a PDF that came and keep what they are worth; once for each file."""
    document = Document.objects.select_related("file").filter(pk=document_id, signatures__isnull=True).first()
    if document is None or document.file.size > signed_papers.LARGEST:
        return
    try:
        with document.file.open() as stream:
            found = signed_papers.look(stream.read())
    except FileNotFoundError:  # taken out, or lost: nothing can be said of it
        return
    Document.objects.filter(file_id=document.file_id, signatures__isnull=True).update(signatures=found)


def check_open_for_papers(dossier: Dossier, component_id: str, actor: Actor) -> SupplementRequest | None:
    """The open request for a supplement, None for a draft. Raises a Refusal where no paper may come now."""
    if not _brings(dossier, actor):
        raise NotAllowed(_("Ông/Bà không có quyền thay đổi giấy tờ của hồ sơ này."))
    if dossier.state == State.DRAFT:
        try:
            dossier.definition.component(component_id)
        except KeyError:
            raise Refusal(_("Thành phần hồ sơ không tồn tại.")) from None
        return None
    if dossier.state == State.SUPPLEMENT_REQUESTED:
        request = dossier.supplements.filter(closed_at=None).first()
        if request and any(item["component_id"] == component_id for item in request.items):
            return request
        raise Refusal(_("Cơ quan không yêu cầu bổ sung giấy tờ này."))
    raise WrongState(_("Hồ sơ này đã được nộp nên không thay đổi giấy tờ được."))


def _brings(dossier: Dossier, actor: Actor) -> bool:
    """Whether this actor brings the papers: who files, or a receiver to whose counter they are brought."""
    if actor.kind == "officer" and dossier.state != State.DRAFT:
        return dossier.allows(TRANSITIONS["bring_supplement"], actor)
    return dossier.is_filled_in_by(actor) or dossier.allows(TRANSITIONS["submit"], actor)


def _hold_for_papers(
    dossier: Dossier, component_id: str, actor: Actor, at: datetime, supplement: SupplementRequest | None
) -> tuple[Dossier, SupplementRequest | None]:
    """Lock the dossier; in a draft this moment is when it was saved."""
    if Dossier.objects.filter(pk=dossier.pk, state=State.DRAFT).update(saved_at=at):
        return dossier, None if dossier.state == State.DRAFT else supplement
    dossier = lock(dossier)
    return dossier, check_open_for_papers(dossier, component_id, actor)


def _replaced(dossier: Dossier, pk: int | None, supplement: SupplementRequest | None) -> Document | None:
    if pk is None:
        return None
    return (
        dossier.documents.filter(pk=pk, supplement=supplement).select_related("file").first()
    )  # taken out already, in another tab: nothing to do


def _share(
    dossier: Dossier,
    component_id: str,
    file_id: UUID,
    supplement: SupplementRequest | None,
    at: datetime,
    **about: Any,
) -> Document:
    stored = files.hold(file_id)
    if stored is None:
        raise Refusal(_("Giấy tờ này không còn dùng lại được. Vui lòng chọn giấy tờ khác hoặc tải tệp lên."))
    _check_room(dossier, component_id, stored, None)
    return Document.objects.create(
        dossier=dossier,
        component_id=component_id,
        file=stored,
        supplement=supplement,
        added_at=at,
        **{"pages": None} | about,
    )


def _change(document: Document, actor: Actor, **changes: object) -> None:
    with transaction.atomic():
        dossier = lock(document.dossier)
        supplement = check_open_for_papers(dossier, document.component_id, actor)
        if document.supplement_id != (supplement.pk if supplement else None):
            raise WrongState(_("Giấy tờ này đã được nộp nên không sửa được."))
        Document.objects.filter(pk=document.pk).update(**changes)
    for name, value in changes.items():
        setattr(document, name, value)


def _check_room(dossier: Dossier, component_id: str, stored: StoredFile, gone: Document | None) -> None:
    """Raise Refusal when the component has this very content already, or the dossier has all the files it may have."""
    there = [
        (component, digest, name)
        for pk, component, digest, name in dossier.documents.values_list(
            "pk", "component_id", "file__sha256", "name"
        )
        if gone is None or pk != gone.pk
    ]
    twin = next((name for *same, name in there if same == [component_id, stored.sha256]), None)
    if twin is not None:
        raise Refusal(
            _("Tệp %(name)s giống hệt tệp %(there)s đã có ở mục này. Vui lòng chọn tệp khác.")
            % {"name": stored.name, "there": twin}
        )
    if len(there) >= MOST_FILES:
        raise Refusal(
            _("Hồ sơ đã có %(most)d tệp. Vui lòng gộp các trang vào một tệp hoặc gỡ bớt tệp.")
            % {"most": MOST_FILES}
        )
