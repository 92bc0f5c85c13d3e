"""The result: drafted, approved and signed, given its number and the agency's seal, kept in the register, revoked.

Who decides and has a certificate signs as he approves: the paper is made then, with room for the number and the
date that the clerk fills in later. Where nobody has a certificate the same steps make a paper without signatures.
"""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Officer, Place, Role
from motcua.dossiers import drafting, printing
from motcua.dossiers.models import Dossier, Result, Task
from motcua.dossiers.operations.endings import drop_owed
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.numbering import counter_of, numbered
from motcua.dossiers.operations.steps import (
    chosen_outcome,
    finish,
    leads_back,
    open_task,
    require_processing,
    step_done,
    walk,
)
from motcua.foundation import events, files
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.jobs import job
from motcua.foundation.models import Counter, StoredFile
from motcua.foundation.time import HANOI, months_later, now
from motcua.foundation.vietnamese import day_words, fold
from motcua.papers import masters, signed_pdf, signing
from motcua.papers import operations as papers
from motcua.papers.models import Credential, Signature, check_url, new_check_code
from motcua.payments.models import Charge
from motcua.procedures.parts import Outcome

_SUFFIX = {"notice": "TB", "decision": "QĐ", "licence": "GP", "certificate": "GCN", "document": "VB"}
_TOO_LATE = "Kết quả đã được ban hành."  # kept, and written to the citizen: in Vietnamese whoever acts
_ASK_EVERY = 3  # seconds between two questions to a signing service


def suffix_of(dossier: Dossier) -> str:
    """How numbers of this dossier's result end: each kind of paper of a unit and year has its own count."""
    spec = next(iter(dossier.definition.record.results), None)
    decided = Result.objects.filter(dossier=dossier).only("kind").first()
    if decided is not None and decided.kind == Result.Kind.NOT_ELIGIBLE:
        return "TB"
    return _SUFFIX[spec.type] if spec else "TB"


def expected_number(dossier: Dossier, at: datetime) -> str:
    """The number that the result would get now; another dossier may take it first."""
    suffix = suffix_of(dossier)
    last = Counter.objects.filter(scope=counter_of(dossier.agency.code, at, suffix)).first()
    return f"{last.last + 1 if last else 1:02}/{suffix}"


# -- the draft --------------------------------------------------------------------------------------------------


def redraft(dossier: Dossier, conclusion: str, actor: Actor) -> Result:
    """The result as it is proposed anew: nobody has approved or signed it, its texts stay as they were written."""
    spec = next(iter(dossier.definition.record.results), None)
    before = Result.objects.filter(dossier=dossier).first()
    content = {"conclusion": conclusion}
    if before and before.content.get("texts"):
        content["texts"] = before.content["texts"]
    decided, _is_new = Result.objects.update_or_create(
        dossier=dossier,
        defaults={
            "kind": Result.Kind.GRANTED,
            "reason": "",
            "basis": "",
            "advice": "",
            "name": spec.name if spec else dossier.procedure_version.name,
            "content": content,
            "drafted_by": actor.name,
            "approved_at": None,
            "approved_by": "",
            "check_code": "",
            "signature": None,
        },
    )
    return decided


@transaction.atomic
def draft_result(
    *, dossier: Dossier, texts: dict[str, str], actor: Actor, at: datetime, seen: int | None = None
) -> Result:
    """Keep what the appraiser wrote into the result. Raises NotAllowed, WrongState, or Refusal for what is no text."""
    dossier = lock(dossier)
    open_task(dossier, "appraise", actor, seen)
    require_processing(dossier)
    decided = Result.objects.filter(dossier=dossier).first()
    if decided is None or decided.approved_at or decided.kind != Result.Kind.GRANTED:
        decided = redraft(dossier, decided.content.get("conclusion", "") if decided else "", actor)
    content = {key: value for key, value in decided.content.items() if key != "texts"}
    decided.content = content  # as it would read without anything written: what is as it was need not be kept
    kind, data = printing.result(dossier, decided, "", at)
    begins = drafting.read(kind, drafting.shown(kind, data, valid_until(dossier, decided, at)))
    written = drafting.read(kind, texts)
    decided.content = content | {"texts": {key: value for key, value in written.items() if value != begins.get(key)}}
    decided.drafted_by = actor.name
    decided.save(update_fields=["content", "drafted_by"])
    events.record("dossier.result_drafted", subject=dossier.subject, actor=actor, at=at)
    return decided


def draft_of(dossier: Dossier, at: datetime) -> Result:
    """The draft as it is, or as it would begin; not saved."""
    spec = next(iter(dossier.definition.record.results), None)
    found = Result.objects.filter(dossier=dossier).first()
    return found or Result(dossier=dossier, name=spec.name if spec else dossier.procedure_version.name)


def valid_until(dossier: Dossier, decided: Result, at: datetime) -> date | None:
    """The last day on which a result that is issued now holds: as was written, else as the procedure says."""
    texts = decided.content.get("texts") or {}
    if drafting.UNTIL in texts:
        return date.fromisoformat(texts[drafting.UNTIL]) if texts[drafting.UNTIL] else None
    spec = next((one for one in dossier.definition.record.results if one.name == decided.name), None)
    months = spec.validity_months if spec and decided.kind == Result.Kind.GRANTED else None
    return months_later(at.astimezone(HANOI).date(), months) if months else None


# -- approving and signing --------------------------------------------------------------------------------------


def signs(dossier: Dossier, task: Task, outcome: Outcome | None = None) -> bool:
    """Whether who does this step signs the result: the step says so, or nothing but the number comes after it."""
    step = dossier.definition.step(task.step_id)
    if task.act != "approve":
        return False
    following, _passed = walk(dossier, (outcome or step.outcomes[0]).to)
    return following is not None and following.act == "stamp"


@transaction.atomic
def approve(
    *, dossier: Dossier, note: str, actor: Actor, at: datetime, outcome: str = "", seen: int | None = None
) -> Dossier:
    """Approve the drafted result; it then waits for its number and stamp, or for whoever approves next.

    Raises NotAllowed, WrongState, or Refusal when there is no draft, the outcome leads back, or the actor has a
    certificate to sign it with: then `sign` it.
    """
    dossier, task, decided, chosen = _to_approve(dossier, outcome, actor, at, seen)
    if signs(dossier, task, chosen) and signing.credentials_of(actor, at):
        raise Refusal(_("Vui lòng ký số: văn bản này được phê duyệt bằng chữ ký số của Ông/Bà."))
    return _approved(dossier, task, decided, chosen, note, actor, at)


def _to_approve(
    dossier: Dossier, outcome: str, actor: Actor, at: datetime, seen: int | None
) -> tuple[Dossier, Task, Result, Outcome]:
    dossier = lock(dossier)
    task = open_task(dossier, "approve", actor, seen)
    require_processing(dossier)
    decided = Result.objects.filter(dossier=dossier).first()
    if decided is None:
        raise Refusal(_("Chưa có dự thảo kết quả để phê duyệt."))
    chosen = chosen_outcome(dossier, task, outcome)
    if leads_back(dossier, dossier.definition.step(task.step_id), chosen):
        raise Refusal(_("Vui lòng chọn một kết quả xử lý của bước này."))
    return dossier, task, decided, chosen


def _approved(
    dossier: Dossier,
    task: Task,
    decided: Result,
    chosen: Outcome,
    note: str,
    actor: Actor,
    at: datetime,
    signature: Signature | None = None,
) -> Dossier:
    finish(dossier, task, chosen.id, note.strip(), actor, at)
    _name_signer(decided, task, actor, at)
    decided.signature = signature
    decided.save(update_fields=["approved_at", "approved_by", "approver_title", "signature"])
    step_done(dossier, "approved", chosen.id, note.strip(), actor, at)
    return dossier


def _name_signer(decided: Result, task: Task, actor: Actor, at: datetime) -> None:
    office = Officer.objects.filter(user_id=int(actor.id), agency_id=task.agency_id, role=task.role).first()
    decided.approved_at, decided.approved_by = at, actor.name
    decided.approver_title = office.title if office else ""


def sign(
    *,
    dossier: Dossier,
    credential: Credential,
    pin: str,
    note: str,
    actor: Actor,
    at: datetime,
    outcome: str = "",
    seen: int | None = None,
) -> Signature:
    """Approve the drafted result by signing it. The signature, which may still be waited for (`is_live`).

    The PIN is handed to the signer and kept nowhere. Raises what `approve` does, WrongState while somebody else
    signs, and Refusal when the PIN is wrong or the signer cannot be reached; nothing is approved then.
    """
    signature = _begin_signing(dossier, credential, note, outcome, actor, at, seen)
    raw = signing.have_signed(signature, pin, at)
    if raw is None:
        watch.defer(signature_id=signature.pk)
    else:
        end_signing(signature, raw, at)
    return signature


@transaction.atomic
def _begin_signing(
    dossier: Dossier, credential: Credential, note: str, outcome: str, actor: Actor, at: datetime, seen: int | None
) -> Signature:
    dossier, task, decided, chosen = _to_approve(dossier, outcome, actor, at, seen)
    if not signs(dossier, task, chosen):
        raise WrongState(_("Bước này không ký văn bản."))
    _name_signer(decided, task, actor, at)
    code = new_check_code()
    signature = signing.begin(
        subject=dossier.subject,
        part=Signature.Part.PERSON,
        credential=credential,
        pdf=_blank(dossier, decided, code, at),
        title=f"{decided.name} – {dossier.code}",
        lines=[f"Ký bởi: {credential.holder}", f"Thời gian ký: {signed_when(at)}"],
        order={"task": task.pk, "outcome": chosen.id, "note": note, "check_code": code},
        actor=actor,
        at=at,
    )
    tell(dossier, "signing_begun", signature, at)
    return signature


def _blank(dossier: Dossier, decided: Result, check_code: str, at: datetime) -> bytes:
    """The result as it is signed: with its check code, and with room for number, date and signatures."""
    kind, data = printing.result(dossier, decided, "", at)
    data |= {"issued_at": at, "check_code": check_code, "check_url": check_url(check_code)}
    return signed_pdf.with_fields(masters.render_now(kind, data, blanks=True))


def signed_when(at: datetime) -> str:
    """As Nghị định 30/2020/NĐ-CP wants the moment of a signature: by the Vietnamese clock, after ISO 8601."""
    return at.astimezone(HANOI).isoformat(timespec="seconds")


def tell(dossier: Dossier, what: str, signature: Signature, at: datetime, **data: Any) -> None:
    """Record what became of a signature, in whose name it was begun: a job may end what an officer began."""
    actor = Actor("officer", signature.actor_id, signature.actor_name)
    events.record(
        f"dossier.{what}", subject=dossier.subject, actor=actor, at=at,
        part=signature.part, holder=signature.holder, **data,
    )  # fmt: skip


# What a signature is for when it is no result: the word of its order, and who ends it. Letters enter theirs.
ENDS_OF_LETTERS: dict[str, Callable[[Dossier, Signature, bytes, Actor, datetime], object]] = {}


def end_signing(signature: Signature, raw: bytes, at: datetime) -> None:
    """Put a signature that came into its paper, and take the step that it is for; once.

    Raises Refusal when the dossier went another way meanwhile, or the signature does not fit: the signing has
    ended without one then.
    """
    try:
        with transaction.atomic():
            _end_signing(signature, raw, at)
    except Refusal as refusal:
        signing.give_up(signature, Signature.State.FAILED, str(refusal), at)
        raise


def _end_signing(signature: Signature, raw: bytes, at: datetime) -> None:
    dossier = Dossier(pk=int(signature.subject.partition(":")[2]))
    # As he is now, under the name in which he began: a deputy signs with both names.
    actor = replace(actor_of(User.objects.get(pk=int(signature.actor_id)), at), name=signature.actor_name)
    order = signature.order
    if "letter" in order:
        ENDS_OF_LETTERS[order["letter"]](dossier, signature, raw, actor, at)
    elif signature.part == Signature.Part.PERSON:
        dossier, task, decided, chosen = _to_approve(dossier, order["outcome"], actor, at, order["task"])
        signing.finish(signature, raw, at)
        decided.check_code = order["check_code"]
        decided.save(update_fields=["check_code"])
        _approved(dossier, task, decided, chosen, order["note"], actor, at, signature)
    else:
        dossier, task, decided = _to_stamp(dossier, actor, at, order["task"])
        _pdf, stored = signing.finish(signature, raw, at)
        _issued(dossier, task, decided, order["number"], stored, actor, at, seal=signature)
    tell(dossier, "signed", signature, at)


def check_signature(*, signature: Signature, at: datetime) -> bool:
    """Ask the signing service how a waiting signature stands, and take its step when it has come.

    True when nothing more is to be waited for. Raises Refusal when there is none and none will come.
    """
    signature.refresh_from_db()
    if signature.state != Signature.State.WAITING:
        return True
    raw = signing.ask_again(signature, at)
    if raw is None:
        return False
    end_signing(signature, raw, at)
    return True


@transaction.atomic
def cancel_signing(*, signature: Signature, actor: Actor, at: datetime) -> None:
    """Wait no longer for a signature. Raises NotAllowed to all but who asked for it, WrongState when it is over."""
    dossier = lock(Dossier(pk=int(signature.subject.partition(":")[2])))
    signature = Signature.objects.select_for_update(of=("self",)).select_related("credential").get(pk=signature.pk)
    if actor.id != signature.actor_id:
        raise NotAllowed(_("Chỉ người đã yêu cầu ký mới hủy được yêu cầu."))
    if not signature.is_live:
        raise WrongState(_("Lần ký này đã kết thúc: %(state)s.") % {"state": signature.get_state_display()})
    signing.give_up(signature, Signature.State.FAILED, _("Người yêu cầu đã hủy."), at)
    tell(dossier, "signing_cancelled", signature, at)


@job(retries=20)
def watch(signature_id: int) -> None:
    """Ask how a signature stands, and again a little later while it is waited for."""
    signature = Signature.objects.select_related("credential").get(pk=signature_id)
    try:
        is_over = check_signature(signature=signature, at=now())
    except Refusal:
        return  # the row says why
    if not is_over:
        watch.configure(schedule_in={"seconds": _ASK_EVERY}).defer(signature_id=signature_id)


def look_after_signatures(at: datetime) -> None:
    """Ask once more about what is overdue, so that no waiting row outlives its signer."""
    for signature in Signature.objects.live().filter(expires_at__lt=at).select_related("credential"):
        if signature.state == Signature.State.SIGNING:
            signing.give_up(signature, Signature.State.EXPIRED, _("Việc ký bị gián đoạn. Vui lòng ký lại."), at)
        else:
            try:
                check_signature(signature=signature, at=at)
            except Refusal:
                continue


# -- number, date, seal -----------------------------------------------------------------------------------------


def stamp(
    *,
    dossier: Dossier,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
    credential: Credential | None = None,
    pin: str = "",
) -> Dossier:
    """Give the approved result its number and date, seal and issue it; that ends the settling clock.

    With a `credential` of the agency the paper gets its seal, which may come later where a service signs: the
    number is taken when the seal is asked for, and stays with this result. Raises NotAllowed, WrongState, or
    Refusal while the result is not approved, a fee is unpaid, or the agency has a seal and none is used.
    """
    if credential is None:
        return _stamp_plainly(dossier, actor, at, seen)
    signature = _begin_sealing(dossier, credential, actor, at, seen)
    raw = signing.have_signed(signature, pin, at)
    if raw is None:
        watch.defer(signature_id=signature.pk)
    else:
        end_signing(signature, raw, at)
    return Dossier.objects.get(pk=dossier.pk)


def _to_stamp(dossier: Dossier, actor: Actor, at: datetime, seen: int | None) -> tuple[Dossier, Task, Result]:
    dossier = lock(dossier)
    task = open_task(dossier, "stamp", actor, seen)
    check(dossier, "settle", actor, task)
    decided = Result.objects.filter(dossier=dossier).exclude(approved_at=None).first()
    if decided is None:
        raise Refusal(_("Kết quả chưa được phê duyệt."))
    is_granted = decided.kind == Result.Kind.GRANTED  # a decision against the applicant waits for no fee
    if is_granted and Charge.objects.about(dossier.subject).owed().exists():
        raise Refusal(_("Hồ sơ chưa nộp đủ phí, lệ phí nên chưa ban hành được kết quả."))
    return dossier, task, decided


@transaction.atomic
def _stamp_plainly(dossier: Dossier, actor: Actor, at: datetime, seen: int | None) -> Dossier:
    """Number and date alone: on paper as it was signed, or on one that nobody signs."""
    dossier, task, decided = _to_stamp(dossier, actor, at, seen)
    if signing.seals_of(dossier.agency, at):
        raise Refusal(_("Vui lòng ký số của cơ quan: kết quả được ban hành cùng chữ ký số của cơ quan."))
    number = _take_number(dossier, at)
    stored = None
    if decided.signature_id:
        paper = filled(_signed(decided), number, at)
        stored = files.store(io.BytesIO(paper), name=_file_name(dossier), content_type="application/pdf", at=at)
    return _issued(dossier, task, decided, number, stored, actor, at)


@transaction.atomic
def _begin_sealing(
    dossier: Dossier, credential: Credential, actor: Actor, at: datetime, seen: int | None
) -> Signature:
    dossier, task, decided = _to_stamp(dossier, actor, at, seen)
    if credential.agency_id != dossier.agency_id:
        raise NotAllowed(_("Chứng thư số này không phải của cơ quan giải quyết hồ sơ."))
    if decided.signature_id:
        paper = _signed(decided)
    else:
        decided.check_code = decided.check_code or new_check_code()
        decided.save(update_fields=["check_code"])
        paper = _blank(dossier, decided, decided.check_code, at)
    number = _take_number(dossier, at)
    signature = signing.begin(
        subject=dossier.subject,
        part=Signature.Part.SEAL,
        credential=credential,
        pdf=filled(paper, number, at),
        title=f"{number} – {decided.name} – {dossier.code}",
        lines=[credential.holder.upper(), f"Thời gian ký: {signed_when(at)}"],
        order={"task": task.pk, "number": number},
        actor=actor,
        at=at,
    )
    tell(dossier, "signing_begun", signature, at)
    return signature


def _take_number(dossier: Dossier, at: datetime) -> str:
    """The next number, or the one that an earlier try to seal has taken for this result this year."""
    year = at.astimezone(HANOI).year
    before = Signature.objects.about(dossier.subject).filter(part=Signature.Part.SEAL).last()
    if before is not None and before.begun_at.astimezone(HANOI).year == year:
        return str(before.order["number"])
    return numbered(dossier.agency.code, at, suffix_of(dossier))


def _signed(decided: Result) -> bytes:
    """The paper as the leader signed it."""
    assert decided.signature is not None and decided.signature.file is not None
    with decided.signature.file.open() as stream:
        content: bytes = stream.read()
    return content


def filled(paper: bytes, number: str, at: datetime) -> bytes:
    """The paper with its number, and with place and day in words."""
    seat = Place.current().seat
    words = day_words(at.astimezone(HANOI))
    issued_on = f"{seat}, {words}" if seat else words[0].upper() + words[1:]
    return signed_pdf.fill(paper, {signed_pdf.NUMBER: number, signed_pdf.DAY: issued_on})


def _file_name(dossier: Dossier) -> str:
    return f"ket-qua-{dossier.code}.pdf"


def _issued(
    dossier: Dossier,
    task: Task,
    decided: Result,
    number: str,
    stored: StoredFile | None,
    actor: Actor,
    at: datetime,
    seal: Signature | None = None,
) -> Dossier:
    """Enter the result in the register, and end the settling; a wish to withdraw ends with it."""
    kind, data = printing.result(dossier, decided, number, at)
    until = valid_until(dossier, decided, at)
    paper = papers.issue(
        kind=kind, subject=dossier.subject, number=number, data=data, actor=actor, at=at, file=stored,
        check_code=decided.check_code if stored else "", valid_until=until,
    )  # fmt: skip
    decided.number, decided.issued_at, decided.paper, decided.seal = number, at, paper, seal
    decided.agency, decided.year = dossier.agency, at.astimezone(HANOI).year
    decided.owner_name, decided.valid_until, decided.check_code = dossier.owner_name, until, paper.check_code
    decided.save(
        update_fields=["number", "issued_at", "paper", "seal", "agency", "year", "owner_name", "valid_until", "check_code"]
    )
    words = f"{number} {decided.name} {dossier.owner_name} {dossier.code} {dossier.definition.number}"
    Result.objects.filter(pk=decided.pk).update(
        words=SearchVector(Value(" ".join(words_of(words))), config="simple")
    )
    made = [one.pk for one in (decided.signature, seal) if one is not None]
    Signature.objects.filter(pk__in=made).update(paper=paper)
    finish(dossier, task, chosen_outcome(dossier, task).id, "", actor, at)
    if decided.kind == Result.Kind.NOT_ELIGIBLE:
        drop_owed(dossier, actor, at)
    changes: dict[str, object] = {"settled_at": at}
    if dossier.withdrawal_requested_at:  # nobody answered in time, and now it is too late: say so
        changes |= {"withdrawal_requested_at": None, "withdrawal_reason": ""}
        events.record(
            "dossier.withdrawal_declined", subject=dossier.subject, actor=actor, at=at, reason=_TOO_LATE
        )
    return move(dossier, "settle", actor, at, changes, number=number, result=decided.name)


def words_of(text: str) -> list[str]:
    """The words by which the register finds a result: folded, and nothing but letters and digits."""
    return re.findall(r"[a-z0-9]+", fold(text))


# -- the register -----------------------------------------------------------------------------------------------


def may_revoke(result: Result, actor: Actor) -> bool:
    """Whether this officer may revoke an issued result: a leader of the agency that issued it."""
    return result.agency_id is not None and actor.has_role(Role.LEADER, result.agency_id)


@transaction.atomic
def revoke_result(
    *, result: Result, reason: str, actor: Actor, at: datetime, replaced_by: Result | None = None
) -> Result:
    """Revoke an issued result; its paper is void from then on, for whoever checks it and wherever it was used.

    `replaced_by` is the result that stands in its place. Raises NotAllowed to all but leaders of the agency,
    WrongState when it is revoked already, Refusal without a reason or for a replacement that does not stand.
    """
    held = Result.objects.select_for_update(of=("self",)).select_related("paper", "dossier").get(pk=result.pk)
    if not may_revoke(held, actor):
        raise NotAllowed(_("Chỉ lãnh đạo cơ quan đã cấp mới được thu hồi kết quả này."))
    if held.paper is None or held.revoked_at:
        raise WrongState(_("Kết quả này đã được thu hồi trước đó."))
    if replaced_by is not None and (
        replaced_by.pk == held.pk or replaced_by.agency_id != held.agency_id or replaced_by.revoked_at
    ):
        raise Refusal(_("Kết quả thay thế phải còn hiệu lực và do cùng cơ quan cấp."))
    papers.revoke(
        paper=held.paper, reason=reason, actor=actor, at=at, replaced_by=replaced_by.paper if replaced_by else None
    )
    held.revoked_at = at
    held.save(update_fields=["revoked_at"])
    events.record(
        "dossier.result_revoked", subject=held.dossier.subject, actor=actor, at=at,
        number=held.number, reason=reason.strip(), replaced_by=replaced_by.number if replaced_by else "",
    )  # fmt: skip
    return held
