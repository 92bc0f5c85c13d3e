"""The catalogue as it stands: versions, and what is not verified yet. It is changed by importing folders."""

import re
from typing import Any

from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from motcua.accounts.http import Request
from motcua.procedures.models import Procedure
from motcua.ui.paging import page

_VERSIONS_SHOWN = 50
_UNVERIFIED = Coalesce(
    Func(
        KeyTransform("unverified", KeyTransform("record", "current__content")),
        function="jsonb_array_length",
        output_field=IntegerField(),
    ),
    Value(0),
)


@require_safe
def procedures(request: Request) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:200]
    only_unverified = request.GET.get("chua-xac-minh") == "1"
    rows = Procedure.objects.published().annotate(unverified=_UNVERIFIED, version=F("current__version"))
    if wanted:
        rows = rows.filter(
            Q(number__startswith=wanted) | Q(name__icontains=wanted) | Q(short_name__icontains=wanted)
        )
    if only_unverified:
        rows = rows.filter(unverified__gt=0)
    rows = rows.only("number", "name", "short_name", "kind", "level")
    shown = {"page": page(rows, request, by="number"), "q": wanted, "only_unverified": only_unverified}
    return render(request, "console/procedures.html", shown)


@require_safe
def procedure(request: Request, number: str) -> HttpResponse:
    found = get_object_or_404(
        Procedure.objects.published().select_related("current", "sector"), number=number
    )
    content = found.current.content if found.current else {}
    paths = content.get("record", {}).get("unverified") or []
    shown = {
        "procedure": found,
        "unverified": [(path, value_at(content, path)) for path in paths],
        "versions": found.versions.defer("content").order_by("-version")[:_VERSIONS_SHOWN],
    }
    return render(request, "console/procedure.html", shown)


def value_at(content: Any, path: str) -> str:
    """What stands at a path of a procedure such as `sector.code`, as text; empty for what is no single value."""
    names = re.findall(r"[^.\[\]]+", path)
    part = content if names and names[0] in ("form", "fees", "process") else content.get("record")
    for name in names:
        if isinstance(part, list):
            keys = ("id", "code", "number", "channel")
            named = [one for one in part if isinstance(one, dict) and name in (one.get(key) for key in keys)]
            part = (
                named[0] if named else part[int(name)] if name.isdecimal() and int(name) < len(part) else None
            )
        else:
            part = part.get(name) if isinstance(part, dict) else None
    return "" if part is None or isinstance(part, dict | list) else str(part)
