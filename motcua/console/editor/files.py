"""The files of a package: layouts by which papers are printed, as text; empty forms to download, as files."""

import re
import unicodedata
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.http import Request
from motcua.console.editor import check, tree
from motcua.console.editor.views import address, desk, frame, kept
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.procedures import operations
from motcua.procedures.models import PackageFile

SLUG = "mau-in"
_ENDINGS = (".docx", ".xlsx", ".odt", ".pdf")
_NAME = re.compile(r"\w[\w .()-]{0,98}\w")
_LARGEST = 10_000_000  # bytes


@require_http_methods(["GET", "POST"])
def files(request: Request, number: str) -> HttpResponse:
    found = desk(number)
    content = found.draft.content
    shown: dict[str, Any] = {"told": "", "typed": {}}
    if request.method == "POST":
        try:
            kept(request, found.draft, _changed(request, content))
        except Refusal as refusal:
            shown = {"told": str(refusal), "typed": request.POST}
        else:
            messages.success(request, _("Đã lưu."))
            return redirect(address(number, SLUG))
    used = {}
    for item in tree.list_at(content, ("record", "components")):
        if isinstance(item, dict):
            for name in (item.get("layout"), tree.group_at(item, ("template",)).get("file")):
                if name:
                    used[name] = str(item.get("name") or item.get("id") or "")
    shown |= frame(found, SLUG, preview="") | {
        "papers": [(name, text, check.digest(text)) for name, text in tree.group_at(content, ("papers",)).items()],
        "templates": list(tree.group_at(content, ("templates",))),
        "used": used,
        "wrong": {path[-1]: told for path, told in found.problems.items() if path[0] in ("papers", "templates")},
    }
    return render(request, "console/editor/files.html", shown, status=422 if shown["told"] else 200)


@require_safe
def template(request: Request, number: str, name: str) -> HttpResponse | FileResponse:
    """An empty form of the draft, to look at."""
    checksum = tree.group_at(desk(number).draft.content, ("templates",)).get(name)
    if not checksum:
        raise Http404
    kept_file = get_object_or_404(PackageFile.objects.select_related("file"), sha256=checksum)
    return FileResponse(kept_file.file.open(), as_attachment=True, filename=name)


def _changed(request: Request, content: dict[str, Any]) -> dict[str, Any]:
    """The content after what the button says. Raises Refusal for a name or a file that cannot be used."""
    verb, _colon, name = request.POST.get("do", "").partition(":")
    papers = dict(tree.group_at(content, ("papers",)))
    templates = dict(tree.group_at(content, ("templates",)))
    match verb:
        case "paper":
            if name not in papers:
                raise Refusal(_("Mẫu in này không còn. Vui lòng tải lại trang."))
            if request.POST.get(f"base-{name}") != check.digest(papers[name]):
                raise Refusal(_("Người khác đã sửa mẫu in này. Vui lòng chép nội dung vừa nhập rồi tải lại trang."))
            papers[name] = tree.clean(request.POST.get(f"text-{name}", ""))
        case "new-paper":
            papers[_new_name(request.POST.get("name", ""), (".typ",), papers)] = "\n"
        case "upload":
            upload = request.FILES.get("file")
            if upload is None or upload.file is None or not upload.size:
                raise Refusal(_("Vui lòng chọn một tệp có nội dung."))
            if upload.size > _LARGEST:
                raise Refusal(_("Tệp lớn hơn 10 MB. Vui lòng giảm dung lượng tệp."))
            wanted = _new_name(str(upload.name or ""), _ENDINGS, {})
            templates[wanted] = operations.keep_package_file(stream=upload.file, name=wanted, at=now())
        case "remove-paper":
            papers.pop(name, None)
        case "remove-template":
            templates.pop(name, None)
    return {**content, "papers": papers, "templates": templates}


def _new_name(typed: str, endings: tuple[str, ...], taken: dict[str, Any]) -> str:
    name = unicodedata.normalize("NFC", typed.strip())
    if len(endings) == 1 and name and not name.endswith(endings):
        name += endings[0]
    if not name.lower().endswith(endings) or not _NAME.fullmatch(name):
        raise Refusal(
            _("Tên tệp không dùng được. Vui lòng dùng chữ, số, dấu cách và đuôi %(endings)s.")
            % {"endings": ", ".join(endings)}
        )
    if name in taken:
        raise Refusal(_("Đã có tệp tên «%(name)s». Vui lòng đặt tên khác.") % {"name": name})
    return name
