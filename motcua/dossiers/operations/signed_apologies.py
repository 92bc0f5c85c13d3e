"""An apology (Mẫu 04) that a leader signs digitally: drawn, signed where the key is, and sent with the new date.

The number and the day stand on it before it is signed, for nobody adds to it afterwards. A service that signs later
is waited for as with results; until then the date stays.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import letters
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations import extending, issuing
from motcua.dossiers.operations.numbering import numbered
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.foundation.time import HANOI
from motcua.papers import masters, signed_pdf, signing
from motcua.papers.models import Credential, Signature, check_url, new_check_code

LETTER = "apology"


def sign_apology(
    *,
    dossier: Dossier,
    reason: str,
    late_unit: str,
    new_due_on: date,
    credential: Credential,
    pin: str,
    actor: Actor,
    at: datetime,
) -> Dossier:
    """Sign the drafted apology, as edited, with a certificate; the date moves when the signature is there.

    Raises what `sign_extension` does, WrongState while somebody else signs, and Refusal when the PIN is wrong or the
    signer cannot be reached; nothing is put off then. The PIN is handed to the signer and kept nowhere.
    """
    words = {"reason": reason, "late_unit": late_unit, "new_due_on": new_due_on.isoformat()}
    signature = _begin(dossier, words, credential, actor, at)
    raw = signing.have_signed(signature, pin, at)
    if raw is None:
        issuing.watch.defer(signature_id=signature.pk)
    else:
        issuing.end_signing(signature, raw, at)
    return Dossier.objects.get(pk=dossier.pk)


@transaction.atomic
def _begin(dossier: Dossier, words: dict[str, str], credential: Credential, actor: Actor, at: datetime) -> Signature:
    if credential.agency_id:
        raise NotAllowed(_("Văn bản xin lỗi được ký bằng chứng thư số của lãnh đạo."))
    dossier, draft = extending.to_sign(
        dossier=dossier, reason=words["reason"], late_unit=words["late_unit"],
        new_due_on=date.fromisoformat(words["new_due_on"]), actor=actor, at=at,
    )  # fmt: skip
    draft.save(update_fields=["reason", "late_unit", "old_due_at", "new_due_at"])  # outlives a wrong PIN
    number, code = _number(dossier, at), new_check_code()
    data = letters.apology(dossier, draft, actor)
    data |= {"issued_at": at, "number": number, "check_code": code, "check_url": check_url(code)}
    blank = signed_pdf.with_fields(masters.render_now("apology", data, blanks=True))
    signature = signing.begin(
        subject=dossier.subject,
        part=Signature.Part.PERSON,
        credential=credential,
        pdf=issuing.filled(blank, number, at),
        title=f"{number} – {dossier.code}",
        lines=[f"Ký bởi: {credential.holder}", f"Thời gian ký: {issuing.signed_when(at)}"],
        order={"letter": LETTER, **words, "number": number, "check_code": code},
        actor=actor,
        at=at,
    )
    issuing.tell(dossier, "signing_begun", signature, at)
    return signature


def _number(dossier: Dossier, at: datetime) -> str:
    """The next number, or the one that an earlier try for this dossier has taken this year and not used."""
    tries = Signature.objects.about(dossier.subject).filter(order__letter=LETTER)
    before = tries.exclude(state=Signature.State.SIGNED).last()
    if before is not None and before.begun_at.astimezone(HANOI).year == at.astimezone(HANOI).year:
        used = tries.filter(state=Signature.State.SIGNED, order__number=before.order["number"])
        if not used.exists():
            return str(before.order["number"])
    return numbered(dossier.agency.code, at, extending.SUFFIX)


def _end(dossier: Dossier, signature: Signature, raw: bytes, actor: Actor, at: datetime) -> None:
    """Put the signature into the letter, and the date off."""
    order = signature.order
    dossier, draft = extending.to_sign(
        dossier=dossier, reason=order["reason"], late_unit=order["late_unit"],
        new_due_on=date.fromisoformat(order["new_due_on"]), actor=actor, at=at,
    )  # fmt: skip
    _pdf, stored = signing.finish(signature, raw, at)
    extending.put_off(
        dossier=dossier, draft=draft, number=order["number"], actor=actor, at=at, file=stored, check_code=order["check_code"]
    )
    Signature.objects.filter(pk=signature.pk).update(paper=draft.paper)


issuing.ENDS_OF_LETTERS[LETTER] = _end
