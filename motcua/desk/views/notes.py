"""Beside a dossier: the officers' notes, who else has it before him, and the dossiers that belong to it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.accounts.http import Request
from motcua.desk.access import officer
from motcua.desk.page import find
from motcua.dossiers.models import Dossier, DossierLink, Mention, Note
from motcua.dossiers.operations import linking
from motcua.dossiers.operations import notes as operations
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui.tones import DOSSIER_TONES

_NOTES_SHOWN = 50
_TOGETHER_SHOWN = 30


class _Note(forms.Form):
    text = forms.CharField(max_length=operations.LONGEST * 2, required=False)
    mentioned = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, posted: QueryDict) -> None:
        super().__init__(posted)
        given = [key for key in posted.getlist("mentioned") if key.isdecimal() and len(key) < 12]
        self.fields["mentioned"].choices = [(key, key) for key in given]  # type: ignore[attr-defined]


def beside(dossier: Dossier, actor: Actor, at: datetime, *, has_kin: bool = True) -> dict[str, Any]:
    """What the page of a dossier shows of its notes and of its kin; what names the officer counts as read.

    At most eight queries, however many notes there are.
    """
    named = Prefetch("mentions", Mention.objects.select_related("user"))
    written = list(dossier.notes.select_related("author").prefetch_related(named).order_by("-id")[:_NOTES_SHOWN])
    mine = [one for note in written for one in note.mentions.all() if one.user_id == actor.user_id]
    is_new = any(one.read_at is None for one in mine)
    return {
        "present": operations.present(dossier=dossier, actor=actor, at=at),
        "new_mentions": operations.read_mentions(dossier=dossier, actor=actor, at=at) if is_new else 0,
        "notes": written[::-1],
        "colleagues": [one for one in operations.colleagues(dossier)[:200] if one.pk != actor.user_id],
        "together": together(dossier, actor) if has_kin else [],
        "may_arrange": linking.may_arrange(dossier, actor),
    }


def together(dossier: Dossier, actor: Actor) -> list[dict[str, Any]]:
    """Parent, parts and related dossiers that this officer sees, each with what it is to this one (two queries)."""
    links = DossierLink.objects.filter(Q(first=dossier) | Q(second=dossier)).order_by("id")[:_TOGETHER_SHOWN]
    related = {link.second_id if link.first_id == dossier.pk else link.first_id: link.note for link in links}
    kin = Q(pk__in=related) | Q(parent=dossier)
    if dossier.parent_id:
        kin |= Q(pk=dossier.parent_id) | Q(parent=dossier.parent_id)
    found = Dossier.objects.visible_to(actor).filter(kin).exclude(pk=dossier.pk).for_list().order_by("pk")
    rows = []
    for one in found[:_TOGETHER_SHOWN]:
        if one.pk == dossier.parent_id:
            what, way = _("Hồ sơ chính của hồ sơ liên thông này"), ""
        elif one.parent_id == dossier.pk:
            what, way = _("Hồ sơ thành phần"), "child"
        elif one.parent_id is not None and one.parent_id == dossier.parent_id and one.pk not in related:
            what, way = _("Hồ sơ thành phần khác của cùng hồ sơ liên thông"), ""
        else:
            what, way = related.get(one.pk, "") or _("Hồ sơ liên quan"), "related"
        tag = (DOSSIER_TONES[one.state], one.get_state_display())  # type: ignore[index]
        rows.append({"dossier": one, "what": what, "way": way, "tag": tag})
    return rows


@officer
@require_POST
def write(request: Request, code: str) -> HttpResponse:
    """Keep a note, and whom it names."""
    dossier = find(request, code)
    form = _Note(request.POST)
    if form.is_valid():
        try:
            operations.write_note(dossier=dossier, actor=request.actor, at=now(), **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Đã lưu ghi chú nội bộ."))
    else:
        messages.error(request, _("Ghi chú không hợp lệ. Vui lòng nhập lại."))
    return _back(code, "ghi-chu")


@officer
@require_POST
def take_back(request: Request, code: str, pk: int) -> HttpResponse:
    dossier = find(request, code)
    note = get_object_or_404(Note.objects.filter(dossier=dossier), pk=pk)
    try:
        operations.take_back_note(note=note, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã thu hồi ghi chú."))
    return _back(code, "ghi-chu")


@officer
@require_POST
def presence(request: Request, code: str) -> HttpResponse:
    """Say that the page is still before the officer; answers with who else has it."""
    dossier, at = find(request, code), now()
    operations.note_presence(dossier=dossier, actor=request.actor, at=at)
    others = operations.present(dossier=dossier, actor=request.actor, at=at)
    return render(request, "desk/presence.html", {"dossier": dossier, "present": others})


@officer
@require_POST
def relate(request: Request, code: str) -> HttpResponse:
    """Link another dossier to this one, or make it a part; or end that."""
    dossier, actor, at = find(request, code), request.actor, now()
    typed = request.POST.get("other", "").strip().upper()
    other = Dossier.objects.visible_to(actor).filter(code=typed).first()
    if other is None:
        messages.error(request, _("Không tìm thấy hồ sơ có mã %(code)s trong phạm vi của Ông/Bà.") % {"code": typed[:60]})
        return _back(code, "lien-quan")
    way = request.POST.get("way", "related")
    try:
        if way == "child":
            linking.attach_child(dossier=dossier, child=other, actor=actor, at=at)
        elif way == "end-child":
            linking.detach_child(child=other, actor=actor, at=at)
        elif way == "end-related":
            linking.unlink(dossier=dossier, other=other, actor=actor, at=at)
        else:
            linking.link(dossier=dossier, other=other, note=request.POST.get("note", ""), actor=actor, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã cập nhật hồ sơ liên quan."))
    return _back(code, "lien-quan")


def _back(code: str, place: str) -> HttpResponse:
    return redirect(f"{reverse('desk:dossier', args=[code])}#{place}")
