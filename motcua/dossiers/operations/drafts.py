"""A draft, from the first click to the submit."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.dossiers import deadlines, filing, proof, searching
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.states import State
from motcua.foundation import files
from motcua.foundation.actor import Actor
from motcua.foundation.codes import next_number, secret
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import HANOI
from motcua.payments import operations as payments
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.models import Kind, ProcedureVersion

MOST_DRAFTS = 100  # of one account


class Incomplete(Refusal):
    """The draft lacks something; `missing` says what, in the order of the steps."""

    def __init__(self, missing: list[filing.Missing]) -> None:
        super().__init__(_("Hồ sơ chưa đầy đủ. Vui lòng bổ sung các nội dung còn thiếu trước khi nộp."))
        self.missing = missing


@transaction.atomic
def start_draft(
    *,
    version: ProcedureVersion,
    agency: Agency,
    reception: Agency,
    actor: Actor,
    at: datetime,
    submitter: dict[str, Any],
    answers: dict[str, Any],
    once: bool = False,
) -> Dossier:
    """A new draft with what the account already knows filled in.

    With `once` a draft that was begun alike and never touched serves again, so that two clicks make one, however
    close together they come. Raises NotAllowed for officers and strangers, and for who has very many drafts already.
    """
    if actor.kind != "citizen":
        raise NotAllowed(_("Vui lòng đăng nhập bằng tài khoản công dân hoặc tổ chức để nộp hồ sơ."))
    User.objects.select_for_update(no_key=True).only("pk").get(pk=int(actor.id))  # one draft at a time
    untouched = Dossier.objects.visible_to(actor).drafts().filter(
        procedure_version=version, agency=agency, created_at=F("saved_at"), answers=answers, documents=None
    )
    if once and (begun := untouched.first()):
        return begun
    if Dossier.objects.visible_to(actor).drafts()[:MOST_DRAFTS].count() >= MOST_DRAFTS:
        raise NotAllowed(
            _("Ông/Bà đang có %(most)d bản nháp. Vui lòng nộp hoặc xóa bớt bản nháp trước khi tạo thêm.")
            % {"most": MOST_DRAFTS}
        )
    return Dossier.objects.create(
        procedure_version=version,
        agency=agency,
        reception=reception,
        applicant_id=int(actor.id),
        submitter=submitter,
        owner=submitter,
        answers=answers,
        created_at=at,
        saved_at=at,
    )


def _change_draft(dossier: Dossier, actor: Actor, at: datetime, **changes: object) -> datetime:
    """Write into a draft in one statement; last writer wins, field by field."""
    if not dossier.is_filled_in_by(actor):
        raise NotAllowed(_("Ông/Bà không có quyền sửa bản nháp này."))
    changed = Dossier.objects.filter(pk=dossier.pk, state=State.DRAFT).update(saved_at=at, **changes)
    if not changed:
        raise WrongState(_("Hồ sơ này đã được nộp nên không sửa được nữa."))
    return at


def save_answers(*, dossier: Dossier, values: dict[str, Any], actor: Actor, at: datetime) -> datetime:
    """Keep these answers of a draft, valid or not, beside those that are there. Returns when.

    Values are merged field by field, so that two tabs never wipe out each other's questions.
    """
    merged = Func(F("answers"), Value(values, JSONField()), template="%(expressions)s", arg_joiner=" || ")
    return _change_draft(dossier, actor, at, answers=merged)


def save_parties(
    *, dossier: Dossier, submitter: dict[str, Any], owner: dict[str, Any] | None, actor: Actor, at: datetime
) -> datetime:
    """Keep who files and for whom; `owner` None means that the submitter files for himself."""
    return _change_draft(
        dossier, actor, at, submitter=submitter, owner=owner or submitter, on_behalf=owner is not None
    )


def renew_draft(*, dossier: Dossier, actor: Actor, at: datetime) -> bool:
    """Move a draft to the procedure's current version, with its answers and papers; whether it was an older one."""
    procedure = dossier.procedure_version.procedure
    if procedure.current_id in (None, dossier.procedure_version_id) or procedure.kind != Kind.FILED_HERE:
        return False
    _change_draft(dossier, actor, at, procedure_version_id=procedure.current_id)
    return True


def choose_delivery(*, dossier: Dossier, delivery: str, address: str, actor: Actor, at: datetime) -> datetime:
    """Keep how the result shall be received."""
    return _change_draft(dossier, actor, at, delivery=delivery, delivery_address=address)


def discard_draft(*, dossier: Dossier, actor: Actor) -> None:
    """Delete a draft, with its files, at its owner's wish. Raises NotAllowed or WrongState."""
    if not dossier.is_filled_in_by(actor):
        raise NotAllowed(_("Ông/Bà không có quyền xóa bản nháp này."))
    with transaction.atomic():
        dossier = lock(dossier)
        if dossier.state != State.DRAFT:
            raise WrongState(_("Hồ sơ này đã được nộp nên không xóa được."))
        brought = {document.file for document in dossier.documents.select_related("file")}
        dossier.delete()  # what was still on its way is swept up by a job
        for one in sorted(brought, key=lambda one: one.pk):
            files.remove(one)


@transaction.atomic
def submit(*, dossier: Dossier, actor: Actor, at: datetime, papers_may_lack: bool = False) -> Dossier:
    """File a draft: give it a code, start the eight-hour intake clock, raise its charges.

    A draft that was entered at a counter is filed by a receiver of that counter, for who stands before it; there
    `papers_may_lack`, when they are to be asked for at once. A second submit of the same dossier changes nothing and
    returns it as it is, so a repeated click, a second tab and a lost answer all make one dossier.
    Raises Incomplete with everything that is missing, or NotAllowed.
    """
    dossier = lock(dossier)
    at_counter = dossier.received_by_id is not None
    name = "enter" if at_counter else "submit"
    if dossier.submitted_at and dossier.is_filled_in_by(actor):
        return dossier
    check(dossier, name, actor)
    today = at.astimezone(HANOI).date()
    documents = list(dossier.documents.select_related("file"))
    on_paper = list(dossier.on_paper.all()) if at_counter else []
    brought = {one.component_id for one in on_paper}
    missing = filing.completeness(dossier, documents, today, on_paper=brought).missing
    if at_counter and papers_may_lack:
        missing = [one for one in missing if one.step != "papers"]
    if missing:
        raise Incomplete(missing)
    definition = dossier.definition
    owner = dossier.owner
    # The code comes last of all that may fail: its counter is locked until the commit.
    changes: dict[str, Any] = {
        "lookup_secret": secret(6),
        "submitted_at": at,
        "saved_at": at,
        "owner_name": owner["name"],
        "intake_due_at": deadlines.intake_due(dossier, at),
    }
    lines = rules.fee_lines(definition, dossier.answers, dossier.channel, today)
    code = _next_code(dossier.agency.code, at)
    changes["code"] = code
    changes["search"] = searching.vector(searching.words_of(dossier, code))
    dossier.code = code
    for due in ("before_acceptance", "before_result"):
        due_lines = [line for line in lines if line.due == due]
        if due_lines:
            payments.raise_charge(
                subject=dossier.subject,
                reference=code,
                description=definition.name,
                lines=[asdict(line) for line in due_lines],
                due=due,
                payer_name=owner["name"],
                payer_address=owner.get("address", ""),
                payer_email=dossier.submitter.get("email", ""),
                account=_account(definition),
                collector_name=dossier.agency.name,
                collector_tax_code=dossier.agency.tax_code,
                actor=actor,
                at=at,
            )
    sealed = proof.seal(dossier, documents, on_paper)
    return move(dossier, name, actor, at, changes, code=code, channel=dossier.channel, sealed=sealed)


def _account(definition: Definition) -> dict[str, Any]:
    """The treasury account to name on the charge; none while it is unverified: a guess misleads who pays."""
    account = definition.fees.account
    return asdict(account) if account and "fees.account" not in definition.record.unverified else {}


def _next_code(unit: str, at: datetime) -> str:
    """A code without gaps per unit and day, such as H34.12-261122-0007 (Thông tư 03/2025/TT-VPCP)."""
    day = at.astimezone(HANOI).strftime("%y%m%d")
    return f"{unit}-{day}-{next_number(f'dossier {unit} {day}'):04}"
