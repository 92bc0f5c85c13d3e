"""The province that the pages speak for."""

from dataclasses import dataclass

from motcua.agencies.models import Place
from motcua.ui.kept import Kept


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


def shown(place: Place) -> PlaceShown:
    return PlaceShown(
        product_name=place.product_name,
        province_name=place.province_name,
        province_code=place.province_code,
        emblem=place.emblem or PlaceShown().emblem,
        hotlines=tuple(Hotline(line.get("label", ""), line.get("number", "")) for line in place.hotlines),
    )


place_shown = Kept(lambda: shown(Place.current()), otherwise=PlaceShown())
