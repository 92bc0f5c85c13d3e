"""The province that the pages speak for, kept for half a minute so that a page costs no query for it."""

import time
from dataclasses import dataclass

from django.db import DatabaseError

from motcua.agencies.models import Place

KEPT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Hotline:
    label: str
    number: str

    @property
    def dialled(self) -> str:
        """The number as a telephone link wants it, without dots and spaces."""
        return "".join(character for character in self.number if character.isdigit() or character == "+")


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """What every page says of its province. Nameless before the province's data was loaded."""

    product_name: str = "Cổng Dịch vụ công"
    province_name: str = ""
    province_code: str = ""
    emblem: str = "ui/emblem.svg"  # a static file
    hotlines: tuple[Hotline, ...] = ()

    @property
    def province(self) -> str:
        """The province with its kind: "tỉnh Kon Tum", "thành phố Đà Nẵng"; empty while nameless."""
        if not self.province_name or self.province_name.lower().startswith(("tỉnh ", "thành phố ")):
            return self.province_name
        return f"tỉnh {self.province_name}"

    @property
    def title(self) -> str:
        """The portal's name, such as "Cổng Dịch vụ công tỉnh Kon Tum"."""
        if self.province and self.province_name not in self.product_name:
            return f"{self.product_name} {self.province}"
        return self.product_name


_kept: tuple[float, PlaceShown] = (0.0, PlaceShown())


def place_shown() -> PlaceShown:
    """The province named in the database; a nameless one when there is none or the database does not answer."""
    global _kept  # noqa: PLW0603 - one small value a process
    if time.monotonic() < _kept[0]:
        return _kept[1]
    try:
        place = shown(Place.current())
    except DatabaseError:
        return PlaceShown()
    if place.province_name:
        _kept = (time.monotonic() + KEPT_SECONDS, place)
    return place


def forget() -> None:
    """Read the province anew at the next page: after an edit, and between tests."""
    global _kept  # noqa: PLW0603
    _kept = (0.0, PlaceShown())


def shown(place: Place) -> PlaceShown:
    return PlaceShown(
        product_name=place.product_name,
        province_name=place.province_name,
        province_code=place.province_code,
        emblem=place.emblem or PlaceShown().emblem,
        hotlines=tuple(Hotline(line.get("label", ""), line.get("number", "")) for line in place.hotlines),
    )
