"""One act on many dossiers: ordered at once, done one by one in a job, each as its own page would do it.

The job marks a dossier done in the transaction in which it does it. A worker that is killed leaves the rest to the
next one; two workers on one run never take the same dossier.
"""

import io
import logging
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
from django.db import InterfaceError, OperationalError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.dossiers import printing
from motcua.dossiers.acts import acts_for, in_capacity
from motcua.dossiers.models import BulkItem, BulkRun, Dossier, Handover, Task
from motcua.dossiers.operations.assigning import whom_to_assign
from motcua.dossiers.operations.handing_over import give, put_on_slip, start_handover, units_of
from motcua.dossiers.operations.handling import assign, send_back
from motcua.dossiers.operations.intake import accept
from motcua.dossiers.operations.reading import note_reading
from motcua.dossiers.operations.team import forward
from motcua.foundation import events, files
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.jobs import job
from motcua.foundation.models import StoredFile
from motcua.foundation.time import now
from motcua.papers import operations as papers
from motcua.papers.models import Paper
from motcua.papers.render import render
from motcua.payments.models import Charge

logger = logging.getLogger(__name__)
MOST = 500  # dossiers of one run
PRINTABLE = {
    "acceptance_slip": _lazy("Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Mẫu số 01)"),
    "control_slip": _lazy("Phiếu kiểm soát quá trình giải quyết hồ sơ (Mẫu số 06)"),
    "forms": _lazy("Tờ khai"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chosen dossier, what is open there for the actor, and why it cannot be done (empty when it can)."""

    dossier: Dossier
    task: Task | None
    why_not: str


@dataclass(frozen=True, slots=True)
class Doing:
    """One dossier of a run on its turn."""

    item: BulkItem
    options: Mapping[str, Any]
    actor: Actor
    at: datetime

    @property
    def dossier(self) -> Dossier:
        return self.item.dossier


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done to many: `fits` says whether a dossier can take it, `do` does it to one.

    `begin` adds to the options in the transaction that orders the run; `end` finishes the run once all were tried.
    """

    name: str
    label: str | Promise
    done: str | Promise
    fits: Callable[[Dossier, Actor, list[Task], Collection[str]], tuple[Task | None, str]]
    do: Callable[[Doing], object]
    begin: Callable[[BulkRun, Actor], dict[str, Any]] | None = None
    end: Callable[[BulkRun, Actor, datetime], None] | None = None


# What fits --------------------------------------------------------------------------------------------------


def _by_act(*names: str) -> Callable[[Dossier, Actor, list[Task], Collection[str]], tuple[Task | None, str]]:
    """A dossier fits when its page would offer one of these acts."""

    def fits(dossier: Dossier, actor: Actor, tasks: list[Task], owed: Collection[str]) -> tuple[Task | None, str]:
        offered = next((act for act in acts_for(dossier, actor, tasks, owed=owed) if act.name in names), None)
        if offered:
            return offered.task, ""
        return None, _why_not(dossier, tasks, owed, names)

    return fits


def _why_not(dossier: Dossier, tasks: list[Task], owed: Collection[str], names: Collection[str]) -> str:
    if "accept" in names and dossier.state == "submitted" and "before_acceptance" in owed:
        return _("Hồ sơ chưa nộp phí, lệ phí phải nộp trước khi tiếp nhận.")
    task = next(iter(tasks), None)
    if task and dossier.is_running:
        who = task.assignee.full_name if task.assignee else task.get_role_display()
        return _("Hồ sơ đang ở bước “%(step)s”, người thực hiện: %(who)s.") % {"step": task.name, "who": who}
    return _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.") % {
        "state": dossier.get_state_display()
    }


def _forwardable(
    dossier: Dossier, actor: Actor, tasks: list[Task], owed: Collection[str]
) -> tuple[Task | None, str]:
    task = next((one for one in tasks if one.doable_by(actor)), None)
    if task and not dossier.is_ended:
        return task, ""
    return None, _why_not(dossier, tasks, owed, ())


def _handable(dossier: Dossier, actor: Actor, tasks: list[Task], owed: Collection[str]) -> tuple[Task | None, str]:
    if units_of(dossier) & actor.agency_ids and dossier.state not in ("draft", "returned", "withdrawn"):
        return None, ""
    return None, _why_not(dossier, [], owed, ())


def _printable(dossier: Dossier, actor: Actor, tasks: list[Task], owed: Collection[str]) -> tuple[Task | None, str]:
    return None, ""


# What is done -----------------------------------------------------------------------------------------------


def _assignee(doing: Doing) -> User:
    found = User.objects.filter(pk=doing.options.get("assignee") or 0, is_active=True).first()
    if found is None:
        raise Refusal(_("Vui lòng chọn người nhận hồ sơ."))
    return found


def _seen(doing: Doing) -> int | None:
    return doing.item.task_id


def _accept(doing: Doing) -> object:
    return accept(dossier=doing.dossier, actor=doing.actor, at=doing.at)


def _assign(doing: Doing) -> object:
    return assign(
        dossier=doing.dossier, assignee=_assignee(doing), note=doing.options.get("note", ""),
        actor=doing.actor, at=doing.at, seen=_seen(doing),
    )  # fmt: skip


def _forward(doing: Doing) -> object:
    return forward(
        dossier=doing.dossier, assignee=_assignee(doing), note=doing.options.get("note", ""),
        actor=doing.actor, at=doing.at, seen=_seen(doing),
    )  # fmt: skip


def _send_back(doing: Doing) -> object:
    """To the step before, by the outcome that the page of the dossier offers for that."""
    tasks = list(doing.dossier.tasks.open().select_related("agency"))
    offered = next(
        (act for act in acts_for(doing.dossier, doing.actor, tasks) if act.name == "send_back" and act.task), None
    )
    if offered is None or offered.task is None:
        raise Refusal(_("Hồ sơ không có bước trước để trả lại, hoặc không còn ở bước của Ông/Bà."))
    return send_back(
        dossier=doing.dossier, act=offered.task.act, outcome=offered.outcome, reason=doing.options.get("note", ""),
        actor=doing.actor, at=doing.at, seen=_seen(doing) or offered.task.pk,
    )  # fmt: skip


def _put_on_slip(doing: Doing) -> object:
    slip = Handover.objects.get(pk=doing.options["handover"])
    return put_on_slip(handover=slip, dossier=doing.dossier, actor=doing.actor, at=doing.at)


def _start_slip(run: BulkRun, actor: Actor) -> dict[str, Any]:
    """Raises NotAllowed, or Refusal for units that are not there."""
    giver, taker = (Agency.objects.filter(pk=run.options.get(key) or 0).first() for key in ("giver", "taker"))
    if giver is None or taker is None:
        raise Refusal(_("Vui lòng chọn đơn vị giao và đơn vị nhận."))
    slip = start_handover(
        giver=giver, taker=taker, content=run.options.get("content", ""), note=run.options.get("note", ""),
        actor=actor, at=run.ordered_at,
    )  # fmt: skip
    return {"handover": slip.pk}


def _give_slip(run: BulkRun, actor: Actor, at: datetime) -> None:
    slip = Handover.objects.get(pk=run.options["handover"])
    if slip.lines.exists():
        give(handover=slip, actor=actor, at=at)


def _print(doing: Doing) -> object:
    """Look whether the papers are there, and note who prints them; they are merged at the end."""
    if not _papers_of(doing.dossier, doing.options.get("papers") or [], doing.at, draw=False):
        raise Refusal(_("Hồ sơ chưa có giấy tờ thuộc loại đã chọn để in."))
    note_reading(dossier=doing.dossier, purpose="print_papers", actor=doing.actor, at=doing.at)
    return None


def _papers_of(dossier: Dossier, kinds: Collection[str], at: datetime, *, draw: bool) -> list[bytes]:
    """The PDFs of the chosen kinds that this dossier has; without `draw` only as many empty ones."""
    found: list[bytes] = []
    if "acceptance_slip" in kinds:
        slips = Paper.objects.about(dossier.subject).filter(kind="acceptance_slip", revoked_at=None)
        found += [_read(papers.file_of(slip)) if draw else b"" for slip in slips]
    if "control_slip" in kinds and dossier.accepted_at:
        data = printing.control_slip(dossier, list(dossier.tasks.select_related("assignee", "agency")), at) if draw else {}
        found.append(render("control_slip", data) if draw else b"")
    if "forms" in kinds:
        for component in dossier.definition.record.components:
            if component.form:
                found.append(printing.preview(dossier, component.id) if draw else b"")
    return found


def _read(file: StoredFile) -> bytes:
    with file.open() as content:
        return content.read()


def _merge(run: BulkRun, actor: Actor, at: datetime) -> None:
    """Put the papers of all dossiers into one file, in the order in which they were chosen.

    A dossier whose papers cannot be drawn is marked as failed, and keeps back none of the others.
    """
    merged, kinds = pypdfium2.PdfDocument.new(), run.options.get("papers") or []
    items = run.items.filter(state=BulkItem.State.DONE).select_related(*_AROUND)
    for item in items.iterator(chunk_size=50):
        try:
            with transaction.atomic():
                sources = [pypdfium2.PdfDocument(one) for one in _papers_of(item.dossier, kinds, at, draw=True)]
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("Papers of dossier %s of bulk run %s failed.", item.dossier_id, run.pk)
            item.state, item.message = BulkItem.State.FAILED, _("Có lỗi của hệ thống. Vui lòng mở hồ sơ và in lại.")
            item.save(update_fields=["state", "message"])
            continue
        for source in sources:
            merged.import_pages(source)
            source.close()
    if not len(merged):
        return
    out = io.BytesIO()
    merged.save(out)
    merged.close()
    out.seek(0)
    run.file = files.store(out, name=f"in-hang-loat-{at:%Y%m%d-%H%M}.pdf", content_type="application/pdf", at=at)


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in [
        Verb("accept", _lazy("Tiếp nhận"), _lazy("Đã tiếp nhận"), _by_act("accept"), _accept),
        Verb("assign", _lazy("Phân công"), _lazy("Đã phân công"), _by_act("assign"), _assign),
        Verb("forward", _lazy("Chuyển người khác xử lý"), _lazy("Đã chuyển"), _forwardable, _forward),
        Verb("send_back", _lazy("Trả lại bước trước"), _lazy("Đã trả lại"), _by_act("send_back"), _send_back),
        Verb(
            "hand_over", _lazy("Bàn giao hồ sơ giấy, kết quả"), _lazy("Đã đưa vào phiếu bàn giao"),
            _handable, _put_on_slip, begin=_start_slip, end=_give_slip,
        ),
        Verb("print", _lazy("In giấy tờ"), _lazy("Đã đưa vào tệp in"), _printable, _print, end=_merge),
    ]
}  # fmt: skip
_AROUND = (
    "dossier__procedure_version__procedure",
    "dossier__agency__calendar",
    "dossier__agency__parent",
    "dossier__reception__calendar",
    "dossier__reception__parent",
)


# Ordering and doing -----------------------------------------------------------------------------------------


def candidates(verb: Verb, codes: Collection[str], actor: Actor) -> list[Candidate]:
    """The dossiers of these codes that the actor may see, in that order, each with whether it can take the act.

    Four queries, however many they are; `MOST` at most.
    """
    wanted = list(dict.fromkeys(codes))[:MOST]
    found = (
        Dossier.objects.visible_to(actor)
        .filter(code__in=wanted)
        .select_related("procedure_version__procedure", "agency", "reception")
        .defer("search", "procedure_version__content", "procedure_version__procedure__search_words")
    )
    by_code = {dossier.code: dossier for dossier in found}
    tasks: dict[int, list[Task]] = {}
    for task in Task.objects.open().filter(dossier__in=by_code.values()).select_related("assignee", "agency"):
        tasks.setdefault(task.dossier_id, []).append(task)
    owed: dict[str, set[str]] = {}
    subjects = [dossier.subject for dossier in by_code.values()]
    for subject, due in Charge.objects.owed().filter(subject__in=subjects).values_list("subject", "due"):
        owed.setdefault(subject, set()).add(due)
    rows = []
    for dossier in (by_code[code] for code in wanted if code in by_code):
        open_one, why_not = verb.fits(dossier, actor, tasks.get(dossier.pk, []), owed.get(dossier.subject, set()))
        rows.append(Candidate(dossier, open_one, why_not))
    return rows


def places_of(verb: Verb, chosen: Collection[Candidate]) -> set[tuple[str, int]]:
    """The roles and units of those to whom the chosen dossiers can be given."""
    places = set()
    for one in chosen:
        if one.task is None:
            continue
        place = whom_to_assign(one.dossier, one.task) if verb.name == "assign" else (one.task.role, one.task.agency_id)
        if place:
            places.add(place)
    return places


@transaction.atomic
def order(
    *, key: uuid.UUID, verb: str, codes: Collection[str], options: Mapping[str, Any], actor: Actor, at: datetime
) -> BulkRun:
    """Order an act on those of the dossiers that can take it now. The same `key` again returns the same run.

    Raises NotAllowed, or Refusal when there is nothing to do, or too much of it.
    """
    User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()  # two presses come one after the other
    known = BulkRun.objects.filter(public_id=key).first()
    if known is not None:
        if known.user_id != actor.user_id:
            raise NotAllowed(_("Lần xử lý hàng loạt này do cán bộ khác thực hiện."))
        return known
    if verb not in VERBS or actor.kind != "officer" or actor.user_id is None:
        raise NotAllowed(_("Thao tác này không thực hiện hàng loạt được."))
    if len(set(codes)) > MOST:
        raise Refusal(_("Vui lòng chọn tối đa %(most)d hồ sơ một lần.") % {"most": MOST})
    fitting = [one for one in candidates(VERBS[verb], codes, actor) if not one.why_not]
    if not fitting:
        raise Refusal(_("Không có hồ sơ nào thực hiện được thao tác này."))
    run = BulkRun(public_id=key, verb=verb, options=dict(options), user_id=actor.user_id, ordered_at=at)
    if begin := VERBS[verb].begin:
        run.options |= begin(run, actor)
    run.save(force_insert=True)
    BulkItem.objects.bulk_create(BulkItem(run=run, dossier=one.dossier, task=one.task) for one in fitting)
    events.record("bulk.ordered", subject=f"bulk:{run.pk}", actor=actor, at=at, verb=verb, total=len(fitting))
    carry_out.defer(run_id=run.pk)
    return run


@job(retries=20)
def carry_out(run_id: int) -> None:
    """Do what is left of a run, then finish it. Killed at any point, it goes on where it was."""
    run = BulkRun.objects.select_related("user").get(pk=run_id)
    while do_next(run=run, at=now()):
        pass
    finish_run(run=run, at=now())


@transaction.atomic
def do_next(*, run: BulkRun, at: datetime) -> bool:
    """Do the next waiting dossier of a run with the rights that its officer has now; False when none waits.

    A refusal undoes what the operation did, and is kept with the dossier.
    """
    item = (
        run.items.select_for_update(skip_locked=True, of=("self",))
        .filter(state=BulkItem.State.WAITING)
        .select_related(*_AROUND)
        .first()
    )
    if item is None:
        return False
    item.state, item.done_at = BulkItem.State.DONE, at
    try:
        with transaction.atomic():
            VERBS[run.verb].do(Doing(item, run.options, _actor(run, item, at), at))
    except Refusal as refusal:
        item.state, item.message = BulkItem.State.FAILED, str(refusal)
    except (OperationalError, InterfaceError):  # of the database, not of the dossier: the job is tried again
        raise
    except Exception:  # one that breaks does not keep back those behind it
        logger.exception("Dossier %s of bulk run %s failed.", item.dossier_id, run.pk)
        item.state, item.message = BulkItem.State.FAILED, _("Có lỗi của hệ thống. Vui lòng mở hồ sơ và thực hiện lại.")
    item.save(update_fields=["state", "message", "done_at"])
    return True


def _actor(run: BulkRun, item: BulkItem, at: datetime) -> Actor:
    """The officer as he is now: his rights, and for whom he acts on this dossier."""
    if not run.user.is_active:
        raise NotAllowed(_("Tài khoản của người yêu cầu không còn hoạt động."))
    actor = actor_of(run.user)
    if not Dossier.objects.visible_to(actor).filter(pk=item.dossier_id).exists():
        raise NotAllowed(_("Ông/Bà không còn quyền xem hồ sơ này."))
    return in_capacity(actor, item.dossier, run.verb, item.task)


_MERGED_KEPT = timedelta(days=7)  # they hold what many people declared
_SWEPT_AT_ONCE = 1000


@transaction.atomic
def finish_run(*, run: BulkRun, at: datetime) -> None:
    """End a run once each of its dossiers was tried; while another worker is at one of them, leave it to that one."""
    held = BulkRun.objects.select_for_update(of=("self",)).select_related("user").get(pk=run.pk)
    if held.finished_at or held.items.filter(state=BulkItem.State.WAITING).exists():
        return
    if end := VERBS[held.verb].end:
        try:
            with transaction.atomic():
                end(held, actor_of(held.user), at)
        except Refusal as refusal:
            held.options = {**held.options, "refused": str(refusal)}
    held.finished_at = at
    held.save(update_fields=["finished_at", "file", "options"])
    done = held.items.filter(state=BulkItem.State.DONE).count()
    events.record(
        "bulk.finished",
        subject=f"bulk:{held.pk}",
        actor=Actor.system("bulk"),
        at=at,
        verb=held.verb,
        done=done,
        failed=held.items.count() - done,
    )


def forget_merged(*, at: datetime) -> int:
    """Remove the merged papers of runs that ended more than a week ago; returns how many. Asked for again, they are drawn again."""
    old = list(
        BulkRun.objects.filter(file__isnull=False, finished_at__lt=at - _MERGED_KEPT).select_related("file")[:_SWEPT_AT_ONCE]
    )
    for run in old:
        with transaction.atomic():
            BulkRun.objects.filter(pk=run.pk).update(file=None)
            if run.file:
                files.remove(run.file)
    return len(old)
