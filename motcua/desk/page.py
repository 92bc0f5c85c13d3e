"""One dossier as an officer sees it: read once, shown by one template whatever he is doing to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Officer, Role
from motcua.desk import acting, checking, clock, forms
from motcua.desk import brought as papers_brought
from motcua.desk.people import people_rows
from motcua.dossiers import deadlines, notices, operations, parties, printing
from motcua.dossiers.acts import Act, Ends, Found, acts_for
from motcua.dossiers.models import (
    Consultation,
    CounterEntry,
    Document,
    Dossier,
    DossierLink,
    EndProposal,
    Extension,
    HandoverLine,
    NoticeDraft,
    Objection,
    Phrase,
    Result,
    SupplementRequest,
    Task,
    UncollectedResult,
)
from motcua.dossiers.models.extensions import signs_extensions
from motcua.dossiers.states import State
from motcua.dossiers.story import story
from motcua.dossiers.uploads import PDF
from motcua.foundation import working_time
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import day, money
from motcua.foundation.working_time import Deadline
from motcua.papers import signing
from motcua.papers.models import Credential, Paper, Signature
from motcua.papers.signers import SIGNERS
from motcua.payments.models import Charge, Payment
from motcua.payments.states import ChargeState
from motcua.ui.tones import CHARGE_TONES, DOSSIER_TONES, timeline

SHOWN = (PDF, "image/jpeg", "image/png")  # what a browser can show beside the form

M = TypeVar("M", bound=Model)
_SELDOM: list[tuple[type[Model], str]] = [
    *((one, "dossier_id") for one in (Consultation, SupplementRequest, Result, Extension, EndProposal, HandoverLine)),
    (Dossier, "parent_id"), (DossierLink, "first_id"), (DossierLink, "second_id"),
]  # fmt: skip
_KEPT = " UNION ALL ".join(
    f"SELECT '{one._meta.db_table}' WHERE EXISTS (SELECT FROM {one._meta.db_table} WHERE {column} = %s)"  # noqa: S608
    for one, column in _SELDOM
)


def find(request: Request, code: str) -> Dossier:
    """The dossier with all that its page reads of the tables around it (one query). Raises Http404."""
    dossier = (
        Dossier.objects.visible_to(request.actor, overseen=True)
        .select_related(
            "procedure_version__procedure",
            "agency__calendar",
            "agency__parent",
            "reception__calendar",
            "reception__parent",
        )
        .defer("search", "procedure_version__content", "procedure_version__procedure__search_words")
        .filter(code=code)
        .first()
    )
    if dossier is None:
        raise Http404
    return dossier


@dataclass
class DossierPage:
    """Everything that the page of one dossier says; each part is read when it is asked for, once.

    Tasks, requests and opinions are kept with the dossier too, for those below who ask it for them.
    """

    dossier: Dossier
    actor: Actor
    at: datetime

    @cached_property
    def _kept(self) -> frozenset[str]:
        """The tables that hold anything about this dossier (one query): most hold nothing, and need not be read."""
        with connection.cursor() as cursor:
            cursor.execute(_KEPT, [self.dossier.pk] * len(_SELDOM))
            return frozenset(table for (table,) in cursor.fetchall())

    def _of(self, model: type[M]) -> QuerySet[M]:
        """The rows of a table, still to be narrowed; none, without a query, where it holds nothing about this dossier."""
        rows: QuerySet[M] = model._default_manager.all()
        return rows if model._meta.db_table in self._kept else rows.none()

    @property
    def has_kin(self) -> bool:
        """Whether it is part of a bigger one, has parts, or was linked with another."""
        return bool(self.dossier.parent_id or self._kept & {Dossier._meta.db_table, DossierLink._meta.db_table})

    # What happened and what is open --------------------------------------------------------------------------

    @cached_property
    def tasks(self) -> list[Task]:
        prefetch_related_objects(
            [self.dossier], Prefetch("tasks", Task.objects.select_related("assignee", "agency__calendar"))
        )
        return list(self.dossier.tasks.all())

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.completed_at is None]

    @cached_property
    def consultations(self) -> list[Consultation]:
        """The opinions that were asked of other units, the oldest first."""
        asked = self._of(Consultation).select_related("agency__calendar", "task")
        prefetch_related_objects([self.dossier], Prefetch("consultations", asked))
        return list(self.dossier.consultations.all())

    @property
    def consultation_rows(self) -> list[dict[str, Any]]:
        """What each unit was asked and what it said."""
        tones = {"agrees": "success", "disagrees": "danger", "other": "warning"}
        rows = []
        for one in self.consultations:
            if one.answered_at:
                tag = (tones[one.opinion], str(Consultation.Opinion(one.opinion).label))
            elif one.taken_back_by:
                tag = ("neutral", _("%(name)s đã rút câu hỏi") % {"name": one.taken_back_by})
            elif one.closed_at:
                tag = ("neutral", _("Không còn chờ ý kiến"))
            else:
                tag = ("waiting", _("Đang chờ ý kiến"))
            waited = None
            if one.closed_at is None:
                waited = clock.clock(_("Hạn cho ý kiến"), one.due_at, self.at, one.agency.calendar.calendar)
            basis = deadlines.consultation_basis(self.dossier, one) if waited else None
            back = next((act for act in self.acts if act.name == "take_back_question" and act.consultation == one), None)
            way = f"{reverse('desk:act', args=[self.dossier.code, 'rut-cau-hoi'])}?ket-qua={one.pk}#viec" if back else ""
            rows.append(
                {"asked": one, "tag": tag, "clock": waited, "why": basis.explain() if basis else [], "take_back": way}
            )
        return rows

    @cached_property
    def supplements(self) -> list[SupplementRequest]:
        """What was asked to be added, the oldest first."""
        prefetch_related_objects([self.dossier], Prefetch("supplements", self._of(SupplementRequest)))
        return list(self.dossier.supplements.all())

    @property
    def supplement(self) -> SupplementRequest | None:
        """The request that waits."""
        return next((one for one in self.supplements if one.closed_at is None), None)

    @cached_property
    def result(self) -> Result | None:
        found = self._of(Result).select_related("signature__file").defer("signature__prepared")
        return found.filter(dossier=self.dossier).first()

    @cached_property
    def kept_place(self) -> str:
        """Where a result that nobody fetched is kept; empty when it lies at the counter."""
        return UncollectedResult.objects.filter(dossier=self.dossier).values_list("place", flat=True).first() or ""

    @cached_property
    def charges(self) -> list[Charge]:
        return list(Charge.objects.about(self.dossier.subject))

    @property
    def owed(self) -> list[Charge]:
        return [one for one in self.charges if one.state in (ChargeState.UNPAID, ChargeState.PENDING)]

    @property
    def cash(self) -> list[Charge]:
        """The fees that this officer may take in cash now."""
        if self.dossier.is_ended or not operations.keeps_books(self.dossier, self.actor):
            return []
        return [one for one in self.charges if one.state == ChargeState.UNPAID]

    @cached_property
    def refunds(self) -> list[Payment]:
        """What this officer is to pay back (one query for who keeps the books)."""
        if not self.charges or not operations.keeps_books(self.dossier, self.actor):
            return []
        return list(Payment.objects.owed_back().filter(charge__in=self.charges).order_by("pk"))

    @cached_property
    def visit(self) -> UUID | None:
        """The number of the visit in which it was handed in at this officer's counter (at most one query)."""
        if not self.dossier.received_by_id or not self.actor.has_role(Role.RECEIVER, self.dossier.reception_id):
            return None
        return CounterEntry.objects.filter(dossier=self.dossier).values_list("visit", flat=True).first()

    @cached_property
    def events(self) -> list[Event]:
        return list(Event.objects.about(self.dossier.subject))

    @property
    def timeline(self) -> list[dict[str, Any]]:
        return timeline(story(self.events, for_officer=True))

    # The head -----------------------------------------------------------------------------------------------

    @property
    def state_tag(self) -> tuple[str, str]:
        state = State(self.dossier.state)
        return DOSSIER_TONES[state], str(state.label)

    @cached_property
    def clock(self) -> clock.Clock | None:
        return clock.of_dossier(
            self.dossier,
            self.at,
            supplement_due=self.supplement.due_at if self.supplement else None,
        )

    @property
    def why(self) -> list[str]:
        """How the date came about for which the dossier waits, a sentence a line; empty where there is none."""
        return deadlines.explain_current(self.dossier)

    def why_step(self, task: Task) -> list[str]:
        """How the date of a step came about."""
        basis = deadlines.task_basis(self.dossier, task)
        return basis.explain() if basis else []

    @property
    def promise(self) -> Deadline:
        """When the result would be due if the dossier were accepted now."""
        return deadlines.settlement_deadline(self.dossier, self.at)

    @property
    def promise_why(self) -> list[str]:
        return working_time.explain(self.promise)

    @property
    def fee_tag(self) -> tuple[str, str]:
        """The tone and the words of what is owed and paid."""
        live = [one for one in self.charges if one.state != ChargeState.CANCELLED]
        if not live:
            return "neutral", _("Không thu phí")
        worst = min(live, key=lambda one: list(ChargeState).index(ChargeState(one.state)))
        return CHARGE_TONES[ChargeState(worst.state)], str(ChargeState(worst.state).label)

    @property
    def charge_rows(self) -> list[tuple[str, str, str]]:
        return [
            (CHARGE_TONES[ChargeState(one.state)], str(ChargeState(one.state).label), money(one.amount_vnd))
            for one in self.charges
        ]

    @property
    def people(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Who files, and for whom: a title and rows (label, value) each."""
        dossier = self.dossier
        shown = [(_("Chủ hồ sơ"), dossier.owner)]
        if dossier.on_behalf:
            shown = [(_("Chủ hồ sơ"), dossier.owner), (_("Người nộp thay"), dossier.submitter)]
        return [
            (title, [(label, value) for _key, label, value in parties.rows(party) if value])
            for title, party in shown
        ]

    # What was brought ---------------------------------------------------------------------------------------

    @cached_property
    def answers(self) -> list[dict[str, Any]]:
        return printing.answer_rows(self.dossier)

    @cached_property
    def documents(self) -> list[Document]:
        return list(self.dossier.documents.select_related("file", "supplement"))

    @cached_property
    def brought(self) -> list[papers_brought.Brought]:
        """The components that this dossier must or may bring, each with its files."""
        return papers_brought.brought(self.dossier, self.documents, list(self.dossier.on_paper.all()))

    @property
    def sheets(self) -> dict[str, str]:
        """By component what was brought of it on paper, in words."""
        return {one.id: "; ".join(words for words, _later in one.sheets_told) for one in self.brought if one.sheets}

    @property
    def groups(self) -> list[papers_brought.Group]:
        return papers_brought.groups(self.dossier, self.brought)

    @cached_property
    def checked(self) -> dict[int, papers_brought.Checked]:
        return papers_brought.checked(self.dossier, self.documents, self.at.astimezone(HANOI).date())

    @cached_property
    def papers(self) -> list[Paper]:
        return list(Paper.objects.about(self.dossier.subject).defer("data"))[::-1]

    @property
    def papers_of_now(self) -> list[Paper]:
        """Those that were issued last, in one moment: a withdrawal has its slip, and a notice of what is paid back."""
        return [one for one in self.papers if one.issued_at == self.papers[0].issued_at][::-1]

    @property
    def acceptance_slip(self) -> Paper | None:
        return next((paper for paper in self.papers if paper.kind == "acceptance_slip"), None)

    def preview(self, act: Act | None) -> tuple[str, str]:
        """The name and the address of what stands beside the form at first; empty without anything to show."""
        code = self.dossier.code
        if act and act.task and act.task.act in ("approve", "stamp") and self.result:
            return _("Dự thảo kết quả"), reverse("desk:draft_result", args=[code])
        if self.result and self.result.paper_id:
            return self.result.name, reverse("desk:paper", args=[self.result.paper_id])
        for one in (document for part in self.brought for document in part.documents):
            if one.file.content_type in SHOWN:
                return one.name, reverse("desk:document", args=[code, one.pk])
        return "", ""

    # What can be done ---------------------------------------------------------------------------------------

    @cached_property
    def acts(self) -> list[Act]:
        owed = {one.due for one in self.owed}
        consultations = [one for one in self.consultations if one.closed_at is None]
        acts = acts_for(
            self.dossier,
            self.actor,
            self.open_tasks,
            awaits_signature=self.signature is not None,
            owed=owed,
            consultations=consultations,
            may_ask_more=self.supplements_left != 0,
            with_team=True,
            passed_on=self.passed_on,
            hindered=self.lacking.keys(),
            ends=self.ends,
            found=self.found,
        )
        return [
            replace(act, label=_("Ký số, phê duyệt"))
            if act.name == "approve" and self.signs_now(act) and self.credentials
            else act
            for act in acts
            if act.name not in ("forward", "reassign") or self._has_others(act)
        ]

    def _has_others(self, act: Act) -> bool:
        """Whether there is somebody else to whom a step can be passed (one query)."""
        if act.task is None:
            return False
        but = [key for key in (act.task.assignee_id, self.actor.user_id if act.name == "forward" else None) if key]
        there = Officer.objects.working_as(act.task.role, act.task.agency_id)
        return there.exclude(user_id__in=but).exists()

    @cached_property
    def checks(self) -> checking.Checks:
        """What was ticked good and defective."""
        return checking.Checks(self.dossier, self.actor, self.documents)

    @cached_property
    def found(self) -> Found:
        """What the check has found so far (one query where there is one to make)."""
        if self.dossier.state == State.SUBMITTED:
            return Found(has_bad=self.checks.has_bad)
        if self.dossier.state == State.PROCESSING:
            return Found(draft=self.checks.draft)
        return Found()

    @property
    def returned_draft(self) -> NoticeDraft | None:
        """The request for more that the head or a leader gave back to this appraiser, with the reason."""
        return self.checks.returned if self.act("draft_supplement") else None

    @cached_property
    def objections(self) -> list[Objection]:
        """With what the applicant does not agree and what nobody has answered (one query where more was asked for).

        Leaders see all; the others what concerns the stage at which the dossier is.
        """
        if not self.supplements:
            return []
        found = list(Objection.objects.open().filter(request__dossier=self.dossier).select_related("request"))
        if any(self.actor.has_role(Role.LEADER, one.agency_id) for one in found):
            return found
        stage = SupplementRequest.Stage.APPRAISAL if self.dossier.accepted_at else SupplementRequest.Stage.INTAKE
        return [one for one in found if one.request.stage == stage and not self.dossier.is_ended]

    @property
    def answers_objections(self) -> bool:
        return any(self.actor.has_role(Role.LEADER, one.agency_id) for one in self.objections)

    @cached_property
    def ends(self) -> Ends:
        """What is under way to put the date off, or to end the dossier without what was asked for."""
        dossier = self.dossier
        if dossier.is_ended or dossier.state == State.SUBMITTED:
            return Ends()
        apologies = list(self._of(Extension).filter(dossier=dossier))
        task = next((one for one in self.open_tasks if one.act == "appraise"), None)
        draft = next((one for one in apologies if one.is_waiting), None)
        signed = sum(one.signed_at is not None for one in apologies)
        return Ends(
            may_extend=operations.may_extend(dossier, signed) and bool(draft or operations.is_near(dossier, self.at)),
            extension=draft,
            proposal=self._of(EndProposal).filter(dossier=dossier, closed_at=None).first(),
            refusing_outcome=operations.refusing_outcome(dossier, dossier.definition.step(task.step_id)) if task else "",
            is_against=self.result is not None and self.result.kind == Result.Kind.NOT_ELIGIBLE,
        )

    @cached_property
    def who_asked_to_withdraw(self) -> str:
        """Who asked at the counter for the dossier back; empty where it was asked in the account."""
        return operations.who_asked_to_withdraw(self.dossier)

    @property
    def fees_at_the_end(self) -> str:
        """What becomes of the fees if the dossier ended now, in words."""
        return operations.fees_at_the_end(self.dossier).sentence

    @property
    def apology_is_in_time(self) -> bool:
        return operations.is_in_time(self.dossier, self.at)

    @cached_property
    def signature(self) -> Signature | None:
        """The signature that this dossier waits for (one query where somebody signs)."""
        if not self.ends.extension and not any(task.act in ("approve", "stamp") for task in self.open_tasks):
            return None
        live = Signature.objects.filter(subject=self.dossier.subject, state=Signature.State.WAITING)
        return live.select_related("credential").defer("prepared", "credential__container").first()

    @property
    def may_write_result(self) -> bool:
        """Whether this officer may write the texts of the result: he appraises, and this leads to an approval."""
        return self.dossier.state == State.PROCESSING and any(
            task.act == "appraise" and task.doable_by(self.actor) for task in self.open_tasks
        )

    def signs_now(self, act: Act | None) -> bool:
        """Whether who does this act signs the result, if he has a certificate."""
        return bool(act and act.task and (act.name == "stamp" or operations.signs(self.dossier, act.task)))

    @cached_property
    def credentials(self) -> list[Credential]:
        """With what the officer may sign at the step that is before him: his own, or the agency's (one query)."""
        acts = {task.act for task in self.open_tasks if task.doable_by(self.actor)}
        if "stamp" in acts:
            return signing.seals_of(self.dossier.agency, self.at)
        signs = "approve" in acts or (self.ends.extension and signs_extensions(self.dossier, self.actor))
        return signing.credentials_of(self.actor, self.at) if signs else []

    @property
    def credential_choices(self) -> list[tuple[str, str]]:
        return [
            (str(one.pk), _("%(label)s – %(holder)s, hiệu lực đến %(day)s")
             % {"label": one.label, "holder": one.holder, "day": day(one.valid_until.astimezone(HANOI).date())})
            for one in self.credentials
        ]  # fmt: skip

    @property
    def asks_pin(self) -> bool:
        return any(SIGNERS[one.adapter].asks_pin for one in self.credentials)

    @property
    def signs_remotely(self) -> bool:
        return any(not SIGNERS[one.adapter].asks_pin for one in self.credentials)

    @property
    def unsigned_words(self) -> str:
        """That there will be no signature, to who would make it."""
        if any(task.act == "stamp" and task.doable_by(self.actor) for task in self.open_tasks):
            return _("Cơ quan chưa có chứng thư số: kết quả được ban hành không kèm chữ ký số của cơ quan.")
        return _("Ông/Bà chưa có chứng thư số: kết quả được phê duyệt không kèm chữ ký số.")

    @cached_property
    def supplements_left(self) -> int | None:
        """How often more papers may still be asked for in appraisal; None where nobody counts."""
        if self.dossier.state != State.PROCESSING:
            return None
        asked = sum(one.stage == SupplementRequest.Stage.APPRAISAL for one in self.supplements)
        return max(self.dossier.definition.process.limits.supplement_times - asked, 0)

    @property
    def no_more_supplements(self) -> str:
        """That nothing more may be asked for, to who would ask."""
        dossier = self.dossier
        appraises = any(task.act == "appraise" and task.doable_by(self.actor) for task in self.open_tasks)
        if self.supplements_left != 0 or not (appraises or dossier.may("ask_supplement_in_appraisal", self.actor)):
            return ""
        return _("Đã yêu cầu bổ sung %(n)d lần khi thẩm định; theo quy định của thủ tục không yêu cầu thêm.") % {
            "n": dossier.definition.process.limits.supplement_times
        }

    def signs(self, act: Act | None) -> bool:
        """Whether who does the act's step signs there."""
        return bool(act and act.task and self.dossier.definition.step(act.task.step_id).signs)

    def act(self, name: str, outcome: str = "") -> Act | None:
        """The offered act of this name, of this outcome when one is given."""
        fitting = [act for act in self.acts if act.name == name]
        return next((act for act in fitting if act.outcome == outcome), fitting[0] if fitting else None)

    @property
    def main(self) -> Act | None:
        """What this officer most likely came for: to answer a wish to withdraw before anything else."""
        return self.act("withdraw") or next((act for act in self.acts if act.tone == "primary"), None)

    @property
    def waits_for_nothing(self) -> bool:
        """Whether nobody waits for this officer here, whatever else he may do."""
        asks = any(act.name in ("sign_extension", "decline_end") for act in self.acts)
        return self.main is None and not asks and not (self.hindrance or self.cash or self.refunds)

    @cached_property
    def lacking(self) -> dict[int, list[str]]:
        """What keeps this officer's steps from leading on, by the keys of their tasks; only those that are kept."""
        mine = [task for task in self.open_tasks if task.doable_by(self.actor)] if self.dossier.is_running else []
        steps = self.dossier.definition
        found = {task.pk: operations.lacks(self.dossier, task, steps.step(task.step_id)) for task in mine}
        return {key: sentences for key, sentences in found.items() if sentences}

    @cached_property
    def hindrance(self) -> str:
        """Why the step that waits cannot be done yet, though this officer would be the one to do it."""
        dossier, owed = self.dossier, self.owed
        first = [one for one in owed if one.due == "before_acceptance"]
        if first and dossier.may("accept", self.actor):
            return _("Người nộp chưa nộp phí, lệ phí %(money)s. Hồ sơ tiếp nhận được sau khi đã nộp.") % {
                "money": money(sum(one.amount_vnd for one in first))
            }
        if (
            owed
            and dossier.may("settle", self.actor)
            and any(task.act == "stamp" for task in self.open_tasks)
        ):
            return _("Người nộp chưa nộp đủ phí, lệ phí %(money)s nên chưa ban hành được kết quả.") % {
                "money": money(sum(one.amount_vnd for one in owed))
            }
        for lacking in self.lacking.values():
            return _("Chưa kết thúc được bước này. %(why)s") % {"why": " ".join(lacking)}
        return ""

    @property
    def waits_for(self) -> str:
        """Whom the dossier waits for now, in words."""
        dossier = self.dossier
        if dossier.is_ended:
            return ""
        if dossier.state == State.SUPPLEMENT_REQUESTED:
            return _("Người nộp bổ sung hồ sơ")
        if dossier.state == State.PAYMENT_REQUESTED:
            return _("Người nộp nộp phí, lệ phí")
        if dossier.state == State.SUBMITTED:
            return _("%(unit)s kiểm tra, tiếp nhận") % {"unit": dossier.reception.label}
        task = next(iter(self.open_tasks), None)
        if task is None:
            return ""
        who = task.assignee.full_name if task.assignee else f"{task.get_role_display()}, {task.agency.label}"
        return f"{task.name}: {who}"

    @property
    def colleagues(self) -> list[dict[str, str]]:
        """Those to whom the dossier can be given, each with what is on the table already (two queries)."""
        task = next((act.task for act in self.acts if act.name == "assign"), None)
        if task is None:
            return []
        place = operations.whom_to_assign(self.dossier, task)
        officers = list(Officer.objects.working_as(*place)) if place else []
        return people_rows(officers, self.at)

    @cached_property
    def passed_on(self) -> Task | None:
        """The step that this officer can call back; asked of the tables only when he did the last one."""
        last = next((event for event in self.events[::-1] if event.actor_kind == "officer"), None)
        if last is None or last.actor_id != self.actor.id:
            return None
        return operations.passed_on(self.dossier, self.actor)

    def others_for(self, act: Act) -> list[dict[str, str]]:
        """Those in the same role to whom a step can be passed, each with what is on the table already."""
        if act.task is None:
            return []
        there = Officer.objects.working_as(act.task.role, act.task.agency_id)
        but = {act.task.assignee_id, self.actor.user_id if act.name == "forward" else None}
        return people_rows([one for one in there if one.user_id not in but], self.at)

    @property
    def units_to_ask(self) -> list[tuple[str, str]]:
        """Every unit but the one that handles the dossier (one query)."""
        others = Agency.objects.exclude(pk=self.dossier.agency_id).order_by("code")
        return [(str(one.pk), one.name) for one in others]

    @cached_property
    def phrases(self) -> list[Phrase]:
        return list(Phrase.objects.usable_by(self.actor))

    @cached_property
    def handovers(self) -> list[HandoverLine]:
        """What went from unit to unit on paper, the latest first."""
        lines = self._of(HandoverLine).filter(dossier=self.dossier).exclude(state=HandoverLine.State.CANCELLED)
        return list(lines.select_related("handover__giver", "handover__taker").order_by("-id"))

    @property
    def had_it_before(self) -> str:
        """The key of who handled this dossier before it came back."""
        before = [
            task for task in self.tasks if task.completed_at and task.act == "appraise" and task.assignee_id
        ]
        return str(before[-1].assignee_id) if before else ""

    @property
    def sent_back(self) -> Task | None:
        """The step that brought the dossier back to the present one, with its reason."""
        done = [task for task in self.tasks if task.completed_at]
        order = [step.id for step in self.dossier.definition.process.steps]
        if not (done and self.open_tasks):
            return None
        last, now = done[-1], self.open_tasks[0]
        return last if last.note and order.index(last.step_id) > order.index(now.step_id) else None

    @property
    def last_opinion(self) -> Task | None:
        """What the appraiser found, the latest."""
        done = [task for task in self.tasks if task.completed_at and task.act == "appraise" and task.note]
        return done[-1] if done else None

    @property
    def expected_number(self) -> str:
        return operations.expected_number(self.dossier, self.at)

    @property
    def supplement_until(self) -> str:
        stage = notices.stage_of(self.dossier)
        return day(deadlines.supplement_due(self.dossier, self.at, stage).astimezone(HANOI).date())

    @property
    def payment_until(self) -> str:
        return day(deadlines.payment_due(self.dossier, self.at).astimezone(HANOI).date())

    @property
    def clock_waits_for_fee(self) -> bool:
        """Accepted now, the dossier would have no date before its fee comes."""
        return self.dossier.definition.process.clock == "accepted_and_paid" and bool(self.owed)

    @property
    def legal_bases(self) -> list[str]:
        return forms.legal_bases(self.dossier)

    def buttons(self, chosen: Act | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The buttons that send the chosen act's form, and the links to the forms of the others."""
        code = self.dossier.code
        sending, others = [], []
        for act in self.acts:
            if act.name == "take_back_question" and act != chosen:
                continue  # it stands with its question
            page = acting.BY_NAME[act.name]
            address = reverse("desk:act", args=[code, page.slug])
            same_form = chosen is not None and act.task is not None and act.task == chosen.task
            same_form = same_form and act.name in _ON_ONE_FORM
            if act == chosen or (same_form and chosen is not None and chosen.name in _ON_ONE_FORM - {"send_back"}):
                tone = "primary" if act == chosen else "secondary"
                tone = "danger" if act == chosen and act.tone == "warning" else tone
                sending.append({"act": act, "address": address, "tone": tone})
            else:
                asked = f"?ket-qua={act.outcome}" if act.outcome else ""
                tone = "danger" if act.tone == "warning" else "secondary"
                others.append({"act": act, "address": f"{address}{asked}#viec", "tone": tone})
        return sending, others


# Acts of a step that are typed into the same form: one text, and the button says what comes of it.
_ON_ONE_FORM = frozenset({"assign", "appraise", "approve", "stamp", "return_result", "send_back"})
