"""Certificates for trying out: the leader signs by a file or by the phone, the clerk seals; all worth nothing in law."""

import io
from datetime import datetime, timedelta

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.demo.accounts import PIN
from motcua.papers import signing
from motcua.papers.glyphs import FONTS
from motcua.papers.models import Credential
from motcua.sandboxes.authority import Authority

DAYS = 6  # how long ago they were given out
_RED, _BLUE = (196, 30, 30, 235), (26, 63, 156, 255)
_SIZE = 480  # dots


def give_out(agencies: dict[str, Agency], staff: dict[str, User], at: datetime) -> None:
    """The certificates of leader and clerk, once."""
    department, leader, clerk = agencies["H34.12"], staff["lanhdao"], staff["vanthu"]
    if Credential.objects.filter(agency=department).exists():
        return
    since = at - timedelta(days=DAYS)
    _by_file(clerk, department, department.name, _seal("SỞ KHOA HỌC", "VÀ CÔNG NGHỆ"), since)
    if settings.SIGNER_URL:
        signing.add_credential(
            adapter="remote", label="Điện thoại (dùng thử)", given={"account": leader.full_name}, file=b"", pin="",
            image=_hand(leader.full_name), agency=None, actor=actor_of(leader), at=since,
        )  # fmt: skip
    _by_file(leader, None, leader.full_name, _hand(leader.full_name), since)


def _by_file(user: User, agency: Agency | None, name: str, image: bytes, at: datetime) -> None:
    authority = Authority(settings.VAR / "chung-thu-dung-thu")
    identity = authority.identity(name, "Sở Khoa học và Công nghệ tỉnh Kon Tum")
    signing.add_credential(
        adapter="pkcs12", label="Tệp dùng thử", given={}, file=identity.pkcs12(PIN, [authority.own.certificate]),
        pin=PIN, image=image, agency=agency, actor=actor_of(user), at=at,
    )  # fmt: skip


def _seal(*words: str) -> bytes:
    """Something round and red that no clerk would take for a seal."""
    picture = Image.new("RGBA", (_SIZE, _SIZE), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    for gap, width in ((6, 9), (30, 4), (132, 3)):
        drawing.ellipse((gap, gap, _SIZE - gap, _SIZE - gap), outline=_RED, width=width)
    small = _font(34)
    drawing.text((_SIZE / 2, 84), "DẤU DÙNG THỬ", font=small, fill=_RED, anchor="mm")
    drawing.text((_SIZE / 2, _SIZE - 84), "KHÔNG GIÁ TRỊ", font=small, fill=_RED, anchor="mm")
    for line, word in enumerate(words):
        drawing.text((_SIZE / 2, _SIZE / 2 - 24 + 48 * line), word, font=_font(26), fill=_RED, anchor="mm")
    return _png(picture)


def _hand(name: str) -> bytes:
    """A name as if by hand, in blue."""
    picture = Image.new("RGBA", (640, 260), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    drawing.text((320, 110), name.rpartition(" ")[2], font=_font(150, "Tinos-Italic.ttf"), fill=_BLUE, anchor="mm")
    drawing.line((120, 205, 330, 190, 560, 214), fill=_BLUE, width=7, joint="curve")
    return _png(picture)


def _font(size: int, name: str = "Tinos-Bold.ttf") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
