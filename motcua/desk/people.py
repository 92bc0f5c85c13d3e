"""Colleagues to whom something can be given."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from motcua.agencies.models import Absence, Officer
from motcua.dossiers.models import Task
from motcua.dossiers.states import RUNNING


def people_rows(officers: Collection[Officer], at: datetime) -> list[dict[str, str]]:
    """Officers to choose from: the name, how much each has, how much of it late, and who is away (two queries)."""
    keys = [one.user_id for one in officers]
    load = {
        row["assignee_id"]: row
        for row in Task.objects.open()
        .filter(dossier__state__in=RUNNING, assignee_id__in=keys)
        .values("assignee_id")
        .annotate(total=Count("pk"), late=Count("pk", filter=Q(dossier__due_at__lt=at)))
    }
    away = dict(
        Absence.objects.current(at).filter(user_id__in=keys).values_list("user_id", "deputy__full_name")
    )
    rows = []
    for one in officers:
        has = load.get(one.user_id, {"total": 0, "late": 0})
        hint = _("Đang xử lý %(total)d hồ sơ") % has
        if has["late"]:
            hint = _("Đang xử lý %(total)d hồ sơ, %(late)d quá hạn") % has
        if one.user_id in away:
            hint = _("%(load)s. Đang vắng mặt, %(name)s làm thay") % {"load": hint, "name": away[one.user_id]}
        rows.append({"value": str(one.user_id), "label": one.user.full_name, "hint": hint})
    return rows
