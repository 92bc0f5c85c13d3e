"""Procedures begin: new, from another, from a folder; and leave as a folder."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.http import Request
from motcua.console import forms
from motcua.console.views.procedures import DRAFT, definition_of, draft_of, find
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.procedures import archives, operations
from motcua.procedures.models import ProcedureVersion, Sector


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    form = forms.NewProcedure(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = operations.start_new(**form.values(), actor=request.actor, at=now())
            return redirect("console:editor_first", number=draft.number)
        except Refusal as refusal:
            form.add_error("number", str(refusal))
    sectors = list(Sector.objects.order_by("name_key").values_list("code", "name"))
    shown = {"form": form, "sectors": sectors}
    return render(request, "console/procedure_new.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def clone(request: Request, number: str) -> HttpResponse:
    found = find(number)
    given = request.GET.get("phien-ban", "")
    version = found.current
    if given.isdecimal() and len(given) < 7:
        version = get_object_or_404(ProcedureVersion, procedure=found, version=int(given))
    if version is None:
        messages.error(request, _("Thủ tục chưa có phiên bản nào để nhân bản."))
        return redirect("console:procedure", number=number)
    form = forms.ClonedProcedure(request.POST or None, initial={"name": version.name})
    if request.method == "POST" and form.is_valid():
        try:
            draft = operations.clone(version=version, **form.cleaned_data, actor=request.actor, at=now())
            return redirect("console:editor_first", number=draft.number)
        except Refusal as refusal:
            form.add_error("number", str(refusal))
    shown = {"procedure": found, "version": version, "form": form}
    return render(request, "console/procedure_clone.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """A folder that somebody sends as a ZIP becomes a draft; whatever is wrong with it is told whole."""
    form = forms.Package(request.POST or None, request.FILES or None)
    mistakes = []
    if request.method == "POST" and form.is_valid():
        try:
            with TemporaryDirectory(prefix="motcua-package-") as root:
                folder = archives.unpack(form.cleaned_data["package"], Path(root))
                draft = operations.start_from_folder(folder=folder, actor=request.actor, at=now())
            messages.success(request, _("Đã nạp gói dữ liệu thành bản soạn. Chưa có gì thay đổi với người dân."))
            if one := operations.waiting(draft.procedure):
                told = _("Thủ tục này có phiên bản %(version)d đã duyệt, áp dụng từ ngày %(day)s. Vui lòng đối chiếu: bản soạn vừa nạp có thể chưa có thay đổi của phiên bản đó.")
                messages.warning(request, told % {"version": one.version.version, "day": f"{one.takes_effect_on:%d/%m/%Y}"})
            return redirect("console:procedure", number=draft.number)
        except operations.BadPackage as refusal:
            mistakes = refusal.mistakes
            form.add_error("package", str(refusal))
        except Refusal as refusal:
            form.add_error("package", str(refusal))
    shown = {"form": form, "mistakes": mistakes}
    return render(request, "console/procedure_upload.html", shown, status=422 if form.errors else 200)


@require_safe
def download(request: Request, number: str) -> HttpResponse:
    """The folder of a version, or of the draft when it can be read, as a ZIP."""
    found = find(number)
    word = request.GET.get("phien-ban", "")
    if word == DRAFT:
        definition, mark = definition_of(draft_of(found)), DRAFT
    elif word.isdecimal() and len(word) < 7:
        one = get_object_or_404(ProcedureVersion, procedure=found, version=int(word))
        definition, mark = one.definition, word
    else:
        definition = definition_of(found.current)
        mark = str(found.current.version) if found.current else ""
    files = operations.template_files(definition) if definition else {}
    if definition is None or files.keys() != definition.templates.keys():
        messages.error(request, _("Bản này chưa đủ nội dung để lập thành gói dữ liệu."))
        return redirect("console:procedure", number=number)
    contents = {}
    for name, stored in files.items():
        with stored.open() as stream:
            contents[name] = stream.read()
    response = HttpResponse(archives.pack(definition, contents), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{number}-{mark}.zip"'
    return response
