"""Rules by which accepted dossiers are given to officers, and what they would do with an example."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.accounts.models import User
from motcua.agencies.models import Agency, Officer, Role
from motcua.console.forms import Worded
from motcua.dossiers import operations
from motcua.dossiers.models import AssignmentRule, Dossier
from motcua.dossiers.operations.assigning import WrongCondition
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.procedures.conditions import condition_words
from motcua.procedures.models import Procedure, Sector

_METHODS = list(AssignmentRule.Method.choices)
_SHOWN = 8  # examples that are offered


class Rule(Worded):
    """A rule as it is typed. Who may be chosen depends on the unit."""

    labels: ClassVar = {"name": gettext_lazy("Tên quy tắc")}
    name = forms.CharField(max_length=120)
    procedure = forms.CharField(required=False, max_length=40)
    sector = forms.CharField(required=False, max_length=40)
    condition = forms.CharField(required=False, max_length=2000)
    method = forms.ChoiceField(choices=_METHODS)
    people = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Vui lòng chọn ít nhất một người được giao hồ sơ.")}
    )
    is_active = forms.BooleanField(required=False)

    def __init__(self, *args: Any, agency: Agency, **options: Any) -> None:
        super().__init__(*args, **options)
        there = Officer.objects.filter(agency=agency, role=Role.APPRAISER, user__is_active=True)
        there = there.select_related("user").order_by("user__sort_key")
        self.choosable = [(str(one.user_id), one.user.full_name) for one in there]
        self.fields["people"].choices = self.choosable  # type: ignore[attr-defined]
        self.fields["people"].error_messages["required"] = _("Vui lòng chọn ít nhất một người được giao hồ sơ.")


@require_safe
def rules(request: Request) -> HttpResponse:
    """The rules of a unit in the order in which they are tried, and a trial on a dossier."""
    agency = _agency(request)
    found = AssignmentRule.objects.filter(agency=agency).select_related("procedure__current", "sector")
    rows = [
        {"rule": one, "about": _about(one), "people": ", ".join(member.user.full_name for member in one.members.all())}
        for one in found.prefetch_related("members__user").order_by("position", "id")
    ]
    shown = {"agency": agency, "agencies": _agencies(), "rows": rows, **_trial(request, agency)}
    return render(request, "console/assignment.html", shown)


def _agencies() -> list[tuple[str, str]]:
    """The units that have somebody to assign to."""
    with_people = Officer.objects.filter(role=Role.APPRAISER).values("agency_id")
    return [(one.code, one.label) for one in Agency.objects.filter(pk__in=with_people)]


def _agency(request: Request) -> Agency | None:
    wanted = request.GET.get("don-vi", "")
    with_rules = AssignmentRule.objects.values_list("agency__code", flat=True).order_by("agency__code").first()
    codes = [code for code, _label in _agencies()]
    code = wanted if wanted in codes else with_rules or next(iter(codes), "")
    return Agency.objects.filter(code=code).first()


def _about(rule: AssignmentRule) -> str:
    """Which dossiers a rule is about, in words."""
    if rule.procedure:
        words = rule.procedure.display_name
    elif rule.sector:
        words = _("Lĩnh vực %(name)s") % {"name": rule.sector.name}
    else:
        words = _("Mọi thủ tục")
    if rule.condition and rule.procedure and rule.procedure.current:
        words = _("%(what)s, khi %(condition)s") % {
            "what": words,
            "condition": condition_words(rule.condition, rule.procedure.current.definition),
        }
    return words


def _trial(request: Request, agency: Agency | None) -> dict[str, Any]:
    """What the rules would do with a dossier, named by its code; and some codes to try."""
    if agency is None:
        return {"tried": "", "examples": []}
    filed = Dossier.objects.filter(agency=agency).exclude(code=None)
    code = request.GET.get("ho-so", "").strip().upper()[:40]
    examples = list(filed.order_by("-id").values_list("code", "procedure_version__procedure__name")[:_SHOWN])
    if not code:
        return {"tried": "", "examples": examples}
    dossier = filed.select_related("procedure_version__procedure", "agency", "reception").filter(code=code).first()
    steps = operations.try_rules(dossier, now()) if dossier else []
    chosen = next((one.chosen.user.full_name for one in steps if one.chosen), "")
    return {"tried": code, "found": dossier, "steps": steps, "chosen": chosen, "examples": examples}


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    agency = get_object_or_404(Agency, code=request.GET.get("don-vi", ""))
    return _form_page(request, agency, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule.objects.select_related("agency", "procedure", "sector"), pk=pk)
    return _form_page(request, rule.agency, rule)


def _form_page(request: Request, agency: Agency, rule: AssignmentRule | None) -> HttpResponse:
    form = Rule(request.POST or None, agency=agency, initial=_initial(rule))
    if request.method == "POST" and form.is_valid() and _kept(request, agency, rule, form):
        return redirect(f"{reverse('console:assignment')}?don-vi={agency.code}")
    shown = {
        "form": form,
        "agency": agency,
        "rule": rule,
        "methods": _METHODS,
        "procedures": [
            (one.number, f"{one.display_name[:90]} ({one.number})")
            for one in Procedure.objects.filed_here().defer("search_words").order_by("name_key")
        ],
        "sectors": list(Sector.objects.order_by("name").values_list("code", "name")),
    }
    return render(request, "console/assignment_rule.html", shown, status=422 if form.errors else 200)


def _initial(rule: AssignmentRule | None) -> dict[str, Any]:
    if rule is None:
        return {"method": AssignmentRule.Method.LOAD, "is_active": True}
    return {
        "name": rule.name,
        "procedure": rule.procedure.number if rule.procedure else "",
        "sector": rule.sector.code if rule.sector else "",
        "condition": rule.condition,
        "method": rule.method,
        "people": [str(key) for key in rule.members.values_list("user_id", flat=True)],
        "is_active": rule.is_active,
    }


def _kept(request: Request, agency: Agency, rule: AssignmentRule | None, form: Rule) -> bool:
    """Whether the rule could be kept; otherwise the form says why not."""
    given = form.cleaned_data
    try:
        kept = operations.write_rule(
            rule=rule,
            agency=agency,
            name=given["name"],
            procedure=Procedure.objects.filter(number=given["procedure"]).first() if given["procedure"] else None,
            sector=Sector.objects.filter(code=given["sector"]).first() if given["sector"] else None,
            condition=given["condition"],
            method=given["method"],
            people=list(User.objects.filter(pk__in=given["people"])),
            is_active=given["is_active"],
            actor=request.actor,
            at=now(),
        )
    except WrongCondition as mistake:
        form.add_error("condition", str(mistake))
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Đã lưu quy tắc “%(name)s”.") % {"name": kept.name})
    return True


@require_POST
def raised(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule.objects.select_related("agency"), pk=pk)
    operations.raise_rule(rule=rule, actor=request.actor, at=now())
    return redirect(f"{reverse('console:assignment')}?don-vi={rule.agency.code}")


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule.objects.select_related("agency"), pk=pk)
    operations.remove_rule(rule=rule, actor=request.actor, at=now())
    messages.success(request, _("Đã xóa quy tắc “%(name)s”.") % {"name": rule.name})
    return redirect(f"{reverse('console:assignment')}?don-vi={rule.agency.code}")
