"""Made papers with known defects: scans, photographs and files of the kinds that citizens send."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from motcua.dossiers import photos

_FONTS = Path(__file__).resolve().parents[2] / "papers" / "fonts"
_WORDS = [
    "giấy", "chứng", "nhận", "đăng", "ký", "kinh", "doanh", "cơ", "quan", "cấp", "ngày", "tháng", "năm",
    "địa", "chỉ", "trụ", "sở", "chính", "người", "đại", "diện", "theo", "pháp", "luật", "thiết", "bị",
    "bức", "xạ", "phòng", "đặt", "máy", "kết", "quả", "kiểm", "định", "phiếu", "thử", "nghiệm", "tiêu",
    "chuẩn", "đo", "lường", "chất", "lượng", "sản", "phẩm", "hàng", "hóa",
]  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A file, and what should be said of it: a kind of warning, "refused", or "" when nothing should."""

    name: str
    content: bytes
    expected: str


@lru_cache(1)
def _font_file() -> str:
    return str(sorted(_FONTS.rglob("*Regular*.ttf"))[0])


@lru_cache(16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_font_file(), size)


def page(chance: random.Random, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A page of writing as a grey picture: a heading, paragraphs, at times a ruled table, a stamp, a signature."""
    ground = chance.randint(236, 255)
    image = Image.new("L", size, ground)
    draw = ImageDraw.Draw(image)
    width, height = size
    unit = width / 1240
    margin = int(chance.randint(100, 150) * unit)
    draw.text((width // 4, int(90 * unit)), " ".join(chance.sample(_WORDS, 5)).upper(), font=_font(int(34 * unit)), fill=15)
    letter, y = int(chance.randint(22, 30) * unit), int(190 * unit)
    bottom = height * chance.choice((0.3, 0.6, 0.9))
    while y < bottom:
        line = ""
        while draw.textlength(line, font=_font(letter)) < (width - 2 * margin) * (0.92 if chance.random() < 0.8 else 0.4):
            line += chance.choice(_WORDS) + " "
        while draw.textlength(line, font=_font(letter)) > width - 2 * margin:
            line = line.rsplit(" ", 1)[0]
        draw.text((margin, y), line, font=_font(letter), fill=chance.randint(10, 60))
        y += int(letter * chance.choice((1.4, 1.4, 1.4, 2.4)))
    if chance.random() < 0.3:
        for place in range(6):
            across = margin + (width - 2 * margin) * place // 5
            draw.line((across, height // 3, across, height // 2), fill=40, width=max(1, int(2 * unit)))
            down = height // 3 + (height // 6) * place // 5
            draw.line((margin, down, width - margin, down), fill=40, width=max(1, int(2 * unit)))
    if chance.random() < 0.5:
        draw.ellipse((width * 0.6, height * 0.72, width * 0.78, height * 0.85), outline=90, width=int(6 * unit))
    return image


def grain(image: Image.Image, strength: int) -> Image.Image:
    """With the noise of a camera or a scanner."""
    return ImageChops.add(image, Image.effect_noise(image.size, strength), scale=1, offset=-128)


def lit(image: Image.Image, chance: random.Random, darkest: float = 0.72) -> Image.Image:
    """As a lamp at one side lights it."""
    shade = Image.linear_gradient("L").resize(image.size)
    shade = shade.rotate(chance.choice((0, 90, 180, 270)), expand=False).resize(image.size)
    shade = shade.point(lambda value: int(255 * (darkest + (1 - darkest) * value / 255)))
    return ImageChops.multiply(image, shade)


def jpeg(image: Image.Image, quality: int = 80, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def pdf_of(*images: Image.Image) -> bytes:
    with photos.joined([(io.BytesIO(jpeg(image)), 0) for image in images]) as paper:
        return paper.read()


def photograph(chance: random.Random) -> Image.Image:
    """A sheet on a table, a little turned, unevenly lit."""
    sheet = page(chance, (1500, 2120))
    table = Image.new("L", (1900, 2500), chance.randint(60, 130))
    turned = sheet.rotate(chance.uniform(-3, 3), expand=True, fillcolor=table.getpixel((0, 0)), resample=Image.Resampling.BICUBIC)
    table.paste(turned, ((1900 - turned.width) // 2, (2500 - turned.height) // 2))
    return grain(lit(table, chance), chance.randint(4, 9))


def scan(chance: random.Random) -> Image.Image:
    """As a flat scanner gives it: a little noise, a shadow at the edge at times, holes at times."""
    image = grain(page(chance), chance.randint(2, 5))
    draw = ImageDraw.Draw(image)
    if chance.random() < 0.3:
        draw.rectangle((0, 0, 10, image.height), fill=chance.randint(60, 160))
    if chance.random() < 0.2:
        for y in (600, 1100):
            draw.ellipse((25, y, 65, y + 40), fill=50)
    return image


def form_with_little(chance: random.Random) -> Image.Image:
    """An almost empty page that is not: one line and a signature."""
    image = Image.new("L", (1240, 1754), 250)
    draw = ImageDraw.Draw(image)
    draw.text((150, 200), " ".join(chance.sample(_WORDS, 7)), font=_font(28), fill=30)
    points = [(700 + 20 * place, 400 + chance.randint(-40, 40)) for place in range(12)]
    draw.line(points, fill=40, width=4)
    return grain(image, 3)


def empty(chance: random.Random) -> Image.Image:
    """The back of a sheet: paper with noise, a soft fold, what shines through, a scanner's shadow."""
    image = Image.new("L", (1240, 1754), chance.randint(225, 255))
    if chance.random() < 0.4:
        behind = page(chance).transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(3))
        image = Image.blend(image, behind, 0.04)
    draw = ImageDraw.Draw(image)
    if chance.random() < 0.4:
        draw.rectangle((0, 0, chance.randint(4, 16), image.height), fill=120)
    if chance.random() < 0.3:
        fold = Image.new("L", image.size, 255)
        ImageDraw.Draw(fold).line((0, 870, 1240, 880), fill=225, width=6)
        image = ImageChops.multiply(image, fold.filter(ImageFilter.GaussianBlur(8)))
    return grain(image, chance.randint(1, 4))


def screen(chance: random.Random) -> Image.Image:
    width, height = chance.choice(((1080, 2400), (1170, 2532), (750, 1334), (1440, 3200)))
    image = page(chance, (width, height)).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, width, 70), fill=(30, 60, 120))
    return image


def vector_pdf(chance: random.Random, lines: int = 30) -> bytes:
    """A page as a word processor prints it: letters, no picture."""
    text = "".join(
        f"BT /F 11 Tf 60 {780 - 22 * place} Td ({' '.join(f'word{chance.randint(1, 999)}' for _ in range(9))}) Tj ET\n"
        for place in range(lines)
    ).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table)


def office(chance: random.Random, main: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<x/>")
        package.writestr(main, "<x>" + " ".join(chance.choices(_WORDS, k=400)) + "</x>")
    return out.getvalue()


def cut(content: bytes, chance: random.Random) -> bytes:
    """The beginning of a file, as when its copying was broken off."""
    return content[: int(len(content) * chance.uniform(0.1, 0.9))]


Maker = Callable[[random.Random], tuple[str, bytes]]


def locked(chance: random.Random) -> bytes:
    from motcua.dossiers.tests.test_uploads import encrypted_pdf

    return encrypted_pdf() + b"%" + chance.randbytes(4).hex().encode()


_MAKERS: dict[str, list[Maker]] = {
    "refused": [
        lambda chance: (f"trong.{chance.choice(('pdf', 'jpg', 'docx'))}", b""),
        lambda chance: ("mat-khau.pdf", locked(chance)),
        lambda chance: ("cat.pdf", cut(pdf_of(scan(chance)), chance)),
        lambda chance: ("cat-van-ban.pdf", cut(vector_pdf(chance), chance)),
        lambda chance: ("cat.jpg", cut(jpeg(scan(chance)), chance)),
        lambda chance: ("cat-dan.jpg", cut(jpeg(scan(chance), progressive=True), chance)),
        lambda chance: ("cat.png", cut(png(page(chance, (620, 877))), chance)),
        lambda chance: ("cat.docx", cut(office(chance, "word/document.xml"), chance)),
        lambda chance: ("doi-duoi.pdf", jpeg(page(chance))),
        lambda chance: ("doi-duoi.jpg", vector_pdf(chance)),
        lambda chance: ("la.docx", office(chance, "ppt/presentation.xml")),
        lambda chance: ("chuong-trinh.pdf", b"MZ" + chance.randbytes(900)),
        lambda chance: ("rac.jpg", chance.randbytes(5000)),
    ],
    "": [
        lambda chance: ("quet.pdf", pdf_of(scan(chance))),
        lambda chance: ("quet.jpg", jpeg(scan(chance))),
        lambda chance: ("chup.jpg", jpeg(photograph(chance))),
        lambda chance: ("chup-nhieu.pdf", pdf_of(photograph(chance), scan(chance))),
        lambda chance: ("van-ban.pdf", vector_pdf(chance, chance.randint(3, 33))),
        lambda chance: ("it-chu.jpg", jpeg(form_with_little(chance))),
        lambda chance: ("anh.png", png(page(chance))),
        lambda chance: ("don.docx", office(chance, "word/document.xml")),
        lambda chance: ("bang.xlsx", office(chance, "xl/workbook.xml")),
        lambda chance: ("den-trang.png", png(page(chance).point(lambda value: 255 if value > 128 else 0, "1"))),
    ],
    "blank": [
        lambda chance: ("trong.jpg", jpeg(empty(chance))),
        lambda chance: ("trang-trong.pdf", pdf_of(scan(chance), empty(chance))),
    ],
    "sideways": [
        lambda chance: ("ngang.jpg", jpeg(scan(chance).rotate(90, expand=True))),
        lambda chance: ("ngang.pdf", pdf_of(scan(chance).rotate(270, expand=True))),
        lambda chance: ("chup-ngang.jpg", jpeg(photograph(chance).rotate(90, expand=True))),
    ],
    "blurred": [
        lambda chance: ("mo.jpg", jpeg(scan(chance).filter(ImageFilter.GaussianBlur(chance.uniform(4, 8))))),
        lambda chance: ("rung.jpg", jpeg(_grainless(chance).filter(ImageFilter.BoxBlur(chance.uniform(6, 10))))),
    ],
    "dark": [lambda chance: ("toi.jpg", jpeg(ImageEnhance.Brightness(photograph(chance)).enhance(chance.uniform(0.1, 0.28))))],
    "cut": [
        lambda chance: ("nua-trang.jpg", jpeg(_half(scan(chance)))),
        lambda chance: ("mat-le.pdf", pdf_of(_half(scan(chance)))),
    ],
    "tiny": [lambda chance: ("nho.jpg", jpeg(page(chance).resize((200, 283))))],
    "low_resolution": [
        lambda chance: ("tho.jpg", jpeg(scan(chance).resize((600, 849)))),
        lambda chance: ("tho.pdf", pdf_of(scan(chance).resize((640, 905)))),
    ],
    "screenshot": [lambda chance: ("man-hinh.png", png(screen(chance)))],
}


def _grainless(chance: random.Random) -> Image.Image:
    return lit(page(chance, (1500, 2120)), chance)


def _half(image: Image.Image) -> Image.Image:
    """The writing runs out of the picture at the right."""
    return image.crop((0, 0, int(image.width * 0.55), image.height))


def made(each: int, seed: int = 2026) -> Iterator[Made]:
    """So many of every kind of paper; always the same ones for a seed."""
    for expected, makers in _MAKERS.items():
        for place, maker in enumerate(makers):
            for number in range(each):
                chance = random.Random(f"{seed} {expected} {place} {number}")
                name, content = maker(chance)
                yield Made(name, content, expected)
