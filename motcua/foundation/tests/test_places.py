"""Provinces and communes after 1/7/2025, and their names before."""

import unicodedata

from motcua.foundation import places


def test_there_are_34_provinces_and_3321_communes_each_with_its_own_code():
    communes = [one for province in places.provinces() for one in places.communes(province.code)]

    assert len(places.provinces()) == 34
    assert len({one.code for one in communes}) == len(communes) == 3321
    assert all(len(one.code) == 5 and unicodedata.is_normalized("NFC", one.name) for one in communes)


def test_quang_ngai_has_96_communes_and_among_them_those_of_kon_tum():
    quang_ngai = places.province("51")

    assert quang_ngai and quang_ngai.name == "Tỉnh Quảng Ngãi"
    assert len(places.communes("51")) == 96
    assert places.commune("23293") == places.Commune("23293", "Phường Kon Tum", "51")
    assert places.commune("00000") is None
    assert places.communes("62") == () == places.communes("")


def test_a_commune_is_found_as_people_type_it():
    for typed in ("Phường Kon Tum", "phuong kon tum", " KON TUM ", "23293"):
        assert places.find(typed, "51") == places.commune("23293"), typed
    assert places.find("Kon Tum", "01") is None


def test_an_old_name_tells_the_new_communes():
    (town,) = places.formerly("thị trấn Đăk Hà")

    assert str(town) == "Thị trấn Đăk Hà, Huyện Đăk Hà, Tỉnh Kon Tum"
    assert [one.name for one in town.now] == ["Xã Đăk Hà"]
    assert not town.is_split
    assert town in places.formerly("đăk hà")
    assert town in places.made_of("23500")


def test_a_commune_that_was_split_tells_all_the_new_ones():
    (ward,) = [one for one in places.formerly("Phường Nam Đồng") if one.district == "Quận Đống Đa"]

    assert ward.is_split
    assert len(ward.now) > 1
