"""A key at a signing service: we send the hash, the signer confirms on the phone, we ask until the answer is there.

The shape is that of the remote signing services of public authorities: enrol by the account there, POST a hash, ask
by the transaction's number. The sandbox `motcua sandbox signer` speaks it.
"""

import base64
import binascii
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.papers.signers import (
    SIGNERS,
    Answer,
    Declined,
    Enrolled,
    Expired,
    Given,
    Job,
    Unreachable,
    Waiting,
    Wrong,
)

SECONDS = 8
_LARGEST = 200_000


@SIGNERS.register("remote")
class Remote:
    name = gettext_lazy("Ký số từ xa (xác nhận trên điện thoại)")
    asks_pin = False
    takes_file = False
    fields: tuple[tuple[str, str | Promise], ...] = (("account", gettext_lazy("Tài khoản tại dịch vụ ký số")),)

    def enrol(self, given: Mapping[str, str], file: bytes, pin: str) -> Enrolled:
        account = given.get("account", "").strip()
        if not account:
            raise Wrong(_("Vui lòng nhập tài khoản tại dịch vụ ký số."))
        status, answer = _call(f"/v1/certificates/{quote(account, safe='')}")
        if status == 404:
            raise Wrong(_("Dịch vụ ký số không có tài khoản này. Vui lòng kiểm tra lại."))
        return Enrolled(_text(answer, "certificate"), str(answer.get("chain", "")), place={"account": account})

    def sign(self, job: Job, pin: str) -> Answer:
        _status, answer = _call(
            "/v1/signatures",
            {
                "account": job.place["account"],
                "document": job.title,
                "hash": hashlib.sha256(job.attributes).hexdigest(),
                "algorithm": "sha256WithRSA",
            },
        )
        return _waiting(_text(answer, "transaction")[:100], answer)

    def ask(self, reference: str) -> Answer:
        status, answer = _call(f"/v1/signatures/{quote(reference, safe='')}")
        if status == 404:
            return Expired()
        match answer.get("state"):
            case "signed":
                try:
                    return Given(base64.b64decode(_text(answer, "signature"), validate=True))
                except binascii.Error as error:
                    raise Unreachable("no signature in the answer") from error
            case "declined":
                return Declined()
            case "expired":
                return Expired()
            case "waiting":
                return _waiting(reference, answer)
        raise Unreachable(f"unknown state {answer.get('state')!r}")


def _waiting(reference: str, answer: Mapping[str, Any]) -> Waiting:
    try:
        expires_at = datetime.fromisoformat(_text(answer, "expires_at"))
    except ValueError as error:
        raise Unreachable("no moment in the answer") from error
    if expires_at.tzinfo is None:
        raise Unreachable("a moment without its zone in the answer")
    return Waiting(reference, expires_at)


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise Unreachable(f"no {key} in the answer")
    return value


def _call(path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one call to the service. Raises Unreachable."""
    if not settings.SIGNER_URL:
        raise Unreachable("SIGNER_URL names no service")
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's
        settings.SIGNER_URL.rstrip("/") + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {settings.SIGNER_SECRET}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            status, content = response.status, response.read(_LARGEST)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise Unreachable(f"the service answers {error.code}") from error
        status, content = 404, b"{}"
    except OSError as error:
        raise Unreachable(str(error)) from error
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise Unreachable("the answer is no JSON") from error
    if not isinstance(answer, dict):
        raise Unreachable("the answer is no object")
    return status, answer
