"""What a handover slip says: plain data for `motcua.papers`."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Place
from motcua.dossiers.models import Dossier, Handover, HandoverLine
from motcua.foundation.shown import moment
from motcua.foundation.vietnamese import in_vietnamese


@in_vietnamese
def handover_slip(slip: Handover, lines: Sequence[HandoverLine]) -> dict[str, Any]:
    """Phiếu bàn giao: who gives what to whom, and what did not come. Lines come with dossier and version."""
    purpose = str(Handover.Content(slip.content).label)
    return {
        "agency": _agency(slip.giver),
        "place": Place.current().seat,
        "giver": {"title": slip.giver.name, "name": slip.given_by, "note": _("Đã xác nhận giao") if slip.given_by else ""},
        "taker": {
            "title": slip.taker.name,
            "name": slip.taken_by,
            "note": _("Đã xác nhận nhận lúc %(at)s") % {"at": moment(slip.taken_at)} if slip.taken_at else "",
        },
        "handed_at": slip.given_at,
        "purpose": f"{purpose}. {slip.note}" if slip.note else purpose,
        "items": [
            {
                "code": line.dossier.code,
                "owner": line.dossier.owner_name,
                "procedure": line.dossier.procedure_version.name,
                "papers": line.things,
                "due_at": line.dossier.due_at,
                "note": _("thiếu: %(what)s") % {"what": line.note} if line.note else "",
            }
            for line in lines
        ],
    }


def _agency(agency: Agency) -> dict[str, str]:
    return {"name": agency.name, "superior": agency.parent.name if agency.parent else ""}


@in_vietnamese
def things_of(dossier: Dossier, content: str) -> str:
    """What a unit hands over for a dossier, in words, when nobody says it otherwise."""
    if content == Handover.Content.RESULTS:
        return _("Kết quả giải quyết bản giấy và giấy tờ kèm theo")
    return _("Hồ sơ giấy kèm giấy tiếp nhận và phiếu kiểm soát")


@in_vietnamese
def control_lines(dossier: Dossier) -> list[dict[str, Any]]:
    """Lines of Mẫu số 06 for what went from unit to unit on paper, in the order of time (one query)."""
    lines = dossier.handover_lines.exclude(state=HandoverLine.State.CANCELLED)
    found = []
    for line in lines.select_related("handover__giver", "handover__taker"):
        slip = line.handover
        if slip.given_at is None:
            continue
        said = {
            HandoverLine.State.UNDER_WAY: _("Đang chuyển"),
            HandoverLine.State.RECEIVED: _("Đã nhận"),
            HandoverLine.State.MISSING: _("Nhận thiếu"),
        }[HandoverLine.State(line.state)]
        found.append(
            {
                "giver": slip.giver.name,
                "taker": slip.taker.name,
                "handed_at": slip.given_at,
                "outcome": said,
                "note": _("Phiếu bàn giao số %(number)s") % {"number": slip.number},
            }
        )
    return sorted(found, key=lambda one: one["handed_at"])
