"""How papers are drawn: the template of each kind, for all agencies or for one, its versions and what they changed."""

import difflib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.console import forms
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.papers import kinds, masters
from motcua.papers.layouts import LayoutFailed
from motcua.papers.models import PaperTemplate
from motcua.papers.samples import SAMPLES

_MOST_VERSIONS = 50
_AROUND = 2  # lines shown before and after a change
# The papers by what they are for, in the order of the law; what is not named here comes last.
_STATUTORY = (
    ("acceptance_slip", "01"), ("supplement_request", "02"), ("refusal", "03"), ("apology", "04"),
    ("stop_notice", "05"), ("control_slip", "06"),
)  # fmt: skip


def _title(kind: str) -> str:
    """What people call this kind of paper."""
    names = {
        "result_generic": _("Kết quả: quyết định, giấy phép, công văn"),
        "result_text": _("Kết quả soạn tự do"),
        "result_notice": _("Kết quả: thông báo tiếp nhận công bố"),
        "application_form": _("Tờ khai"),
        "handover_slip": _("Phiếu bàn giao hồ sơ"),
        "table": _("Biểu báo cáo, sổ theo dõi"),
    }
    number = dict(_STATUTORY).get(kind)
    title = names.get(kind) or _(kinds.TITLES[kind])
    return _("Mẫu số %(number)s: %(title)s") % {"number": number, "title": title} if number else title


def _ordered() -> list[str]:
    law = [kind for kind, _number in _STATUTORY]
    return law + sorted(kinds.TEMPLATED - set(law), key=_title)


@require_safe
def templates(request: Request) -> HttpResponse:
    """Every kind of paper whose template can be changed, with what draws it now."""
    active = PaperTemplate.objects.active().select_related("agency").defer("source").order_by("agency__code")
    rows = [
        {
            "kind": kind,
            "title": _title(kind),
            "common": next((one for one in active if one.kind == kind and one.agency is None), None),
            "own": [one for one in active if one.kind == kind and one.agency is not None],
        }
        for kind in _ordered()
    ]
    return render(request, "console/templates.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def template(request: Request, kind: str) -> HttpResponse:
    """One template, to change; it is drawn on sample data beside. Posting keeps a new version."""
    agency = _agency(request, kind)
    before = PaperTemplate.objects.active().filter(kind=kind, agency=agency).first()
    begun = before.source if before else _begins(kind, agency)
    initial = {"source": begun, "seen": before.version if before else 0}
    form = forms.Template(request.POST or None, initial=initial)
    line = 0
    if request.method == "POST" and form.is_valid():
        try:
            kept = masters.keep_template(kind=kind, agency=agency, **form.cleaned_data, actor=request.actor, at=now())
        except LayoutFailed as failure:
            form.add_error("source", str(failure))
            line = failure.line
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Đã lưu và áp dụng phiên bản %(version)d.") % {"version": kept.version})
            return redirect(_address(kind, agency))
    shown = {
        "kind": kind, "title": _title(kind), "agency": agency, "before": before, "form": form,
        "wrong_line": _line(form["source"].value(), line),
        "agencies": [("", _("Tất cả cơ quan")), *((str(one.pk), one.name) for one in Agency.objects.order_by("code"))],
        "versions": PaperTemplate.objects.of(kind, agency).defer("source")[:_MOST_VERSIONS],
        "keys": sorted(SAMPLES[kind]),
    }  # fmt: skip
    return render(request, "console/template.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def preview(request: Request, kind: str) -> HttpResponse:
    """What is typed (posted), or what is in force, drawn on sample data; a mistake is told with its line."""
    agency = _agency(request, kind)
    before = PaperTemplate.objects.active().filter(kind=kind, agency=agency).first()
    source = request.POST.get("source", "") if request.method == "POST" else before.source if before else _begins(kind, agency)
    source = source.replace("\r\n", "\n")
    try:
        content = masters.preview(kind, source)
    except LayoutFailed as failure:
        wrong = {"message": str(failure), "line": failure.line, "text": _line(source, failure.line)}
        return render(request, "console/template_wrong.html", wrong)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="xem-truoc.pdf"'
    return response


@require_safe
def version(request: Request, kind: str, version: int) -> HttpResponse:
    """What a version changed, line by line, against the one before it."""
    agency = _agency(request, kind)
    found = get_object_or_404(PaperTemplate, kind=kind, agency=agency, version=version)
    older = PaperTemplate.objects.filter(kind=kind, agency=agency, version__lt=version).order_by("-version").first()
    was = older.source if older else _begins(kind, agency)
    shown = {
        "kind": kind, "title": _title(kind), "agency": agency, "version": found, "older": older,
        "lines": _difference(was, found.source), "back": _address(kind, agency),
    }  # fmt: skip
    return render(request, "console/template_version.html", shown)


@require_POST
def restore(request: Request, kind: str) -> HttpResponse:
    """Draw by an earlier version again, or by the built-in template when none is named."""
    agency = _agency(request, kind)
    wanted = request.POST.get("phien-ban", "")
    try:
        if wanted.isascii() and wanted.isdigit():
            found = get_object_or_404(PaperTemplate, kind=kind, agency=agency, version=int(wanted))
            masters.restore_version(template=found, actor=request.actor, at=now())
        else:
            masters.restore_builtin(kind=kind, agency=agency, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã khôi phục mẫu in."))
    return redirect(_address(kind, agency))


def _agency(request: Request, kind: str) -> Agency | None:
    """The agency that the page is about, none for all. Raises Http404 for an unknown kind or agency."""
    if kind not in kinds.TEMPLATED:
        raise Http404
    wanted = request.GET.get("co-quan", "")
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        raise Http404
    return get_object_or_404(Agency, pk=int(wanted))


def _begins(kind: str, agency: Agency | None) -> str:
    """The template that an agency without one of its own has: that of all, else the built-in one."""
    common = PaperTemplate.objects.active().filter(kind=kind, agency=None).first() if agency else None
    return common.source if common else masters.builtin(kind)


def _address(kind: str, agency: Agency | None) -> str:
    return reverse("console:template", args=[kind]) + (f"?co-quan={agency.pk}" if agency else "")


def _line(source: str | None, number: int) -> str:
    lines = (source or "").replace("\r\n", "\n").split("\n")
    return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


def _difference(was: str, now_is: str) -> list[dict[str, Any]]:
    """The changed lines with some around them: {sign: " ", "+", "-", "…", text}."""
    found = difflib.unified_diff(was.splitlines(), now_is.splitlines(), lineterm="", n=_AROUND)
    lines = []
    for line in list(found)[2:]:
        if line.startswith("@@"):
            lines.append({"sign": "…", "text": ""})
        else:
            lines.append({"sign": line[:1], "text": line[1:]})
    return lines
