"""Who gets an accepted dossier without anybody pressing a button: the rules of a unit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Absence, Agency, Officer, Role
from motcua.dossiers import printing
from motcua.dossiers.models import AssignmentRule, Dossier, RuleMember, Task
from motcua.dossiers.operations.moving import move
from motcua.dossiers.operations.steps import chosen_outcome, finish, lacks, unit_of, walk
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.procedures.expressions import BadExpression, ExpressionFailed, expression
from motcua.procedures.models import Procedure, Sector

MOST_RULES = 100  # of a unit


@dataclass(frozen=True, slots=True)
class Tried:
    """What one rule says to one dossier: whom it chooses, or why nobody."""

    rule: AssignmentRule
    chosen: RuleMember | None
    why: str = ""


def whom_to_assign(dossier: Dossier, task: Task) -> tuple[str, int] | None:
    """The role and the unit of those to whom this task gives the dossier; None when no step follows."""
    return _place(dossier, chosen_outcome(dossier, task).to)


def _place(dossier: Dossier, step_id: str) -> tuple[str, int] | None:
    following, _passed = walk(dossier, step_id)
    return (following.role, unit_of(dossier, following.unit).pk) if following else None


def give_by_rule(dossier: Dossier, task: Task, at: datetime) -> Dossier:
    """Give a locked, accepted dossier to whom the first fitting rule of the unit chooses; to nobody without one.

    The event names the rule; the head of the unit can give the dossier to somebody else.
    """
    step = dossier.definition.step(task.step_id)
    found = next((one for one in try_rules(dossier, at, for_good=True) if one.chosen), None)
    if found is None or found.chosen is None or lacks(dossier, task, step):
        return dossier
    member, system = found.chosen, Actor.system("assignment")
    RuleMember.objects.filter(pk=member.pk).update(chosen_at=at)
    finish(dossier, task, chosen_outcome(dossier, task).id, "", system, at, assignee_id=member.user_id)
    return move(dossier, "assign", system, at, {}, assignee=member.user.full_name, rule=found.rule.name)


def try_rules(dossier: Dossier, at: datetime, *, for_good: bool = False) -> list[Tried]:
    """What the rules of the unit that assigns would do with this dossier, up to the first that chooses somebody.

    `for_good` holds the rules until the transaction ends, so that two dossiers do not take the same turn.
    """
    step = dossier.definition.first_step
    if step.act != "assign":
        return []
    procedure = dossier.procedure_version.procedure
    rules = (
        AssignmentRule.objects.filter(agency=unit_of(dossier, step.unit), is_active=True)
        .filter(Q(procedure=None) | Q(procedure=procedure))
        .filter(Q(sector=None) | Q(sector_id=procedure.sector_id))
        .order_by("position", "id")
    )
    if for_good:
        rules = rules.select_for_update()
    try:
        place = _place(dossier, step.outcomes[0].to)
    except Refusal as unknown_unit:  # told to the head, who assigns then: no reason to accept nothing
        return [Tried(rule, None, str(unknown_unit)) for rule in rules]
    tried = []
    for rule in rules:
        tried.append(_try(rule, dossier, place, at))
        if tried[-1].chosen:
            break
    return tried


def _try(rule: AssignmentRule, dossier: Dossier, place: tuple[str, int] | None, at: datetime) -> Tried:
    if not _holds(rule, dossier):
        return Tried(rule, None, _("Nội dung tờ khai không thỏa điều kiện của quy tắc."))
    if place is None:
        return Tried(rule, None, _("Quy trình không có bước nào sau bước phân công."))
    there = set(Officer.objects.working_as(*place).values_list("user_id", flat=True))
    members = list(rule.members.select_related("user"))
    working = [one for one in members if one.user_id in there]
    away = set(
        Absence.objects.current(at).filter(user_id__in=[one.user_id for one in working]).values_list("user_id", flat=True)
    )
    present = [one for one in working if one.user_id not in away]
    if not present:
        return Tried(rule, None, _("Những người trong quy tắc đang vắng hoặc không còn làm việc trong vai trò này."))
    return Tried(rule, _choose(rule, present, place))


def _holds(rule: AssignmentRule, dossier: Dossier) -> bool:
    """Whether the rule's condition holds; one that cannot be computed for these answers does not."""
    if not rule.condition:
        return True
    try:
        return printing.variables_of(dossier).holds(rule.condition)
    except (ExpressionFailed, BadExpression):
        return False


def _choose(rule: AssignmentRule, present: list[RuleMember], place: tuple[str, int]) -> RuleMember:
    """The member whose turn it is: they stand in the order of who was chosen longest ago."""
    if rule.method == AssignmentRule.Method.PERSON:
        return min(present, key=lambda one: one.pk)
    if rule.method == AssignmentRule.Method.ROTATION:
        return present[0]
    role, agency_id = place
    tasks = Task.objects.open().filter(agency_id=agency_id, role=role, assignee_id__in=[one.user_id for one in present])
    load = dict(tasks.values_list("assignee_id").annotate(total=Count("pk")))
    return min(present, key=lambda one: load.get(one.user_id, 0))  # the first of equals


# The rules themselves ---------------------------------------------------------------------------------------


def may_arrange_rules(agency: Agency, actor: Actor) -> bool:
    return actor.kind == "system" or actor.holds(Role.ADMINISTRATOR) or actor.has_role(Role.HEAD, agency.pk)


@transaction.atomic
def write_rule(
    *,
    rule: AssignmentRule | None,
    agency: Agency,
    name: str,
    procedure: Procedure | None,
    sector: Sector | None,
    condition: str,
    method: str,
    people: Collection[User],
    is_active: bool,
    actor: Actor,
    at: datetime,
) -> AssignmentRule:
    """Make a rule, the last of its unit, or change one.

    Raises NotAllowed, WrongCondition or Refusal for a condition that does not parse or asks for what no question gives, for nobody
    to choose from, and for a name that another rule has.
    """
    if not may_arrange_rules(agency, actor):
        raise NotAllowed(_("Ông/Bà không có quyền thay đổi quy tắc phân công của đơn vị này."))
    Agency.objects.select_for_update().get(pk=agency.pk)
    others = AssignmentRule.objects.filter(agency=agency)
    if rule is not None:
        others = others.exclude(pk=rule.pk)
    if not name.strip():
        raise Refusal(_("Vui lòng đặt tên cho quy tắc."))
    if others.filter(name=name.strip()).exists():
        raise Refusal(_("Đơn vị đã có quy tắc tên này. Vui lòng đặt tên khác."))
    if method not in AssignmentRule.Method.values:
        raise Refusal(_("Vui lòng chọn cách giao hồ sơ."))
    if not people:
        raise Refusal(_("Vui lòng chọn ít nhất một người được giao hồ sơ."))
    if method == AssignmentRule.Method.PERSON and len(people) > 1:
        raise Refusal(_("Cách “Giao cho một người” chỉ chọn một người."))
    if procedure is not None:
        sector = None
    condition = condition.strip()
    if condition:
        _check_condition(condition, procedure)
    if rule is None:
        last = others.aggregate(last=Max("position"))["last"]
        if others.count() >= MOST_RULES:
            raise Refusal(_("Đơn vị đã có quá nhiều quy tắc. Vui lòng xóa bớt quy tắc không dùng."))
        rule = AssignmentRule(agency=agency, position=(last or 0) + 1)
    rule.name, rule.procedure, rule.sector = name.strip(), procedure, sector
    rule.condition, rule.method, rule.is_active = condition, method, is_active
    rule.save()
    rule.members.exclude(user__in=people).delete()
    known = set(rule.members.values_list("user_id", flat=True))
    RuleMember.objects.bulk_create(RuleMember(rule=rule, user=user) for user in people if user.pk not in known)
    events.record(
        "assignment_rule.changed",
        subject=f"agency:{agency.pk}",
        actor=actor,
        at=at,
        rule=rule.pk,
        name=rule.name,
        condition=condition,
        method=method,
        people=sorted(user.pk for user in people),
        is_active=is_active,
    )
    return rule


class WrongCondition(Refusal):
    """A condition about the answers that no dossier of the procedure can meet."""


def _check_condition(condition: str, procedure: Procedure | None) -> None:
    try:
        names = expression(condition).names
    except BadExpression as mistake:
        raise WrongCondition(_("Điều kiện không đúng cú pháp: %(why)s.") % {"why": mistake}) from None
    if procedure is None or procedure.current is None:
        raise WrongCondition(_("Điều kiện theo tờ khai chỉ dùng được khi đã chọn một thủ tục."))
    known = {field.id for field in procedure.current.definition.form.fields} | {"channel", "scenario", "today"}
    if unknown := sorted(names - known):
        raise WrongCondition(
            _("Tờ khai của thủ tục không có nội dung: %(names)s. Vui lòng kiểm tra lại điều kiện.")
            % {"names": ", ".join(unknown)}
        )


@transaction.atomic
def raise_rule(*, rule: AssignmentRule, actor: Actor, at: datetime) -> None:
    """Try a rule before the one that stands above it; the first stays first. Raises NotAllowed."""
    if not may_arrange_rules(rule.agency, actor):
        raise NotAllowed(_("Ông/Bà không có quyền thay đổi quy tắc phân công của đơn vị này."))
    Agency.objects.select_for_update().get(pk=rule.agency_id)
    rules = list(AssignmentRule.objects.filter(agency_id=rule.agency_id).order_by("position", "id"))
    place = next((number for number, one in enumerate(rules) if one.pk == rule.pk), 0)
    if place:
        rules.insert(place - 1, rules.pop(place))
    for number, one in enumerate(rules, 1):
        one.position = number
    AssignmentRule.objects.bulk_update(rules, ["position"])
    events.record(
        "assignment_rule.raised", subject=f"agency:{rule.agency_id}", actor=actor, at=at, rule=rule.pk, name=rule.name
    )


@transaction.atomic
def remove_rule(*, rule: AssignmentRule, actor: Actor, at: datetime) -> None:
    """Forget a rule; what it has assigned stays. Raises NotAllowed, or WrongState when it is gone already."""
    if not may_arrange_rules(rule.agency, actor):
        raise NotAllowed(_("Ông/Bà không có quyền thay đổi quy tắc phân công của đơn vị này."))
    deleted, _rows = AssignmentRule.objects.filter(pk=rule.pk).delete()
    if not deleted:
        raise WrongState(_("Quy tắc này đã được xóa."))
    events.record(
        "assignment_rule.removed", subject=f"agency:{rule.agency_id}", actor=actor, at=at, rule=rule.pk, name=rule.name
    )
