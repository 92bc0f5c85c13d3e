"""How papers cite a law."""

import pytest

from motcua.procedures.parts import LegalBasis


@pytest.mark.parametrize(
    ("number", "title", "cited"),
    [
        ("04/2011/QH13", "Luật Đo lường", "Luật Đo lường số 04/2011/QH13"),
        ("65/2023/NĐ-CP", "Nghị định quy định về sở hữu công nghiệp", "Nghị định số 65/2023/NĐ-CP quy định về sở hữu công nghiệp"),
        ("28/2012/TT-BKHCN", "", "Thông tư số 28/2012/TT-BKHCN"),
        ("", "Luật Đo lường", "Luật Đo lường"),
        ("Công văn 12", "", "Công văn 12"),
    ],
)  # fmt: skip
def test_a_law_is_cited_by_its_kind_and_number(number, title, cited):
    assert LegalBasis(number=number, title=title).citation == cited
