"""Templates of papers that administrators change: kept in versions, each drawn on sample data before it counts.

A paper keeps the version that drew it; while none is active for its agency, nor for all, the built-in one draws.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import pypdfium2
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Role
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.papers import kinds
from motcua.papers.layouts import LayoutFailed
from motcua.papers.models import PaperTemplate
from motcua.papers.render import TEMPLATES, render
from motcua.papers.samples import SAMPLES

_IMPORT = '#import "head.typ": *\n'  # its words stand before every template already
_LONGEST_NOTE = 300


@cache
def builtin(kind: str) -> str:
    """The template that comes along, as one may begin to change it. Raises KeyError for a kind that has none."""
    if kind not in kinds.TEMPLATED:
        raise KeyError(kind)
    return (TEMPLATES / f"{kind}.typ").read_text().removeprefix(_IMPORT)


def active_for(kind: str, agency_name: str) -> PaperTemplate | None:
    """The version that draws a paper of this kind for the agency: its own, else that of all; None for the built-in."""
    if kind not in kinds.TEMPLATED:
        return None
    mine = Q(agency=None) | Q(agency__name=agency_name)
    found = PaperTemplate.objects.active().filter(mine, kind=kind)
    return found.order_by(F("agency").asc(nulls_last=True)).first()


def render_now(kind: str, data: Mapping[str, Any], *, blanks: bool = False) -> bytes:
    """The paper as it would be drawn if it were issued now. Raises as `render` does."""
    agency = data.get("agency") or {}
    template = active_for(kind, str(agency.get("name", ""))) if isinstance(agency, Mapping) else None
    return render(kind, data, blanks=blanks, source=template.source if template else "")


def preview(kind: str, source: str) -> bytes:
    """The template drawn on sample data. Raises LayoutFailed, a Refusal, with the line that is wrong."""
    return render(kind, SAMPLES[kind], source=source)


@transaction.atomic
def keep_template(
    *, kind: str, agency: Agency | None, source: str, note: str, seen: int, actor: Actor, at: datetime
) -> PaperTemplate:
    """Keep a new version, and draw by it from now on, for one agency or for all that have none of their own.

    `seen` is the version that was changed, 0 for the built-in one. Raises NotAllowed, WrongState when somebody was
    faster, and Refusal without a note, without a change, or when nothing can be drawn by it.
    """
    _require_administrator(actor)
    if kind not in kinds.TEMPLATED:
        raise Refusal(_("Mẫu giấy tờ này không sửa được."))
    source = source.replace("\r\n", "\n").strip() + "\n"
    before = _locked(kind, agency)
    if (before.version if before else 0) != seen:
        raise WrongState(_("Mẫu này vừa được %(name)s sửa. Vui lòng mở lại để xem bản mới.") % {"name": _by(before)})
    if source.strip() == (before.source if before else builtin(kind)).strip():
        raise Refusal(_("Mẫu chưa có thay đổi nào so với bản đang áp dụng."))
    if not note.strip():
        raise Refusal(_("Vui lòng ghi nội dung thay đổi."))
    _require_signers(kind, preview(kind, source))
    return _kept(kind, agency, source, note, before, actor, at)


def _require_signers(kind: str, drawn: bytes) -> None:
    """Raise LayoutFailed for a template that leaves out somebody who signs."""
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(drawn))
    lacking = [name for name in _who_signs(kind) if "".join(name.split()) not in text]
    if lacking:
        raise LayoutFailed(
            _("Mẫu in thiếu chỗ ký (người ký trong dữ liệu mẫu: %(names)s). Vui lòng giữ phần chữ ký, ví dụ #official-foot().")
            % {"names": ", ".join(lacking)}
        )


def _who_signs(kind: str) -> list[str]:
    """Those who sign the sample paper of a kind."""
    sample = SAMPLES[kind]
    given = [sample.get(role) for role in ("signer", "receiver", "giver", "taker")] + list(sample.get("signers", ()))
    return [str(one["name"]) for one in given if one and one.get("name")]


@transaction.atomic
def restore_builtin(*, kind: str, agency: Agency | None, actor: Actor, at: datetime) -> None:
    """Draw by the built-in template again; for one agency by that of all. Raises NotAllowed, or WrongState when it is so."""
    _require_administrator(actor)
    before = _locked(kind, agency)
    if before is None:
        raise WrongState(_("Mẫu có sẵn đang được áp dụng."))
    before.active = False
    before.save(update_fields=["active"])
    events.record("template.restored", subject=f"template:{kind}", actor=actor, at=at, version=0, agency=_code(agency))


@transaction.atomic
def restore_version(*, template: PaperTemplate, actor: Actor, at: datetime) -> PaperTemplate:
    """Keep an earlier version once more, as the newest. Raises NotAllowed, WrongState when it is in force, LayoutFailed."""
    _require_administrator(actor)
    before = _locked(template.kind, template.agency)
    if before is not None and before.pk == template.pk:
        raise WrongState(_("Phiên bản này đang được áp dụng."))
    preview(template.kind, template.source)
    note = _("Khôi phục phiên bản %(version)d") % {"version": template.version}
    return _kept(template.kind, template.agency, template.source, note, before, actor, at)


def _kept(
    kind: str, agency: Agency | None, source: str, note: str, before: PaperTemplate | None, actor: Actor, at: datetime
) -> PaperTemplate:
    if before is not None:
        before.active = False
        before.save(update_fields=["active"])
    newest = PaperTemplate.objects.filter(kind=kind, agency=agency).aggregate(newest=Max("version"))["newest"] or 0
    try:
        with transaction.atomic():
            template = PaperTemplate.objects.create(
                kind=kind, agency=agency, version=newest + 1, source=source, note=note.strip()[:_LONGEST_NOTE],
                made_by=actor.name, made_at=at, active=True,
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(_("Mẫu này vừa được người khác sửa. Vui lòng mở lại để xem bản mới.")) from None
    events.record(
        "template.kept", subject=f"template:{kind}", actor=actor, at=at, version=template.version, agency=_code(agency)
    )
    return template


def _locked(kind: str, agency: Agency | None) -> PaperTemplate | None:
    """The active version, held until the transaction ends."""
    rows = PaperTemplate.objects.select_for_update(of=("self",)).active()
    return rows.filter(kind=kind, agency=agency).first()


def _require_administrator(actor: Actor) -> None:
    if not actor.holds(Role.ADMINISTRATOR):
        raise NotAllowed(_("Mẫu giấy tờ do người quản trị sửa."))


def _by(template: PaperTemplate | None) -> str:
    return template.made_by if template else _("người khác")


def _code(agency: Agency | None) -> str:
    return agency.code if agency else ""
