"""Signatures inside a PDF (PAdES): places made ready, filled, signed in two steps, and read back.

A paper is drawn with blanks (`head.typ`): links to `motcua:NAME` that mark where the number, the date and the
signatures will stand. Here they become form fields before anybody signs. The first signature then certifies the
paper and lets form fields be filled, so the number and the agency's seal that come later leave it whole
(Nghị định 30/2020/NĐ-CP, phụ lục I; Nghị định 23/2025/NĐ-CP); the last one lets nothing be changed any more.

Signing is begun here, done elsewhere (a token, a service, a file) over `Begun.attributes`, and finished here.
Nothing in this module touches the database.
"""

import asyncio
import io
import json
import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typst
from asn1crypto import cms, pem, x509

from motcua.foundation.time import HANOI
from motcua.papers.glyphs import FONTS, printable

NUMBER, DAY, PERSON, SEAL = "so", "ngay", "ky", "dau"
_MARK = "motcua:"
_MM = 72 / 25.4
_SEAL_MM, _SIGNATURE_MM = 34.0, 44.0  # the seal's diameter; how wide a hand's signature is
_BELOW_MM, _ABOVE_MM = 16.0, 6.0  # room under the place of the signature: the name, then the seal's small print
_RESERVED = 32_768  # hex digits for a signature with its certificates
_thread = threading.local()
for _name in ("pyhanko", "pyhanko_certvalidator"):  # that a signature is worth nothing is an answer, no incident
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Begun:
    """A paper with room for one signature. Who signs signs `attributes` (DER), hashed by SHA-256."""

    pdf: bytes
    digest: bytes
    start: int
    end: int
    attributes: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What one signature in a PDF says and is worth.

    `verdict`: "valid"; "unknown" (whole, but whose certificate it is nobody vouches for); "expired" (whole, the
    certificate's time was over or not begun); "revoked"; "changed" (the paper is not what was signed); "broken".
    """

    verdict: str
    name: str = ""
    organisation: str = ""
    issuer: str = ""
    signed_at: datetime | None = None
    filled_later: bool = False  # only form fields, as the signature allows


class NotReadable(Exception):
    """The bytes are no PDF whose signatures can be read."""


# -- certificates -----------------------------------------------------------------------------------------------


def certificate_of(content: bytes) -> x509.Certificate:
    """The certificate in PEM or DER. Raises ValueError."""
    found = certificates_of(content)
    if not found:
        raise ValueError("no certificate")
    return found[0]


def certificates_of(content: bytes) -> list[x509.Certificate]:
    """All the certificates in PEM text, of which other parts are passed over, or the one in DER. Raises ValueError."""
    if not content.strip():
        return []
    if not pem.detect(content):
        return [_loaded(content)]
    return [_loaded(der) for kind, _headers, der in pem.unarmor(content, multiple=True) if kind == "CERTIFICATE"]


def _loaded(content: bytes) -> x509.Certificate:
    certificate = x509.Certificate.load(content)
    certificate.native  # noqa: B018 - reads all of it, so that what is wrong is found here
    return certificate


def name_of(certificate: x509.Certificate) -> str:
    return _part(certificate.subject, "common_name") or str(certificate.subject.human_friendly)


def issuer_of(certificate: x509.Certificate) -> str:
    return _part(certificate.issuer, "common_name") or _part(certificate.issuer, "organization_name")


def _part(name: x509.Name, key: str) -> str:
    found = name.native.get(key, "")
    return str(found[0] if isinstance(found, list) else found)


# -- places -----------------------------------------------------------------------------------------------------


def places(pdf: bytes) -> set[str]:
    """The names of the blanks that are marked on a paper (`NUMBER`, `DAY`, `PERSON`)."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    pages = _pages(PdfFileReader(io.BytesIO(pdf)).root["/Pages"])
    marked = (_marked(one.get_object()) for page in pages for one in _at(page, "/Annots", ()))
    return {name for name in marked if name}


def _marked(annotation: Any) -> str:
    """The name of the blank that this link marks; empty for any other link."""
    address = str(_at(_at(annotation, "/A", {}), "/URI", ""))
    return address.removeprefix(_MARK) if address.startswith(_MARK) else ""


def with_fields(pdf: bytes) -> bytes:
    """The paper with form fields in place of the marked blanks: number, day, signature; and one for the seal.

    Of a blank that is marked twice the last counts: at the foot of a paper, where one signs.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    fields = generic.ArrayObject()
    left = Counter(
        _marked(one.get_object()) for page in _pages(writer.root["/Pages"]) for one in _at(page, "/Annots", ())
    )
    for page in _pages(writer.root["/Pages"]):
        annotations = _at(page, "/Annots", ())
        for reference in list(annotations):
            annotation = reference.get_object()
            name = _marked(annotation)
            if not name:
                continue
            left[name] -= 1
            if left[name]:  # another follows
                annotations.remove(reference)
                _leave_tree(writer, annotation)
                continue
            _make_field(writer, annotation, name)
            fields.append(reference)
            if name == PERSON:
                box = _seal_box([float(one) for one in annotation["/Rect"]])
                field_of_seal = writer.add_object(_signature_field(SEAL, box))
                annotations.append(field_of_seal)
                fields.append(field_of_seal)
    if not any(_at(one.get_object(), "/T", "") == SEAL for one in fields):
        fields.append(_unseen_field(writer, SEAL))
    if not any(_at(one.get_object(), "/T", "") == PERSON for one in fields):
        fields.append(_unseen_field(writer, PERSON))
    writer.root["/AcroForm"] = writer.add_object(
        generic.DictionaryObject({pdf_name("/Fields"): fields, pdf_name("/SigFlags"): generic.NumberObject(0)})
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _at(holder: Any, key: str, otherwise: Any) -> Any:
    """What stands under a key, followed to where it lies (`get` alone does not follow)."""
    return holder[key] if key in holder else otherwise  # noqa: SIM401


def _pages(node: Any) -> list[Any]:
    found = []
    for kid in node["/Kids"]:
        each = kid.get_object()
        found += _pages(each) if _at(each, "/Type", "") == "/Pages" else [each]
    return found


def _make_field(writer: Any, annotation: Any, name: str) -> None:
    """Turn the link that marks a place into the field that stands there."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string

    for key in ("/A", "/Border", "/Contents"):
        annotation.pop(key, None)
    annotation[pdf_name("/Subtype")] = pdf_name("/Widget")
    annotation[pdf_name("/T")] = pdf_string(name)
    if name in (NUMBER, DAY):
        annotation[pdf_name("/FT")] = pdf_name("/Tx")
        annotation[pdf_name("/Ff")] = generic.NumberObject(1)  # read-only: nobody types here
        annotation[pdf_name("/TU")] = pdf_string("Số văn bản" if name == NUMBER else "Địa danh và thời gian ban hành")
        annotation[pdf_name("/DA")] = pdf_string("0 g")
    else:
        annotation[pdf_name("/FT")] = pdf_name("/Sig")
        annotation[pdf_name("/TU")] = pdf_string("Chữ ký số của người có thẩm quyền")
    _leave_tree(writer, annotation)


def _leave_tree(writer: Any, annotation: Any) -> None:
    """Take the place out of the tree that screen readers walk.

    What hangs in that tree may not be filled later without breaking a signature; the field keeps a name of its own.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    number = _at(annotation, "/StructParent", -1)
    annotation.pop("/StructParent", None)
    entries = _at(_at(_at(writer.root, "/StructTreeRoot", {}), "/ParentTree", {}), "/Nums", ())
    for index in range(0, len(entries), 2):
        if entries[index] == number:
            element = entries[index + 1].get_object()
            element[pdf_name("/S")] = pdf_name("/NonStruct")
            element[pdf_name("/K")] = generic.ArrayObject()


def _seal_box(place: Sequence[float]) -> list[float]:
    """Where the seal and its small print go: over a third of the signature from the left, and below the name."""
    left, bottom, right, top = place
    return [left - 6 * _MM, bottom - _BELOW_MM * _MM, right + 6 * _MM, top + _ABOVE_MM * _MM]


def _signature_field(name: str, box: Sequence[float]) -> Any:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string

    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string(name),
            pdf_name("/TU"): pdf_string("Chữ ký số của cơ quan" if name == SEAL else "Chữ ký số"),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/Rect"): generic.ArrayObject([generic.FloatObject(one) for one in box]),
        }
    )


def _unseen_field(writer: Any, name: str) -> Any:
    """A field without a place, for layouts that mark none."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    page = _pages(writer.root["/Pages"])[-1]
    reference = writer.add_object(_signature_field(name, [0, 0, 0, 0]))
    if "/Annots" in page:
        page["/Annots"].append(reference)
    else:
        page[pdf_name("/Annots")] = generic.ArrayObject([reference])
    return reference


# -- what is put there ------------------------------------------------------------------------------------------


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """The paper with these fields filled (`NUMBER`, `DAY`), added at its end: what was signed stays as it was."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for name, value in values.items():
        found = _field(writer, name)
        if found is None:
            continue
        width, height = _size(found)
        shown = _mark("number" if name == NUMBER else "day", width, height, text=value)
        found[pdf_name("/V")] = pdf_string(value)
        found[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): _imported(writer, shown)})
        writer.update_container(found)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _field(writer: Any, name: str) -> Any:
    for reference in _at(_at(writer.root, "/AcroForm", {}), "/Fields", ()):
        found = reference.get_object()
        if _at(found, "/T", "") == name:
            return found
    return None


def _size(annotation: Any) -> tuple[float, float]:
    left, bottom, right, top = (float(one) for one in annotation["/Rect"])
    return right - left, top - bottom


def _imported(writer: Any, pdf: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return writer.import_page_as_xobject(PdfFileReader(io.BytesIO(pdf)), page_ix=0)


def _mark(kind: str, width: float, height: float, **values: Any) -> bytes:
    """A mark drawn by typst on a page of just its size, in points."""
    given: dict[str, Any] = {"title": "Chữ ký số", "image": "", "lines": [], "text": "", "drop": 4.0}
    given |= values | {"kind": kind, "width": width, "height": height}
    given["text"] = printable(given["text"])
    given["lines"] = [printable(line) for line in given["lines"]]
    if isinstance(given["image"], bytes):
        given["image"] = list(given["image"])
    if not hasattr(_thread, "compiler"):
        from motcua.papers.render import TEMPLATES

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        _thread.compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        _thread.source = TEMPLATES / "mark.typ"
    drawn = _thread.compiler.compile(
        _thread.source, sys_inputs={"data": json.dumps(given, ensure_ascii=False)}, format="pdf", timestamp=0
    )
    assert isinstance(drawn, bytes)
    return drawn


@dataclass(frozen=True)
class _Appearance:
    """The picture of a signature, in the way pyHanko asks for one."""

    kind: str
    lines: Sequence[str]
    image: bytes

    def apply(self, annotation: Any, writer: Any) -> None:
        from pyhanko.pdf_utils import generic
        from pyhanko.pdf_utils.generic import pdf_name

        width, height = _size(annotation)
        if not width or not height:
            return
        column = width - 12 * _MM  # of the person's place, which the seal's exceeds on both sides
        middle = width / 2
        size = _SEAL_MM * _MM
        left = max(0.0, middle - _SIGNATURE_MM * _MM / 2 + _SIGNATURE_MM * _MM / 3 - size) if column else 0.0
        shown = _mark(self.kind, width, height, lines=list(self.lines), image=self.image, left=left, size=size)
        annotation[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): _imported(writer, shown)})
        writer.update_container(annotation)


# -- signing in two steps ---------------------------------------------------------------------------------------


def begin(
    pdf: bytes,
    *,
    name: str,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate] = (),
    image: bytes = b"",
    lines: Sequence[str] = (),
    at: datetime,
) -> Begun:
    """Make room for the signature of the field `name`: `PERSON` certifies and lets fields be filled, `SEAL` closes.

    A seal on a paper that nobody signed certifies as well. Takes about a tenth of a second.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import cms_embedder
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    is_first = "/Perms" not in writer.root
    closes = name == SEAL
    steps = cms_embedder.PdfCMSEmbedder().write_cms(field_name=name, writer=writer, existing_fields_only=True)
    next(steps)
    steps.send(
        cms_embedder.SigObjSetup(
            sig_placeholder=SignatureObject(
                timestamp=at.astimezone(HANOI), subfilter=SigSeedSubFilter.PADES, bytes_reserved=_RESERVED
            ),
            mdp_setup=cms_embedder.SigMDPSetup(
                md_algorithm="sha256",
                certify=is_first,
                docmdp_perms=MDPPerm.NO_CHANGES if closes else MDPPerm.FILL_FORMS,
                field_lock=FieldMDPSpec(FieldMDPAction.ALL) if closes else None,
            ),
            appearance_setup=_Appearance("seal" if closes else "person", lines, image),  # type: ignore[arg-type]
        )
    )
    prepared, output = steps.send(cms_embedder.SigIOSetup(md_algorithm="sha256"))
    attributes = asyncio.run(
        _signer(certificate, chain).signed_attrs(prepared.document_digest, "sha256", use_pades=True)
    )
    return Begun(
        output.getvalue(),
        prepared.document_digest,
        prepared.reserved_region_start,
        prepared.reserved_region_end,
        attributes.dump(),
    )


def finish(
    begun: Begun, signature: bytes, *, certificate: x509.Certificate, chain: Sequence[x509.Certificate] = ()
) -> bytes:
    """The signed paper. `signature` is over `begun.attributes`; whether it is right is `look`'s to say."""
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

    content = asyncio.run(
        _signer(certificate, chain, signature).async_sign_prescribed_attributes(
            "sha256", signed_attrs=cms.CMSAttributes.load(begun.attributes)
        )
    )
    output = io.BytesIO(begun.pdf)
    PreparedByteRangeDigest(begun.digest, begun.start, begun.end).fill_with_cms(output, content)
    return output.getvalue()


def _signer(certificate: x509.Certificate, chain: Sequence[x509.Certificate], signature: bytes | None = None) -> Any:
    from pyhanko.sign.signers.pdf_cms import ExternalSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    return ExternalSigner(certificate, SimpleCertificateStore.from_certs(chain), signature_value=signature)


# -- reading back -----------------------------------------------------------------------------------------------


def look(pdf: bytes, *, roots: Sequence[x509.Certificate] = ()) -> list[Found]:
    """What the signatures in a PDF are worth, in the order in which they were made; empty without any.

    `roots` are the certificates in which we trust; revocation is judged by what the paper itself brings, and by
    nothing fetched from elsewhere. Raises NotReadable. Takes about a fifth of a second a signature.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
        return [_judged(one, roots) for one in signatures]
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise NotReadable(str(error)) from error


def _judged(signature: Any, roots: Sequence[x509.Certificate]) -> Found:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import ValidationError

    certificate = signature.signer_cert
    about: dict[str, Any] = {
        "name": name_of(certificate)[:200],
        "organisation": _part(certificate.subject, "organization_name")[:200],
        "issuer": issuer_of(certificate)[:200],
        "signed_at": _claimed(signature),
    }
    at = about["signed_at"]
    lives = certificate["tbs_certificate"]["validity"]
    in_time = at is None or lives["not_before"].native <= at <= lives["not_after"].native
    context = ValidationContext(
        trust_roots=list(roots),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=at if in_time else None,
        best_signature_time=at if in_time else None,
    )
    try:
        status = validate_pdf_signature(signature, context)
    except (SignatureValidationError, ValidationError, CMSExtractionError, CMSStructuralError, PdfError, ValueError, TypeError, KeyError):
        return Found("broken", **about)
    level = status.modification_level
    if not status.intact or not status.valid or level == ModificationLevel.OTHER or not status.docmdp_ok:
        return Found("changed", **about)
    verdict = "valid"
    if status.revoked:
        verdict = "revoked"
    elif not in_time:
        verdict = "expired"
    elif not status.trusted:
        verdict = "unknown"
    return Found(verdict, **about, filled_later=level == ModificationLevel.FORM_FILLING)


def _claimed(signature: Any) -> datetime | None:
    """When it was signed: as a time-stamp says, else as the signer does."""
    try:
        moment = signature.self_reported_timestamp
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo else None
