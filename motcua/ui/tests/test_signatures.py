"""Signatures in papers that citizens bring are looked at, kept as findings and told in words."""

import io
import zlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from motcua.dossiers import operations, signed_papers
from motcua.dossiers.models import Document
from motcua.dossiers.operations.papers import look_for_signatures
from motcua.papers import signed_pdf
from motcua.papers.render import render
from motcua.papers.samples import SAMPLES
from motcua.ui.signatures import in_words
from tests.cast import MONDAY_9AM, PDF


@pytest.fixture
def signed_report(authority) -> bytes:
    """A report that a laboratory signed."""
    identity = authority.identity("Phòng thử nghiệm Tây Nguyên", "Công ty Thử nghiệm")
    certificate = signed_pdf.certificate_of(identity.pem.encode())
    chain = signed_pdf.certificates_of(authority.own.pem.encode())
    paper = signed_pdf.with_fields(render("result_generic", SAMPLES["result_generic"], blanks=True))
    begun = signed_pdf.begin(paper, name=signed_pdf.PERSON, certificate=certificate, chain=chain, at=MONDAY_9AM)
    signature = identity.key.sign(begun.attributes, padding.PKCS1v15(), hashes.SHA256())
    return signed_pdf.finish(begun, signature, certificate=certificate, chain=chain)


@pytest.fixture
def bring(draft, an, as_actor):
    component = next(one for one in draft.definition.record.components if not one.form)

    def attach(content: bytes) -> Document:
        document = operations.attach(
            dossier=draft, component_id=component.id, stream=io.BytesIO(content), name="bao-cao.pdf",
            actor=as_actor(an), at=MONDAY_9AM,
        )  # fmt: skip
        look_for_signatures(document_id=document.pk)
        document.refresh_from_db()
        return document

    return attach


def test_a_good_signature_is_told_with_name_and_moment(bring, signed_report, trusted):
    ((tone, words),) = in_words(bring(signed_report).signatures)

    assert tone == "success"
    assert words == "Chữ ký số hợp lệ của Phòng thử nghiệm Tây Nguyên, lúc 09:00, thứ Hai 30/11/2026."


def test_a_signature_of_an_authority_that_nobody_trusts_is_told_as_that(bring, signed_report):
    ((tone, words),) = in_words(bring(signed_report).signatures)

    assert tone == "warning" and "chưa xác minh được" in words


def test_a_paper_that_unpacks_without_end_is_told_as_unreadable():
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x78\xda" + block * 4096 + packer.flush()  # 4 GB of nothing in 4 MB
    bomb = b"%%PDF-1.5\n%%/ByteRange\n1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
    content = bomb % len(packed) + packed + b"\nendstream\nendobj\nstartxref\n21\n%%EOF\n"

    ((tone, words),) = in_words(signed_papers.look(content))

    assert tone == "danger" and "không đọc được" in words


def test_a_paper_that_takes_too_long_is_told_as_unreadable(signed_report, monkeypatch):
    monkeypatch.setattr(signed_papers, "_LONGEST_SECONDS", 0.01)

    ((tone, _words),) = in_words(signed_papers.look(signed_report))

    assert tone == "danger"


def test_a_paper_that_was_changed_after_signing_is_told_as_that(bring, signed_report, trusted):
    place = signed_report.index(b"/MediaBox [0 0 ") if b"/MediaBox [0 0 " in signed_report else signed_report.index(b"stream\n") + 60
    changed = bytearray(signed_report)
    changed[place + 15] ^= 1

    ((tone, words),) = in_words(bring(bytes(changed)).signatures)

    assert tone == "danger" and ("đã bị sửa sau khi ký" in words or "không đọc được" in words)


def test_a_paper_without_signatures_costs_no_job(draft, an, as_actor, bring):
    document = bring(PDF + b"khac")

    assert document.signatures == [] and in_words(document.signatures) == []


def test_what_is_no_pdf_though_it_speaks_of_signatures_breaks_nothing(bring):
    ((tone, _words),) = in_words(bring(PDF + b"/ByteRange [0 1 2 3]").signatures) or [("success", "")]

    assert tone in ("success", "danger")
