"""Signing a paper: begun under a lock, done where the key is, finished under a lock again.

The key's PIN goes from the form to the signer and is kept nowhere, not even sealed: a signature by a file or a
token takes some hundredths of a second, so it is made while the officer waits, outside any transaction. A process
that is killed in between leaves a row that says so; whoever began it may begin again at once, others after a minute.
A signing service answers later: then a job asks how it stands, again and again, until there is an answer.
"""

import io
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import x509
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Role
from motcua.foundation import events, files
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import StoredFile
from motcua.foundation.shown import moment
from motcua.foundation.vietnamese import fold
from motcua.papers import signed_pdf
from motcua.papers.models import Credential, Signature
from motcua.papers.signers import SIGNERS, Answer, Declined, Expired, Given, Job, Unreachable, Waiting, Wrong

AT_ONCE = timedelta(minutes=1)  # how long somebody who signs by a file or a token keeps others out
LARGEST_IMAGE = 300_000  # bytes
_log = logging.getLogger(__name__)


# -- certificates -----------------------------------------------------------------------------------------------


def seals_of(agency: Agency, at: datetime) -> list[Credential]:
    """The certificates with which an agency may seal now."""
    return list(Credential.objects.usable(at).filter(agency=agency))


def credentials_of(actor: Actor, at: datetime) -> list[Credential]:
    """The certificates with which an officer may sign now."""
    if actor.kind != "officer":
        return []
    return list(Credential.objects.usable(at).filter(user_id=int(actor.id)))


@transaction.atomic
def add_credential(
    *,
    adapter: str,
    label: str,
    given: dict[str, str],
    file: bytes,
    pin: str,
    image: bytes,
    agency: Agency | None,
    actor: Actor,
    at: datetime,
) -> Credential:
    """Note a certificate of the actor's own, or of an agency whose seal the actor keeps.

    The key stays where it is; a PKCS#12 file is kept as it came, closed by its password. Raises NotAllowed, or
    Refusal when the certificate is not found, is over or another person's, or the picture is no PNG.
    """
    if actor.kind != "officer" or (agency and not actor.has_role(Role.CLERK, agency.pk)):
        raise NotAllowed(_("Ông/Bà không có quyền thêm chứng thư số này."))
    if adapter not in SIGNERS:
        raise Refusal(_("Vui lòng chọn cách ký."))
    if image and not (image.startswith(b"\x89PNG\r\n") and len(image) <= LARGEST_IMAGE):
        raise Refusal(_("Hình chữ ký phải là tệp PNG nền trong suốt, không quá 300 KB."))
    try:
        enrolled = SIGNERS[adapter].enrol(given, file, pin)
        certificate = signed_pdf.certificate_of(enrolled.certificate.encode())
    except Unreachable:
        raise Refusal(_("Không kết nối được với thiết bị hoặc dịch vụ ký số. Vui lòng thử lại sau.")) from None
    if agency is None and fold(actor.name) not in fold(signed_pdf.name_of(certificate)):
        raise Refusal(
            _("Chứng thư số đứng tên “%(name)s”, không phải của Ông/Bà. Vui lòng chọn chứng thư số của mình.")
            % {"name": signed_pdf.name_of(certificate)}
        )
    lives = certificate["tbs_certificate"]["validity"]
    if not lives["not_before"].native <= at < lives["not_after"].native:
        raise Refusal(_("Chứng thư số đã hết hạn hoặc chưa có hiệu lực. Vui lòng chọn chứng thư khác."))
    credential = Credential.objects.create(
        user_id=None if agency else int(actor.id),
        agency=agency,
        adapter=adapter,
        label=(label.strip() or str(SIGNERS[adapter].name))[:100],
        certificate=enrolled.certificate,
        chain=enrolled.chain,
        holder=signed_pdf.name_of(certificate)[:200],
        issuer=signed_pdf.issuer_of(certificate)[:200],
        serial=f"{certificate.serial_number:x}"[:80],
        valid_from=lives["not_before"].native,
        valid_until=lives["not_after"].native,
        container=enrolled.container,
        place=enrolled.place,
        image=image or None,
        added_at=at,
        added_by=actor.name,
    )
    events.record(
        "credential.added", subject=f"credential:{credential.pk}", actor=actor, at=at,
        holder=credential.holder, serial=credential.serial, agency=agency.code if agency else "",
    )  # fmt: skip
    return credential


@transaction.atomic
def retire_credential(*, credential: Credential, actor: Actor, at: datetime) -> None:
    """Sign no more with a certificate; what was signed with it stays. Raises NotAllowed, or WrongState."""
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if not may_use(credential, actor):
        raise NotAllowed(_("Ông/Bà không có quyền ngừng dùng chứng thư số này."))
    if credential.retired_at:
        raise WrongState(_("Chứng thư số này đã ngừng dùng."))
    Credential.objects.filter(pk=credential.pk).update(retired_at=at, container=None)
    events.record("credential.retired", subject=f"credential:{credential.pk}", actor=actor, at=at, serial=credential.serial)


def may_use(credential: Credential, actor: Actor) -> bool:
    """Whether it is the actor's own, or the seal of an agency whose clerk the actor is."""
    if credential.agency_id:
        return actor.has_role(Role.CLERK, credential.agency_id)
    return actor.kind == "officer" and actor.id == str(credential.user_id)


# -- signing ----------------------------------------------------------------------------------------------------


def begin(
    *,
    subject: str,
    part: str,
    credential: Credential,
    pdf: bytes,
    title: str,
    lines: Sequence[str],
    order: dict[str, Any],
    actor: Actor,
    at: datetime,
) -> Signature:
    """Make room for a signature in a paper and keep others from signing for the same subject meanwhile.

    Call it in a transaction that holds what the subject names. Raises NotAllowed, Refusal when the certificate is
    over, or WrongState while somebody else signs.
    """
    if not may_use(credential, actor):
        raise NotAllowed(_("Ông/Bà không có quyền ký bằng chứng thư số này."))
    if credential.retired_at or not credential.valid_from <= at < credential.valid_until:
        raise Refusal(_("Chứng thư số đã hết hạn hoặc ngừng dùng. Vui lòng chọn chứng thư khác."))
    _clear_the_way(subject, actor, at)
    begun = signed_pdf.begin(
        pdf,
        name=part,
        certificate=signed_pdf.certificate_of(credential.certificate.encode()),
        chain=signed_pdf.certificates_of(credential.chain.encode()),
        image=bytes(credential.image or b""),
        lines=lines,
        at=at,
    )
    return Signature.objects.create(
        subject=subject,
        part=part,
        credential=credential,
        actor_id=actor.id,
        actor_name=actor.name,
        title=title[:500],
        order=order,
        prepared=begun.pdf,
        digest=begun.digest,
        room_from=begun.start,
        room_to=begun.end,
        attributes=begun.attributes,
        begun_at=at,
        expires_at=at + AT_ONCE,
    )


def _clear_the_way(subject: str, actor: Actor, at: datetime) -> None:
    """End what was begun for the subject and will not be finished. Raises WrongState while it may be."""
    there = Signature.objects.live().select_for_update(of=("self",)).filter(subject=subject).first()
    if there is None:
        return
    abandoned = there.state == Signature.State.SIGNING and there.actor_id == actor.id
    if not abandoned and at < there.expires_at:
        raise WrongState(
            _("%(name)s đang ký văn bản này, bắt đầu lúc %(at)s. Vui lòng chờ trong ít phút.")
            % {"name": there.actor_name, "at": moment(there.begun_at)}
        )
    give_up(there, Signature.State.EXPIRED, "", at)


def have_signed(signature: Signature, pin: str, at: datetime) -> bytes | None:
    """Ask the signer; its signature, or None when that comes later. Outside of transactions: it may take seconds.

    Raises Refusal when there is none, and none will come; the row then says why.
    """
    credential = signature.credential
    job = Job(
        bytes(signature.attributes),
        signature.title,
        credential.certificate,
        bytes(credential.container) if credential.container else None,
        credential.place,
    )
    try:
        answer = SIGNERS[credential.adapter].sign(job, pin)
    except Wrong as wrong:
        give_up(signature, Signature.State.FAILED, str(wrong), at)
        raise
    except Unreachable:
        told = _("Không kết nối được với thiết bị hoặc dịch vụ ký số. Vui lòng thử lại sau.")
        give_up(signature, Signature.State.FAILED, told, at)
        raise Refusal(told) from None
    if isinstance(answer, Waiting):
        Signature.objects.filter(pk=signature.pk, state=Signature.State.SIGNING).update(
            state=Signature.State.WAITING, reference=answer.reference, expires_at=answer.expires_at
        )
        signature.refresh_from_db()
        return None
    return _read(signature, answer, at)


def ask_again(signature: Signature, at: datetime) -> bytes | None:
    """How a waiting signature stands: itself, or None while it waits. Raises Refusal when none will come."""
    try:
        answer = SIGNERS[signature.credential.adapter].ask(signature.reference)
    except Unreachable:
        if at < signature.expires_at + AT_ONCE:
            return None
        answer = Expired()
    return None if isinstance(answer, Waiting) else _read(signature, answer, at)


def _read(signature: Signature, answer: Answer, at: datetime) -> bytes:
    if isinstance(answer, Given):
        return answer.signature
    if isinstance(answer, Declined):
        told = _("%(name)s đã từ chối ký trên ứng dụng ký số.") % {"name": signature.holder}
        give_up(signature, Signature.State.DECLINED, told, at)
    else:
        told = _("Quá thời gian xác nhận trên ứng dụng ký số. Vui lòng ký lại.")
        give_up(signature, Signature.State.EXPIRED, told, at)
    raise Refusal(told)


def finish(signature: Signature, raw: bytes, at: datetime) -> tuple[bytes, StoredFile]:
    """Put the signature into the paper and keep that, once; whoever called holds what the subject names.

    Raises WrongState when the signing is over already, and Refusal when the signature does not fit.
    """
    held = Signature.objects.select_for_update(of=("self",)).select_related("credential").get(pk=signature.pk)
    if not held.is_live or held.prepared is None:
        raise WrongState(_("Lần ký này đã kết thúc: %(state)s.") % {"state": held.get_state_display()})
    begun = signed_pdf.Begun(
        bytes(held.prepared), bytes(held.digest), held.room_from, held.room_to, bytes(held.attributes)
    )
    pdf = signed_pdf.finish(
        begun,
        raw,
        certificate=signed_pdf.certificate_of(held.credential.certificate.encode()),
        chain=signed_pdf.certificates_of(held.credential.chain.encode()),
    )
    if any(found.verdict in ("broken", "changed") for found in signed_pdf.look(pdf)):
        raise Refusal(_("Chữ ký nhận được không khớp với văn bản. Vui lòng ký lại."))
    stored = files.store(io.BytesIO(pdf), name="van-ban-da-ky.pdf", content_type="application/pdf", at=at)
    held.state, held.ended_at, held.prepared, held.file = Signature.State.SIGNED, at, None, stored
    held.save(update_fields=["state", "ended_at", "prepared", "file"])
    signature.refresh_from_db()
    return pdf, stored


def give_up(signature: Signature, state: Signature.State, reason: str, at: datetime) -> None:
    """Note why there is no signature; nothing happens when there is one, or another reason already."""
    Signature.objects.live().filter(pk=signature.pk).update(
        state=state, reason=reason[:500], ended_at=max(at, signature.begun_at), prepared=None
    )


def trusted_roots() -> list[x509.Certificate]:
    """The certificates that this installation trusts: the files of the folder that SIGNATURE_ROOTS names."""
    folder = Path(settings.SIGNATURE_ROOTS) if settings.SIGNATURE_ROOTS else None
    found = []
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
        if path.suffix.lower() in (".crt", ".pem", ".cer"):
            try:
                found += signed_pdf.certificates_of(path.read_bytes())
            except ValueError:
                _log.warning("%s is no certificate", path)
    return found
