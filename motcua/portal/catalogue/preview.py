"""The page of a procedure that is still being written, for those who write it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from motcua.foundation.time import now
from motcua.portal.catalogue import shelf
from motcua.portal.catalogue.detail import Detail
from motcua.procedures.definition import Definition
from motcua.procedures.models import Procedure


def procedure(request: HttpRequest, definition: Definition) -> HttpResponse:
    """The page as citizens would see it if this were the current version now."""
    record = definition.record
    found = Procedure(number=record.number, name=record.name, kind=record.kind, level=record.service_level)
    related = list(Procedure.objects.for_list().filter(number__in=record.related)) if record.related else []
    detail = Detail(definition, shelf.agencies(), now().date())
    shown = {"procedure": found, "detail": detail, "related": related}
    return render(request, "portal/catalogue/procedure.html", shown)
