"""A key in a token or a security module, by PKCS#11. The module's library is the operator's choice, not the officer's."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from asn1crypto import pem, x509
from asn1crypto.algos import DSASignature
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.papers.signers import SIGNERS, Answer, Enrolled, Expired, Given, Job, Unreachable, Wrong

_ONE_AT_A_TIME = threading.Lock()  # the library begins anew for each: that would end what another thread is at


@SIGNERS.register("pkcs11")
class Pkcs11:
    name = gettext_lazy("Thiết bị ký số (USB token, HSM)")
    asks_pin = True
    takes_file = False
    fields: tuple[tuple[str, str | Promise], ...] = (
        ("token", gettext_lazy("Tên thiết bị (nhãn của token)")),
        ("key", gettext_lazy("Nhãn của khóa ký")),
    )

    def enrol(self, given: Mapping[str, str], file: bytes, pin: str) -> Enrolled:
        import pkcs11

        place = {"token": given.get("token", "").strip(), "key": given.get("key", "").strip()}
        if not all(place.values()):
            raise Wrong(_("Vui lòng nhập tên thiết bị và nhãn của khóa ký."))
        with _session(place["token"], pin) as session:
            kind = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: place["key"]}
            found = next(iter(session.get_objects(kind)), None)
            if found is None:
                raise Wrong(_("Thiết bị không có chứng thư số với nhãn “%(label)s”.") % {"label": place["key"]})
            content = found[pkcs11.Attribute.VALUE]
        x509.Certificate.load(content)
        return Enrolled(pem.armor("CERTIFICATE", content).decode(), place=place)

    def sign(self, job: Job, pin: str) -> Answer:
        import pkcs11

        with _session(str(job.place["token"]), pin) as session:
            kind = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.LABEL: job.place["key"]}
            key: Any = next(iter(session.get_objects(kind)), None)
            if key is None:
                raise Wrong(_("Thiết bị không có khóa ký với nhãn “%(label)s”.") % {"label": job.place["key"]})
            if key.key_type == pkcs11.KeyType.EC:
                import hashlib

                raw = key.sign(hashlib.sha256(job.attributes).digest(), mechanism=pkcs11.Mechanism.ECDSA)
                return Given(DSASignature.from_p1363(raw).dump())
            return Given(bytes(key.sign(job.attributes, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)))

    def ask(self, reference: str) -> Answer:
        return Expired()  # it answers at once, or never


@contextmanager
def _session(token: str, pin: str) -> Iterator[Any]:
    """An open session on the token of that label. Raises Wrong for a PIN, Unreachable for a missing device."""
    import pkcs11
    from pkcs11 import exceptions

    if not settings.PKCS11_MODULE:
        raise Unreachable("PKCS11_MODULE names no library")
    try:
        with _ONE_AT_A_TIME:
            library = pkcs11.lib(settings.PKCS11_MODULE)
            library.reinitialize()  # a token may have been put in since
            device = library.get_token(token_label=token)
            with device.open(user_pin=pin) as session:
                yield session
    except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange):
        raise Wrong(_("Mã PIN không đúng. Vui lòng nhập lại; nhập sai nhiều lần thiết bị sẽ bị khóa.")) from None
    except exceptions.PinLocked:
        raise Wrong(_("Thiết bị ký số đã bị khóa do nhập sai mã PIN nhiều lần.")) from None
    except (exceptions.NoSuchToken, exceptions.TokenNotPresent):
        raise Wrong(_("Không tìm thấy thiết bị ký số. Vui lòng kiểm tra thiết bị đã được cắm.")) from None
    except (exceptions.PKCS11Error, OSError, RuntimeError) as error:
        raise Unreachable(str(error)) from error
