"""Signatures in words, for officers, citizens and whoever checks a paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.shown import moment
from motcua.papers.models import Signature


def words_of(signature: Signature) -> str:
    """A signature that was made here, in a sentence."""
    values = {"name": signature.holder, "at": moment(signature.begun_at)}
    if signature.part == Signature.Part.SEAL:
        return _("Chữ ký số của cơ quan: %(name)s, lúc %(at)s.") % values
    return _("Chữ ký số của người có thẩm quyền: %(name)s, lúc %(at)s.") % values


def in_words(found: list[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    """What was found in a paper, a tone and a sentence for each signature."""
    return [words_of_found(one) for one in found or []]


def words_of_found(found: Mapping[str, Any]) -> tuple[str, str]:
    """A signature that was found in a paper that came: its tone, and what it is worth in a sentence."""
    at = datetime.fromisoformat(found["signed_at"]) if found.get("signed_at") else None
    values = {"name": found.get("name") or _("không rõ tên"), "at": moment(at) if at else _("không rõ thời điểm")}
    sentences = {
        "valid": ("success", _("Chữ ký số hợp lệ của %(name)s, lúc %(at)s.")),
        "unknown": ("warning", _("Có chữ ký số của %(name)s, lúc %(at)s; chưa xác minh được tổ chức cấp chứng thư số.")),
        "expired": ("warning", _("Chứng thư số của %(name)s không có hiệu lực tại thời điểm ký, %(at)s.")),
        "revoked": ("danger", _("Chứng thư số của %(name)s đã bị thu hồi.")),
        "changed": ("danger", _("Tài liệu đã bị sửa sau khi ký. Người ký: %(name)s, lúc %(at)s.")),
    }
    tone, sentence = sentences.get(found["verdict"], ("danger", _("Chữ ký số trong tệp không đọc được.")))
    return tone, sentence % values
