"""What a receiver enters at the counter for who stands before it, or has written: the dossier, its papers, a supplement."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import IO, Any
from uuid import UUID, uuid4

from django.contrib.postgres.search import SearchQuery
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Role
from motcua.dossiers import prefill, printing
from motcua.dossiers.models import BroughtPaper, CounterEntry, Dossier
from motcua.dossiers.operations import papers
from motcua.dossiers.operations.drafts import submit
from motcua.dossiers.operations.intake import accept
from motcua.dossiers.operations.money import take_cash
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.operations.owner import supplement
from motcua.dossiers.operations.reading import note_reading
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from motcua.foundation.working_time import add_working_hours
from motcua.papers import operations as printed
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.procedures.models import ProcedureVersion

MOST_DRAFTS = 200  # of one counter
MOST_SHEETS = 999
NEARLY_OVER_HOURS = 2  # working hours before the answer about the intake is due


@transaction.atomic
def begin_entry(
    *,
    version: ProcedureVersion,
    agency: Agency,
    reception: Agency,
    actor: Actor,
    at: datetime,
    channel: str = Dossier.Channel.IN_PERSON,
    beside: Dossier | None = None,
) -> Dossier:
    """A draft of this counter, for somebody who needs no account; no account ever sees it.

    With `beside` it belongs to the same visit as that dossier and takes over who files it, for whom, how the result
    is to be received and the answers that come from those. Raises NotAllowed to all but its receivers.
    """
    if not actor.has_role(Role.RECEIVER, reception.pk):
        raise NotAllowed(_("Chỉ cán bộ tiếp nhận của đơn vị mới được nhập hồ sơ tại quầy."))
    if Dossier.objects.filter(state=State.DRAFT, received_by__isnull=False, reception=reception)[:MOST_DRAFTS].count() == MOST_DRAFTS:
        raise NotAllowed(
            _("Quầy đang có %(most)d bản nháp. Vui lòng tiếp nhận hoặc xóa bớt bản nháp trước khi tạo thêm.")
            % {"most": MOST_DRAFTS}
        )
    taken: dict[str, Any] = {}
    if beside is not None:
        taken = {
            "submitter": beside.submitter,
            "owner": beside.owner,
            "on_behalf": beside.on_behalf,
            "delivery": beside.delivery,
            "delivery_address": beside.delivery_address,
            "channel": beside.channel,
        }
    dossier = Dossier.objects.create(
        **{"channel": channel, "submitter": {}, "owner": {}} | taken,
        procedure_version=version,
        agency=agency,
        reception=reception,
        received_by_id=actor.user_id,
        answers=prefill.answers_of_party(version.definition.form, taken.get("owner", {})),
        created_at=at,
        saved_at=at,
    )
    entry = CounterEntry.objects.filter(dossier=beside).first() if beside else None
    CounterEntry.objects.create(
        dossier=dossier,
        visit=entry.visit if entry else uuid4(),
        sender=entry.sender if entry else "",
        tracking=entry.tracking if entry else "",
        posted_on=entry.posted_on if entry else None,
    )
    return dossier


@transaction.atomic
def say_how_it_came(
    *,
    dossier: Dossier,
    channel: str,
    sender: str,
    tracking: str,
    posted_on: date | None,
    place: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep whether a draft was handed in or came by post, from whom, and where its sheets lie.

    Raises NotAllowed, WrongState, or Refusal for another channel or a day that is to come.
    """
    if channel not in (Dossier.Channel.IN_PERSON, Dossier.Channel.POST):
        raise Refusal(_("Vui lòng chọn cách nộp hồ sơ."))
    papers.check_open_for_papers(dossier, dossier.definition.record.components[0].id, actor)
    Dossier.objects.filter(pk=dossier.pk, state=State.DRAFT).update(channel=channel, saved_at=at)
    dossier.channel = channel
    by_post = channel == Dossier.Channel.POST
    CounterEntry.objects.filter(dossier=dossier).update(
        sender=sender.strip()[:200] if by_post else "",
        tracking=tracking.strip()[:60] if by_post else "",
        posted_on=posted_on if by_post else None,
        place=place.strip()[:120],
    )


@transaction.atomic
def note_sheets(
    *, dossier: Dossier, component_id: str, originals: int, certified: int, copies: int, actor: Actor, at: datetime
) -> BroughtPaper | None:
    """Keep how many sheets of a paper were brought: in a draft of the counter, or for a supplement that is asked for.

    None when all counts are 0: then the paper was not brought. Raises NotAllowed, WrongState, or Refusal for a paper
    that is not asked for or a count out of bounds.
    """
    counts = {"originals": originals, "certified": certified, "copies": copies}
    if not all(0 <= count <= MOST_SHEETS for count in counts.values()):
        raise Refusal(_("Số bản giấy phải từ 0 đến %(most)d.") % {"most": MOST_SHEETS})
    dossier = lock(dossier)  # what is filed is sealed: no sheet may slip in behind it
    supplement = papers.check_open_for_papers(dossier, component_id, actor)
    which: dict[str, Any] = {"dossier": dossier, "component_id": component_id, "supplement": supplement}
    if not any(counts.values()):
        BroughtPaper.objects.filter(**which).delete()
        return None
    paper, _is_new = BroughtPaper.objects.update_or_create(
        **which, defaults={**counts, "noted_at": at, "noted_by": actor.name}
    )
    return paper


@transaction.atomic
def bring_supplement(
    *,
    dossier: Dossier,
    sheets: Mapping[str, Mapping[str, int]],
    scans: Sequence[tuple[str, IO[bytes], str]],
    note: str,
    actor: Actor,
    at: datetime,
) -> Dossier:
    """Take in what was asked for, all of it together: `sheets` by component as in `note_sheets`, `scans` as (component,
    file, name). Raises as `note_sheets`, `attach` and `supplement` do, having kept nothing.
    """
    for component_id, counts in sheets.items():
        note_sheets(
            dossier=dossier,
            component_id=component_id,
            originals=counts.get("originals", 0),
            certified=counts.get("certified", 0),
            copies=counts.get("copies", 0),
            actor=actor,
            at=at,
        )
    for component_id, stream, name in scans:
        papers.attach(dossier=dossier, component_id=component_id, stream=stream, name=name, actor=actor, at=at)
    return supplement(dossier=dossier, note=note, actor=actor, at=at)


@transaction.atomic
def receive(*, dossier: Dossier, actor: Actor, at: datetime, cash_taken: bool = False, client_ip: str = "") -> Dossier:
    """File a draft of the counter and accept it in the same moment, with Mẫu 01; twice makes one.

    A fee that is due first and was not taken keeps it filed and waiting for its money. With `cash_taken` the receiver,
    who must be a cashier too, has taken all that it costs. Raises as `submit` and `accept` do.
    """
    dossier = submit(dossier=dossier, actor=actor, at=at)
    if dossier.state != State.SUBMITTED:
        return dossier
    owed = list(Charge.objects.about(dossier.subject).owed())
    if cash_taken and owed:
        for charge in owed:
            take_cash(dossier=dossier, charge=charge, client_ip=client_ip, actor=actor, at=at)
        owed = []
    if any(charge.due == "before_acceptance" for charge in owed):
        return dossier
    return accept(dossier=dossier, actor=actor, at=at)


def of_visit(visit: UUID) -> QuerySet[Dossier]:
    """The dossiers of one person's visit, drafts too, in the order in which they were begun."""
    return Dossier.objects.filter(entry__visit=visit).order_by("pk")


@transaction.atomic
def issue_visit_slip(*, dossiers: Sequence[Dossier], visit: UUID, actor: Actor, at: datetime) -> Paper:
    """One slip for all the dossiers of a visit (phiếu tiếp nhận nhiều hồ sơ); the same again as long as they are the same.

    Raises NotAllowed to all but receivers of the counter, and Refusal for fewer than two filed dossiers.
    """
    filed = [dossier for dossier in dossiers if dossier.code]
    if not filed or not actor.has_role(Role.RECEIVER, filed[0].reception_id):
        raise NotAllowed(_("Phiếu tiếp nhận nhiều hồ sơ do cán bộ tiếp nhận của đơn vị lập."))
    if len(filed) < 2:
        raise Refusal(_("Lượt này mới có một hồ sơ, vui lòng dùng giấy tiếp nhận của hồ sơ đó."))
    states = ",".join(f"{one.pk}{'+' if one.accepted_at else ''}" for one in filed)
    once = f"visit:{visit}:{states}"[:120]
    there = Paper.objects.filter(once=once).first()
    return there or printed.issue(
        kind="many_acceptance",
        subject=filed[0].subject,
        number=numbered(filed[0].reception.code, at, "PTNHS"),
        data=printing.many_acceptance(filed, actor.name, at),
        actor=actor,
        at=at,
        once=once,
    )


def applicants_like(text: str, actor: Actor, at: datetime) -> dict[str, Any] | None:
    """The party of the newest filed dossier of the receiver's units with this citizen number, tax code or phone.

    Found by the index of the search; None when nobody is known by it. Who looks somebody up so is logged.
    """
    wanted = "".join(mark for mark in text if mark.isalnum())
    if len(wanted) < 9 or actor.kind != "officer":
        return None
    receives = [unit for unit, role in actor.roles if role == Role.RECEIVER]
    found = (
        Dossier.objects.visible_to(actor)
        .filter(reception_id__in=receives, search=SearchQuery(wanted, config="simple"))
        .order_by("-submitted_at")
        .only("submitter", "owner", "on_behalf", "applicant_id")[:5]
    )
    for dossier in found:
        for party in (dossier.submitter, dossier.owner):
            if wanted in (party.get("citizen_number"), party.get("tax_code"), party.get("phone")):
                note_reading(dossier=dossier, purpose="view_dossier", actor=actor, at=at)
                return {**party, "kind": "organisation" if party.get("tax_code") else "citizen"}
    return None


@transaction.atomic
def warn_of_intake(*, actor: Actor, at: datetime) -> int:
    """Say once of every dossier whose eight hours are nearly over that they are; how many those were."""
    waiting = (
        Dossier.objects.filter(state=State.SUBMITTED, intake_due_at__gt=at, intake_due_at__lte=at + timedelta(days=5))
        .select_related("reception__calendar")
        .only("id", "code", "intake_due_at", "reception__calendar")
    )
    warned = 0
    for dossier in waiting.iterator(chunk_size=200):
        assert dossier.intake_due_at is not None  # by the filter
        calendar = dossier.reception.calendar.calendar
        due_at = dossier.intake_due_at
        if add_working_hours(at, NEARLY_OVER_HOURS, calendar) < due_at:
            continue
        told = Event.objects.about(dossier.subject).filter(type="dossier.intake_nearly_over", data__due_at=due_at.isoformat())
        if not told.exists():
            events.record(
                "dossier.intake_nearly_over", subject=dossier.subject, actor=actor, at=at, due_at=due_at.isoformat()
            )
            warned += 1
    return warned
