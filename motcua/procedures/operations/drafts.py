"""The working copy of a procedure: started, saved by whoever edits, proposed, returned."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.vietnamese import sort_key
from motcua.procedures.checks import NUMBER
from motcua.procedures.definition import read_folder
from motcua.procedures.draft_check import Checked, Finding, check_content
from motcua.procedures.formats import FORMAT, migrated
from motcua.procedures.models import (
    DraftState,
    Kind,
    Level,
    PackageFile,
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
)
from motcua.procedures.operations.files import keep_templates
from motcua.procedures.operations.importing import BadPackage
from motcua.procedures.operations.versions import check_editor, lock_procedure, record_event, sector_of
from motcua.procedures.shape import Mistake

LARGEST = 4_000_000  # characters of a content as JSON
_PARTS = ("record", "form", "fees", "process", "papers", "templates", "tests")


class SavedMeanwhile(Refusal):
    """Somebody else saved first: `draft` is what they saved, and what was to be saved was not."""

    def __init__(self, draft: ProcedureDraft) -> None:
        super().__init__(
            _(
                "%(name)s đã lưu bản soạn này trong lúc Ông/Bà đang sửa. "
                "Nội dung Ông/Bà vừa nhập chưa được lưu; vui lòng đối chiếu rồi lưu lại."
            )
            % {"name": draft.edited_by_name}
        )
        self.draft = draft


# Starting -----------------------------------------------------------------------------------------------------


@transaction.atomic
def start_draft(*, procedure: Procedure, actor: Actor, at: datetime) -> ProcedureDraft:
    """The procedure's draft: the one that is there, or a new one with the content of its newest version.

    The newest one that counts, or that waits for its day. Raises NotAllowed.
    """
    check_editor(actor)
    procedure = lock_procedure(procedure.pk)
    draft = ProcedureDraft.objects.filter(procedure=procedure).first()
    if draft is not None:
        return draft
    base = newest_version(procedure)
    content = migrated(base.content) if base else empty_content(procedure)
    return _start(procedure, content, base, actor, at)


@transaction.atomic
def start_new(
    *, number: str, name: str, sector_code: str, sector_name: str, actor: Actor, at: datetime
) -> ProcedureDraft:
    """Begin a procedure that is not in the catalogue. Raises NotAllowed, or Refusal for a number that is."""
    check_editor(actor)
    procedure = _new_procedure(number, name, sector_code, sector_name)
    return _start(procedure, empty_content(procedure), None, actor, at)


@transaction.atomic
def clone(*, version: ProcedureVersion, number: str, name: str, actor: Actor, at: datetime) -> ProcedureDraft:
    """Begin a new procedure with the content of another's version. Raises NotAllowed or Refusal."""
    check_editor(actor)
    content = json.loads(json.dumps(migrated(version.content)))
    sector = content["record"]["sector"]
    procedure = _new_procedure(number, name, sector["code"], sector["name"])
    content["record"] |= {"number": procedure.number, "name": procedure.name}
    for key in ("short_name", "old_numbers", "decision"):
        content["record"].pop(key, None)
    return _start(procedure, content, None, actor, at)


@transaction.atomic
def start_from_content(*, content: Mapping[str, Any], actor: Actor, at: datetime) -> ProcedureDraft:
    """Begin a draft with a whole content, such as an uploaded folder's, of a procedure known or new.

    Raises NotAllowed; Refusal when it has no number, name or sector, or when a draft is there already.
    """
    check_editor(actor)
    record = content.get("record")
    record = record if isinstance(record, Mapping) else {}
    sector = record.get("sector")
    sector = sector if isinstance(sector, Mapping) else {}
    number = str(record.get("number", ""))
    found = Procedure.objects.filter(number=number).first()
    if found is None:
        texts = (str(record.get("name") or ""), str(sector.get("code") or ""), str(sector.get("name") or ""))
        return _start(_new_procedure(number, *texts), content, None, actor, at)
    procedure = lock_procedure(found.pk)
    if ProcedureDraft.objects.filter(procedure=procedure).exists():
        raise WrongState(
            _("Thủ tục %(number)s đang có một bản soạn. Vui lòng công bố hoặc hủy bản soạn đó trước.")
            % {"number": number}
        )
    return _start(procedure, content, newest_version(procedure), actor, at)


def start_from_folder(*, folder: Path, actor: Actor, at: datetime) -> ProcedureDraft:
    """Begin a draft with a folder. Raises BadPackage with all mistakes, NotAllowed, or Refusal."""
    check_editor(actor)
    definition, mistakes = read_folder(folder)
    if definition is None:
        raise BadPackage(folder.name, mistakes)
    with transaction.atomic():
        draft = start_from_content(content=definition.to_json(), actor=actor, at=at)
        keep_templates(definition=definition, folder=folder, at=at)
    return draft


def newest_version(procedure: Procedure) -> ProcedureVersion | None:
    """What a draft starts from: the version that waits for its day, the last one first, or the current one."""
    waiting = procedure.publications.filter(state="scheduled", kind="publish").select_related("version")
    last = waiting.order_by("-takes_effect_on", "-id").first()
    return last.version if last else procedure.current


def empty_content(procedure: Procedure) -> dict[str, Any]:
    """The content of a procedure of which only number, name and sector are known."""
    sector = procedure.sector
    return {
        "format": FORMAT,
        "record": {
            "format": FORMAT,
            "number": procedure.number,
            "name": procedure.name,
            "sector": {"code": sector.code, "name": sector.name},
            "kind": "filed_here",
            "agencies": {"implementing": []},
            "service_level": "full",
        },
        "form": {},
        "fees": {},
        "process": {},
        "papers": {},
        "templates": {},
        "tests": {},
    }


def _new_procedure(number: str, name: str, sector_code: str, sector_name: str) -> Procedure:
    number, name = number.strip(), " ".join(name.split())
    sector_code, sector_name = sector_code.strip(), " ".join(sector_name.split())
    if not NUMBER.fullmatch(number):
        raise Refusal(_("Mã thủ tục phải gồm 7 chữ số có dấu chấm, ví dụ 2.001207. Vui lòng nhập lại."))
    if not name or len(name) > 1000:
        raise Refusal(_("Vui lòng nhập tên thủ tục, không quá 1.000 ký tự."))
    if not sector_code or not sector_name or len(sector_code) > 20 or len(sector_name) > 200:
        raise Refusal(_("Vui lòng nhập lĩnh vực gồm mã (không quá 20 ký tự) và tên (không quá 200 ký tự)."))
    procedure, made = Procedure.objects.get_or_create(
        number=number,
        defaults={
            "name": name,
            "name_key": sort_key(name)[:4000],
            "sector": sector_of(sector_code, sector_name),
            "kind": Kind.FILED_HERE,
            "level": Level.FULL,
        },
    )
    if not made:
        raise Refusal(
            _("Thủ tục %(number)s đã có trong danh mục. Vui lòng mở thủ tục đó để sửa.") % {"number": number}
        )
    return procedure


def _start(
    procedure: Procedure,
    content: Mapping[str, Any],
    base: ProcedureVersion | None,
    actor: Actor,
    at: datetime,
) -> ProcedureDraft:
    content = _kept(procedure, content)
    draft = ProcedureDraft.objects.create(
        procedure=procedure,
        title=_title(content, procedure),
        content=content,
        mistakes=len(check_content(procedure.number, content).findings),
        base=base,
        started_at=at,
        edited_by=actor.id,
        edited_by_name=actor.name,
        edited_at=at,
    )
    record_event("procedure.draft_started", procedure=procedure, actor=actor, at=at)
    return draft


# Editing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    *, draft: ProcedureDraft, content: Mapping[str, Any], revision: int, actor: Actor, at: datetime
) -> ProcedureDraft:
    """Keep the whole content of a draft whose `revision` the editor has seen; return it with the next revision.

    Whatever the content says, the number stays. Raises SavedMeanwhile, which has the other's draft, WrongState
    when the draft is proposed or gone, Refusal when the content is too large, or NotAllowed.
    """
    check_editor(actor)
    draft = lock_draft(draft)
    _still_editing(draft)
    if draft.revision != revision:
        raise SavedMeanwhile(draft)
    content = _kept(draft.procedure, content)
    if content == draft.content:
        return draft
    draft.content, draft.title = content, _title(content, draft.procedure)
    draft.mistakes = len(check_content(draft.number, content).findings)
    draft.revision += 1
    draft.edited_by, draft.edited_by_name, draft.edited_at = actor.id, actor.name, at
    draft.save(
        update_fields=["content", "title", "mistakes", "revision", "edited_by", "edited_by_name", "edited_at"]
    )
    record_event(
        "procedure.draft_saved", procedure=draft.procedure, actor=actor, at=at, revision=draft.revision
    )
    return draft


@transaction.atomic
def discard_draft(*, draft: ProcedureDraft, revision: int, actor: Actor, at: datetime) -> None:
    """Delete a draft; a procedure that never had a version goes with it.

    Raises NotAllowed, SavedMeanwhile, or WrongState when it is proposed.
    """
    check_editor(actor)
    draft = lock_draft(draft)
    _still_editing(draft)
    if draft.revision != revision:
        raise SavedMeanwhile(draft)
    procedure = draft.procedure
    draft.delete()
    record_event("procedure.draft_discarded", procedure=procedure, actor=actor, at=at, title=draft.title)
    if not procedure.versions.exists():
        procedure.delete()


@transaction.atomic
def move_base(*, draft: ProcedureDraft, revision: int, actor: Actor, at: datetime) -> ProcedureDraft:
    """Say that the draft was compared with the version that came after it was started, and replaces it.

    Raises NotAllowed, SavedMeanwhile or WrongState.
    """
    check_editor(actor)
    draft = lock_draft(draft)
    _still_editing(draft)
    if draft.revision != revision:
        raise SavedMeanwhile(draft)
    draft.base = newest_version(draft.procedure)
    draft.revision += 1
    draft.edited_by, draft.edited_by_name, draft.edited_at = actor.id, actor.name, at
    draft.save(update_fields=["base", "revision", "edited_by", "edited_by_name", "edited_at"])
    return draft


def lock_draft(draft: ProcedureDraft) -> ProcedureDraft:
    """The draft as it is now, held with its procedure until the end of the transaction. Raises WrongState when gone."""
    lock_procedure(draft.procedure_id)  # always the procedure first: who publishes does so too
    found = (
        ProcedureDraft.objects.select_for_update(of=("self",))
        .select_related("procedure__current", "procedure__sector", "base")
        .filter(pk=draft.pk)
        .first()
    )
    if found is None:
        raise WrongState(_("Bản soạn này đã được công bố hoặc đã bị hủy. Vui lòng mở lại trang thủ tục."))
    return found


def _still_editing(draft: ProcedureDraft) -> None:
    if draft.is_proposed:
        raise WrongState(
            _("Bản soạn đang chờ duyệt nên không sửa được. Vui lòng rút đề nghị duyệt trước khi sửa.")
        )


def _kept(procedure: Procedure, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as it is stored: of today's format, of this procedure, of a size that pages can bear."""
    kept = {key: content.get(key) or {} for key in _PARTS}
    if isinstance(kept["record"], dict):
        kept["record"] = kept["record"] | {"format": FORMAT, "number": procedure.number}
    text = json.dumps(kept, ensure_ascii=False)
    if len(text) > LARGEST:
        raise Refusal(_("Nội dung thủ tục quá lớn. Vui lòng rút gọn các mục dài nhất rồi lưu lại."))
    if "\\u0000" in text:
        raise Refusal(_("Nội dung có ký tự không dùng được. Vui lòng nhập lại."))
    return {"format": FORMAT, **kept}


def _title(content: Mapping[str, Any], procedure: Procedure) -> str:
    record = content["record"]
    name = record.get("name") if isinstance(record, Mapping) else None
    return name[:1000] if isinstance(name, str) and name.strip() else procedure.name


# Checking -----------------------------------------------------------------------------------------------------


def check_draft(draft: ProcedureDraft) -> Checked:
    """Everything that is wrong with a draft, or the procedure that it is. One query when it names files."""
    checked = check_content(draft.number, draft.content)
    templates = draft.content.get("templates")
    named = templates if isinstance(templates, dict) else {}
    kept = PackageFile.objects.filter(sha256__in=named.values()).values_list("sha256", flat=True) if named else ()
    lost = named.keys() - {name for name, sha256 in named.items() if sha256 in set(kept)}
    if not lost:
        return checked
    findings = [
        Finding(
            ("templates", name),
            Mistake(f"templates/{name}", 1, _("Không tìm thấy tệp."), _("Vui lòng tải tệp lên lại.")),
        )
        for name in sorted(lost)
    ]
    return Checked(None, (*checked.findings, *findings))


# Proposing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *, draft: ProcedureDraft, revision: int, publish_on: date, note: str, actor: Actor, at: datetime
) -> ProcedureDraft:
    """Ask for somebody else's approval to publish a draft on a day.

    Raises BadPackage with all mistakes, WrongState when it is proposed or an other version came meanwhile,
    SavedMeanwhile, or NotAllowed.
    """
    check_editor(actor)
    draft = lock_draft(draft)
    _still_editing(draft)
    if draft.revision != revision:
        raise SavedMeanwhile(draft)
    if not note.strip():
        raise Refusal(_("Vui lòng ghi lý do công bố, ví dụ số và ngày của quyết định công bố."))
    check_base(draft)
    _after_what_waits(draft.procedure, publish_on)
    checked = check_draft(draft)
    if checked.definition is None:
        raise BadPackage(draft.number, checked.mistakes)
    newest = newest_version(draft.procedure)
    if newest is not None and newest.digest == checked.definition.digest:
        raise Refusal(_("Bản soạn không khác bản đang công bố nên không cần công bố lại."))
    draft.state, draft.publish_on, draft.note = DraftState.PROPOSED, publish_on, note.strip()[:4000]
    draft.proposed_by, draft.proposed_by_name, draft.proposed_at = actor.id, actor.name, at
    draft.returned_reason = ""
    draft.save(update_fields=[*_PROPOSAL, "returned_reason"])
    record_event(
        "procedure.proposed", procedure=draft.procedure, actor=actor, at=at,
        publish_on=publish_on.isoformat(), note=draft.note,
    )  # fmt: skip
    return draft


_PROPOSAL = ["state", "publish_on", "note", "proposed_by", "proposed_by_name", "proposed_at"]


@transaction.atomic
def withdraw_proposal(*, draft: ProcedureDraft, actor: Actor, at: datetime) -> ProcedureDraft:
    """Take a proposal back, to go on editing. Any editor may. Raises NotAllowed or WrongState."""
    check_editor(actor)
    return _unpropose(draft, "procedure.proposal_withdrawn", "", actor, at)


@transaction.atomic
def reject(*, draft: ProcedureDraft, reason: str, actor: Actor, at: datetime) -> ProcedureDraft:
    """Return a proposed draft to its editors, saying why. Raises NotAllowed, WrongState, or Refusal without a reason."""
    check_editor(actor)
    if not reason.strip():
        raise Refusal(_("Vui lòng ghi lý do không duyệt để người soạn biết cần sửa gì."))
    return _unpropose(draft, "procedure.rejected", reason.strip()[:4000], actor, at)


def _unpropose(
    draft: ProcedureDraft, event: str, reason: str, actor: Actor, at: datetime
) -> ProcedureDraft:
    draft = lock_draft(draft)
    if not draft.is_proposed:
        raise WrongState(_("Bản soạn không còn chờ duyệt. Vui lòng tải lại trang."))
    draft.state, draft.publish_on, draft.returned_reason = DraftState.EDITING, None, reason
    draft.proposed_by, draft.proposed_by_name, draft.proposed_at = "", "", None
    draft.save(update_fields=[*_PROPOSAL, "returned_reason"])
    record_event(event, procedure=draft.procedure, actor=actor, at=at, reason=reason)
    return draft


def _after_what_waits(procedure: Procedure, publish_on: date) -> None:
    """Raise Refusal when an older version waits for a later day: it would take the place of the newer one then."""
    waiting = procedure.publications.filter(state="scheduled", takes_effect_on__gt=publish_on)
    last = waiting.select_related("version").order_by("-takes_effect_on").first()
    if last is not None:
        raise Refusal(
            _(
                "Phiên bản %(version)d đang chờ áp dụng từ ngày %(day)s. "
                "Vui lòng chọn từ ngày đó trở đi, hoặc hủy việc áp dụng phiên bản đó trước."
            )
            % {"version": last.version.version, "day": f"{last.takes_effect_on:%d/%m/%Y}"}
        )


def check_base(draft: ProcedureDraft) -> None:
    """Raise WrongState when the draft was started from a version that is not the newest any more."""
    newest = newest_version(draft.procedure)
    if (newest.pk if newest else None) != draft.base_id:
        raise WrongState(
            _(
                "Từ khi bắt đầu soạn đã có phiên bản khác của thủ tục. "
                "Vui lòng đối chiếu với phiên bản đó và xác nhận trước khi đề nghị duyệt."
            )
        )


def check_second_person(actor: Actor, *others: str) -> None:
    """Raise NotAllowed unless the actor is a person, and none of those who wrote or proposed."""
    if actor.kind != "officer" or actor.id in others:
        raise NotAllowed(
            _("Người duyệt phải là người khác với người soạn và người đề nghị. Vui lòng nhờ cán bộ khác duyệt.")
        )
