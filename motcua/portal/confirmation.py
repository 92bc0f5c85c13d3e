"""Mã xác nhận: five digits that a person reads from a picture, or hears.

A challenge belongs to one purpose (such as one draft) and is good for ten minutes. A right answer may be given
again, so that a repeated click is not refused. Who asks `is_answered` counts the wrong ones and sets a limit.
"""

import array
import io
import random
import wave
from functools import cache
from pathlib import Path

from captcha.models import CaptchaStore
from django.core.signing import BadSignature, Signer
from django.utils.timezone import now
from PIL import Image, ImageDraw, ImageFont

from motcua.foundation.codes import secret

DIGITS = 5
RATE = 16_000  # samples a second
_RECORDINGS = Path(__file__).parent / "audio"
_WIDTH, _HEIGHT = 220, 72
_INKS = ((20, 40, 90), (90, 20, 30), (25, 80, 45), (70, 30, 95), (40, 40, 40))
_PAPER = (246, 244, 238)
_signer = Signer(salt="motcua.confirmation")


def digits() -> tuple[str, str]:
    """A challenge and its answer, as the captcha store asks for them."""
    code = secret(DIGITS)
    return code, code


def new_challenge(purpose: str) -> str:
    """The key of a new challenge; only `is_answered` with the same purpose takes it."""
    return _signer.sign(f"{CaptchaStore.generate_key()}:{purpose}")


def _hash(key: str) -> tuple[str, str]:
    """The stored name and the purpose of a challenge; two empty words for a key that is not ours."""
    try:
        name, _, purpose = _signer.unsign(key).partition(":")
    except BadSignature:
        return "", ""
    return name, purpose


def _code(key: str) -> str | None:
    name, _ = _hash(key)
    stored = CaptchaStore.objects.filter(hashkey=name, expiration__gt=now()) if name else None
    return stored.values_list("response", flat=True).first() if stored is not None else None


def is_answered(key: str, purpose: str, answer: str) -> bool:
    """Whether `answer` is the code of this challenge and the challenge is for this purpose."""
    _, asked = _hash(key)
    given = "".join(answer.split())
    return bool(given) and asked == purpose and given == _code(key)


def picture(key: str) -> bytes | None:
    """The code as a PNG; None when the challenge is over."""
    code = _code(key)
    return None if code is None else draw(code)


def sound(key: str) -> bytes | None:
    """The code spoken in Vietnamese as a WAV; None when the challenge is over."""
    code = _code(key)
    return None if code is None else speak(code)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=48)


def draw(code: str) -> bytes:
    """The digits, turned and shifted a little, under a few lines."""
    chance = random.SystemRandom()
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    room = (_WIDTH - 16) // len(code)
    for place, digit in enumerate(code):
        ink = chance.choice(_INKS)
        glyph = Image.new("L", (48, 64))
        ImageDraw.Draw(glyph).text((24, 32), digit, font=_font(), fill=255, anchor="mm", stroke_width=1)
        glyph = glyph.rotate(chance.uniform(-20, 20), Image.Resampling.BILINEAR)
        image.paste(ink, (8 + place * room + chance.randint(-4, 2), chance.randint(0, 8)), glyph)
    pencil = ImageDraw.Draw(image)
    for _ in range(4):
        points = [(x, chance.randint(4, _HEIGHT - 4)) for x in (0, _WIDTH // 3, 2 * _WIDTH // 3, _WIDTH)]
        pencil.line(points, fill=chance.choice(_INKS), width=1)
    for _ in range(120):
        pencil.point((chance.randrange(_WIDTH), chance.randrange(_HEIGHT)), fill=chance.choice(_INKS))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


@cache
def _recording(digit: str) -> array.array:
    with wave.open(str(_RECORDINGS / f"{digit}.wav")) as recording:
        return array.array("h", recording.readframes(recording.getnframes()))


@cache
def _noise() -> array.array:
    """Two seconds of faint noise, the same all the time; where it starts differs."""
    return array.array("h", (random.randint(-350, 350) for _ in range(2 * RATE)))  # noqa: S311 - no secret


def speak(code: str) -> bytes:
    """The recordings of the digits with pauses of changing length, over faint noise."""
    chance = random.SystemRandom()
    voice = array.array("h", bytes(2 * (RATE // 2)))
    for digit in code:
        voice += _recording(digit)
        voice += array.array("h", bytes(2 * int(RATE * chance.uniform(0.45, 0.8))))
    start, noise = chance.randrange(RATE), _noise()
    hiss = (noise[start:] + noise * (len(voice) // len(noise) + 1))[: len(voice)]
    mixed = array.array("h", (max(-32768, min(32767, a + b)) for a, b in zip(voice, hiss, strict=True)))
    out = io.BytesIO()
    with wave.open(out, "wb") as spoken:
        spoken.setnchannels(1)
        spoken.setsampwidth(2)
        spoken.setframerate(RATE)
        spoken.writeframes(mixed.tobytes())
    return out.getvalue()
