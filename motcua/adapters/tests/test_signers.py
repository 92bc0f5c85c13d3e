"""Where keys are: a file, a token by PKCS#11 (SoftHSM), a service over HTTP (the sandbox)."""

import os
import shutil
import subprocess
import threading
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import load_pem_x509_certificate

from motcua.papers.signers import SIGNERS, Declined, Expired, Given, Job, Unreachable, Waiting, Wrong
from motcua.sandboxes import signer
from tests.signers import PIN

WORDS = b"what is signed"
_MODULES = [Path("/usr/lib/softhsm/libsofthsm2.so"), *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")]


def fits(certificate: str, signature: bytes) -> bool:
    key = load_pem_x509_certificate(certificate.encode()).public_key()
    key.verify(signature, WORDS, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]
    return True


def job_of(enrolled, title="Quyết định 12") -> Job:
    return Job(WORDS, title, enrolled.certificate, enrolled.container, enrolled.place)


# -- a file -----------------------------------------------------------------------------------------------------


def test_a_file_signs_with_its_pin_and_with_no_other(authority):
    file = authority.identity("Hoàng Dũng", "Sở").pkcs12(PIN, [authority.own.certificate])
    enrolled = SIGNERS["pkcs12"].enrol({}, file, PIN)

    answer = SIGNERS["pkcs12"].sign(job_of(enrolled), PIN)

    assert isinstance(answer, Given) and fits(enrolled.certificate, answer.signature)
    assert "BEGIN CERTIFICATE" in enrolled.chain
    with pytest.raises(Wrong, match="PIN"):
        SIGNERS["pkcs12"].sign(job_of(enrolled), "000000")
    with pytest.raises(Wrong):
        SIGNERS["pkcs12"].enrol({}, b"no file at all", PIN)


# -- a token ----------------------------------------------------------------------------------------------------


@pytest.fixture
def token(tmp_path, settings, authority, monkeypatch):
    """A SoftHSM token with a key and its certificate."""
    module = next((path for path in _MODULES if path.exists()), None)
    if module is None or not shutil.which("softhsm2-util"):
        pytest.skip("softhsm2 is not installed: apt-get install softhsm2")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    identity = authority.identity("Hoàng Dũng", "Sở")
    key = tmp_path / "key.pem"
    key.write_bytes(
        identity.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    run = ["softhsm2-util", "--module", str(module)]
    made = [*run, "--init-token", "--free", "--label", "vgca", "--so-pin", "87654321", "--pin", PIN]
    subprocess.run(made, check=True, capture_output=True, env=os.environ)
    brought = [*run, "--import", str(key), "--token", "vgca", "--label", "ky-so", "--id", "01", "--pin", PIN]
    subprocess.run(brought, check=True, capture_output=True, env=os.environ)
    settings.PKCS11_MODULE = str(module)
    import pkcs11

    library = pkcs11.lib(str(module))
    library.reinitialize()
    with library.get_token(token_label="vgca").open(user_pin=PIN, rw=True) as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: "ky-so",
                pkcs11.Attribute.ID: b"\x01",
                pkcs11.Attribute.SUBJECT: identity.certificate.subject.public_bytes(),
                pkcs11.Attribute.VALUE: identity.certificate.public_bytes(serialization.Encoding.DER),
            }
        )
    return {"token": "vgca", "key": "ky-so"}


def test_a_token_signs_and_the_key_never_leaves_it(token):
    enrolled = SIGNERS["pkcs11"].enrol(token, b"", PIN)

    answer = SIGNERS["pkcs11"].sign(job_of(enrolled), PIN)

    assert isinstance(answer, Given) and fits(enrolled.certificate, answer.signature)
    assert enrolled.container is None and enrolled.place == token


def test_a_token_wants_its_pin_and_the_right_labels(token):
    enrolled = SIGNERS["pkcs11"].enrol(token, b"", PIN)

    with pytest.raises(Wrong, match="PIN"):
        SIGNERS["pkcs11"].sign(job_of(enrolled), "111111")
    with pytest.raises(Wrong, match="nhãn"):
        SIGNERS["pkcs11"].enrol(token | {"key": "khac"}, b"", PIN)
    with pytest.raises(Wrong, match="thiết bị"):
        SIGNERS["pkcs11"].enrol(token | {"token": "khac"}, b"", PIN)


def test_without_a_module_there_is_no_token(settings):
    settings.PKCS11_MODULE = ""
    with pytest.raises(Unreachable):
        SIGNERS["pkcs11"].enrol({"token": "a", "key": "b"}, b"", PIN)


# -- a service --------------------------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path, settings):
    """The sandbox, speaking HTTP."""
    server = signer.Server(signer.Options(tmp_path / "signer", "chung", lives_seconds=300))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SIGNER_URL, settings.SIGNER_SECRET = f"http://127.0.0.1:{server.server_port}", "chung"
    yield server
    server.shutdown()
    server.server_close()
    server.service.close()


def press(server, reference: str, answer: str) -> None:
    """What the signer presses on the phone."""
    urllib.request.urlopen(
        f"http://127.0.0.1:{server.server_port}/tra-loi/{reference}", data=f"answer={answer}".encode(), timeout=5
    )


def test_a_service_signs_when_the_signer_confirms_on_the_phone(service):
    remote = SIGNERS["remote"]
    enrolled = remote.enrol({"account": "Hoàng Dũng"}, b"", "")
    asked = remote.sign(job_of(enrolled), "")
    assert isinstance(asked, Waiting) and isinstance(remote.ask(asked.reference), Waiting)
    page = urllib.request.urlopen(f"http://127.0.0.1:{service.server_port}/", timeout=5).read().decode()
    assert "Quyết định 12" in page and "không có giá trị pháp lý" in page

    press(service, asked.reference, "yes")
    press(service, asked.reference, "no")  # too late

    answer = remote.ask(asked.reference)
    assert isinstance(answer, Given) and fits(enrolled.certificate, answer.signature)


def test_a_signer_may_say_no_or_nothing(service):
    remote = SIGNERS["remote"]
    enrolled = remote.enrol({"account": "Hoàng Dũng"}, b"", "")
    declined, forgotten = remote.sign(job_of(enrolled), ""), remote.sign(job_of(enrolled), "")

    press(service, declined.reference, "no")
    service.service._data.execute("UPDATE signature SET expires = asked - 1 WHERE id = ?", (forgotten.reference,))

    assert isinstance(remote.ask(declined.reference), Declined)
    assert isinstance(remote.ask(forgotten.reference), Expired)
    assert isinstance(remote.ask("never-heard-of"), Expired)


def test_a_service_that_is_away_or_knows_us_not_is_unreachable(service, settings):
    remote = SIGNERS["remote"]
    settings.SIGNER_SECRET = "another"
    with pytest.raises(Unreachable):
        remote.enrol({"account": "Hoàng Dũng"}, b"", "")
    settings.SIGNER_URL = "http://127.0.0.1:9"
    with pytest.raises(Unreachable):
        remote.ask("x")


def test_accounts_and_requests_outlive_a_restart(tmp_path):
    options = signer.Options(tmp_path, "chung")
    first = signer.Service(options)
    certificate = first.certificate("An")
    row = first.ask("An", "Giấy phép", "0" * 64)
    first.close()

    second = signer.Service(options)

    assert second.certificate("An") == certificate
    assert second.one(row["id"])["state"] == "waiting"
    assert timedelta(seconds=options.lives_seconds) == timedelta(minutes=5)
    second.close()
