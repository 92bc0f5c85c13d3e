"""Colleagues to whom something can be given."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from motcua.agencies.models import Absence, Officer
from motcua.dossiers.models import Task
from motcua.dossiers.states import RUNNING


def people_rows(officers: Collection[Officer], at: datetime) -> list[dict[str, str]]:
    """Officers to choose from: the name, how much each has, and who is away (two queries)."""
    keys = [one.user_id for one in officers]
    load = dict(
        Task.objects.open()
        .filter(dossier__state__in=RUNNING, assignee_id__in=keys)
        .values_list("assignee_id")
        .annotate(total=Count("pk"))
    )
    away = dict(
        Absence.objects.current(at).filter(user_id__in=keys).values_list("user_id", "deputy__full_name")
    )
    rows = []
    for one in officers:
        hint = _("Đang xử lý %(total)d hồ sơ") % {"total": load.get(one.user_id, 0)}
        if one.user_id in away:
            hint = _("%(load)s. Đang vắng mặt, %(name)s làm thay") % {"load": hint, "name": away[one.user_id]}
        rows.append({"value": str(one.user_id), "label": one.user.full_name, "hint": hint})
    return rows
