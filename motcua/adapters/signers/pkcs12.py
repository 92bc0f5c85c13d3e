"""A key in a PKCS#12 file: for trying out, and for who has no token. The file is kept as it came, closed by its PIN."""

from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.papers.signers import SIGNERS, Answer, Enrolled, Expired, Given, Job, Wrong

LARGEST = 100_000  # bytes of a file


@SIGNERS.register("pkcs12")
class Pkcs12:
    name = gettext_lazy("Tệp chứng thư số (.p12, .pfx)")
    asks_pin = True
    takes_file = True
    fields: tuple[tuple[str, str | Promise], ...] = ()

    def enrol(self, given: Mapping[str, str], file: bytes, pin: str) -> Enrolled:
        if not file or len(file) > LARGEST:
            raise Wrong(_("Vui lòng chọn tệp chứng thư số (.p12 hoặc .pfx)."))
        wrong = _("Mã PIN không đúng, hoặc tệp không phải là tệp chứng thư số. Vui lòng nhập lại.")
        _key, certificate, others = _opened(file, pin, wrong)
        return Enrolled(_pem(certificate), "".join(_pem(one) for one in others), container=file)

    def sign(self, job: Job, pin: str) -> Answer:
        key, _certificate, _others = _opened(job.container or b"", pin, _("Mã PIN không đúng. Vui lòng nhập lại."))
        if isinstance(key, rsa.RSAPrivateKey):
            return Given(key.sign(job.attributes, padding.PKCS1v15(), hashes.SHA256()))
        return Given(key.sign(job.attributes, ec.ECDSA(hashes.SHA256())))

    def ask(self, reference: str) -> Answer:
        return Expired()  # it answers at once, or never


def _opened(
    content: bytes, pin: str, wrong: str
) -> tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, x509.Certificate, list[x509.Certificate]]:
    """The key with its certificates. Raises Wrong, in the words of `wrong` where the file does not open."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, pin.encode())
    except ValueError:
        raise Wrong(wrong) from None
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Wrong(_("Tệp chứng thư số không có khóa ký. Vui lòng chọn tệp khác."))
    return key, certificate, others


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
