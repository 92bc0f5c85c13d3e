"""Fields made of several answers: which parts a person, an organisation, a place, a group and a table have.

Each part is a field of its own, so that reading, checking and showing it are those of plain fields. The answer to
a composite field is a dictionary {part: value}, to a table a list of them.
"""

from dataclasses import replace
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motcua.procedures.parts import Field, FieldType, Option

COMPOSITE = frozenset({"person", "organisation", "group", "place"})
SILENT = frozenset({"note", "file", "computed"})  # types of fields that have no answer
ROW_ID = "_id"  # under this name each row of a table keeps what tells it apart

_GENDERS = (("nam", _("Nam")), ("nu", _("Nữ")), ("khac", _("Khác")))
_PERSON: dict[str, tuple[FieldType, object, int | None]] = {
    "name": ("text", _("Họ và tên"), 200),
    "birth_date": ("date", _("Ngày sinh"), None),
    "birth_year": ("year", _("Năm sinh"), None),
    "gender": ("choice", _("Giới tính"), None),
    "citizen_id": ("citizen_id", _("Số định danh cá nhân (căn cước)"), None),
    "issued_on": ("date", _("Ngày cấp"), None),
    "issued_by": ("text", _("Nơi cấp"), 200),
    "nationality": ("text", _("Quốc tịch"), 100),
    "title": ("text", _("Chức vụ"), 200),
    "address": ("address", _("Địa chỉ"), None),
    "phone": ("phone", _("Số điện thoại"), None),
    "email": ("email", _("Thư điện tử"), None),
}
_ORGANISATION: dict[str, tuple[FieldType, object, int | None]] = {
    "name": ("text", _("Tên tổ chức"), 500),
    "tax_code": ("tax_code", _("Mã số thuế"), None),
    "address": ("address", _("Địa chỉ trụ sở"), None),
    "phone": ("phone", _("Số điện thoại"), None),
    "fax": ("text", _("Số fax"), 50),
    "email": ("email", _("Thư điện tử"), None),
    "website": ("text", _("Trang thông tin điện tử"), 200),
    "representative": ("text", _("Người đại diện theo pháp luật"), 200),
    "title": ("text", _("Chức vụ người đại diện"), 200),
}
_PLACE: dict[str, tuple[FieldType, object, int | None]] = {
    "province": ("choice", _("Tỉnh, thành phố"), None),
    "commune": ("choice", _("Xã, phường, đặc khu"), None),
    "street": ("text", _("Số nhà, đường, thôn, tổ dân phố"), 300),
}
_KINDS = {"person": _PERSON, "organisation": _ORGANISATION, "place": _PLACE}
_NEEDED = {  # what a required one cannot do without
    "person": ("name", "citizen_id"),
    "organisation": ("name", "address"),
    "place": ("province", "commune"),
}


def part_names(type: str) -> tuple[str, ...]:
    """The names of all the parts that a person, an organisation or a place can have, in the order of the page."""
    return tuple(_KINDS.get(type, ()))


def sub_fields(field: Field) -> tuple[Field, ...]:
    """The parts of a composite field or the columns of a table, as fields; none for every other field.

    When a person is required, the name and the citizen number must be there (as far as they are asked); of an
    organisation the name and the address; of a place the province and the commune. A group and a table say it
    of each column. The province and the commune have no options: they are codes of `foundation.places`.
    """
    if field.type in _KINDS:
        return _parts(field.type, field.parts, field.required, field.personal, get_language() or "vi")
    if field.type in ("group", "table"):
        if field.personal and not all(column.personal for column in field.columns):
            return tuple(replace(column, personal=True) for column in field.columns)
        return field.columns
    return ()


@lru_cache(maxsize=1024)
def _parts(
    type: str, named: tuple[str, ...], required: bool, personal: bool, language: str
) -> tuple[Field, ...]:
    """`language` only tells apart what is remembered: the labels are texts of the page's language."""
    fields = []
    for id, (kind, label, longest) in _KINDS[type].items():
        if named and id not in named and type != "place":
            continue
        fields.append(
            Field(
                id=id,
                label=str(label),
                type=kind,
                required=required and id in _NEEDED[type],
                max_length=longest,
                personal=personal or type == "person",
                options=tuple(Option(value, str(text)) for value, text in _GENDERS) if id == "gender" else (),
                not_after="today" if id in ("birth_date", "birth_year", "issued_on") else "",
            )
        )
    return tuple(fields)
