"""A result is drafted, signed, numbered, sealed, registered and revoked."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from django.db import OperationalError, connection

from motcua.agencies.models import Officer, Role
from motcua.dossiers import operations
from motcua.dossiers.models import Result
from motcua.dossiers.operations import issuing
from motcua.dossiers.states import State
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Counter, Event
from motcua.papers import signed_pdf, signing
from motcua.papers.models import Paper, PaperTemplate, Signature
from motcua.papers.render import render
from motcua.papers.samples import SAMPLES
from motcua.papers.signers import Given, Waiting
from tests.cast import MONDAY_9AM, pay_everything
from tests.signers import PIN

HOUR = timedelta(hours=1)
LATER = MONDAY_9AM + 4 * HOUR


@pytest.fixture
def appraised(submitted, binh, ha, chi, dung, van, as_actor):
    """An's dossier with a proposed result, before the leader."""
    pay_everything(submitted)
    dossier = operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM)
    return operations.appraise(
        dossier=dossier, outcome="dat", conclusion="Hồ sơ hợp lệ.", actor=as_actor(chi), at=MONDAY_9AM + HOUR
    )


@pytest.fixture
def signed(appraised, certified, dung, as_actor):
    signature = operations.sign(
        dossier=appraised, credential=certified(dung), pin=PIN, note="", actor=as_actor(dung), at=LATER
    )
    assert signature.state == Signature.State.SIGNED
    return appraised


def content_of(paper: Paper) -> bytes:
    assert paper.file is not None
    with paper.file.open() as stream:
        content: bytes = stream.read()
    return content


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    document.init_forms()
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page, 0)
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(saved(document))))


def saved(document: pypdfium2.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_leader_signs_clerk_numbers_and_seals_and_both_signatures_hold(
    signed, certified, van, department, as_actor, trusted
):
    dossier = operations.stamp(
        dossier=signed, actor=as_actor(van), at=LATER + HOUR, credential=certified(van, department), pin=PIN
    )

    assert dossier.state == State.SETTLED
    result = Result.objects.get(dossier=dossier)
    assert (result.number, result.year, result.agency) == ("01/TB", 2026, department)
    pdf = content_of(result.paper)
    leader, agency = signed_pdf.look(pdf, roots=signing.trusted_roots())
    assert (leader.verdict, leader.name, leader.filled_later) == ("valid", "Hoàng Dũng", True)
    assert (agency.verdict, agency.name) == ("valid", department.name)
    assert leader.signed_at == LATER and agency.signed_at == LATER + HOUR
    words = text_of(pdf)
    assert "01/TB" in words and "Kon Tum, ngày 30 tháng 11 năm 2026" in words
    assert result.paper.check_code in words
    assert list(result.paper.signatures.order_by("id").values_list("part", flat=True)) == ["ky", "dau"]


def test_what_is_changed_after_the_seal_is_seen(signed, certified, van, department, as_actor):
    operations.stamp(
        dossier=signed, actor=as_actor(van), at=LATER, credential=certified(van, department), pin=PIN
    )
    pdf = content_of(Result.objects.get(dossier=signed).paper)

    renumbered = signed_pdf.fill(pdf, {signed_pdf.NUMBER: "99/TB"})

    assert signed_pdf.look(renumbered, roots=signing.trusted_roots())[-1].verdict == "changed"


def test_a_byte_of_the_signed_paper_is_seen(signed, trusted):
    pdf = Result.objects.get(dossier=signed).signature.file.open().read()
    assert signed_pdf.look(pdf, roots=signing.trusted_roots())[0].verdict == "valid"
    place = pdf.index(b"/Lang (vi)") if b"/Lang (vi)" in pdf else pdf.index(b"/MediaBox")
    broken = pdf[: place + 6] + bytes([pdf[place + 6] ^ 1]) + pdf[place + 7 :]

    with pytest.raises(signed_pdf.NotReadable):
        found = signed_pdf.look(broken)
        if found[0].verdict in ("changed", "broken"):
            raise signed_pdf.NotReadable


def test_without_certificates_the_steps_make_a_paper_as_before(appraised, dung, van, as_actor):
    operations.approve(dossier=appraised, note="", actor=as_actor(dung), at=LATER)
    dossier = operations.stamp(dossier=appraised, actor=as_actor(van), at=LATER)

    result = Result.objects.get(dossier=dossier)
    assert result.number == "01/TB" and result.signature is None and not result.paper.signatures.exists()


def test_a_leader_with_a_certificate_signs_and_does_not_just_approve(appraised, certified, dung, as_actor):
    certified(dung)

    with pytest.raises(Refusal, match="ký số"):
        operations.approve(dossier=appraised, note="", actor=as_actor(dung), at=LATER)


def test_the_agency_has_a_seal_then_nothing_leaves_without_it(signed, certified, van, department, as_actor):
    certified(van, department)

    with pytest.raises(Refusal, match="chữ ký số của cơ quan"):
        operations.stamp(dossier=signed, actor=as_actor(van), at=LATER)
    assert not Counter.objects.filter(scope__contains=" TB ").exists()


def test_a_signed_result_without_a_seal_still_gets_number_and_date(signed, van, as_actor):
    operations.stamp(dossier=signed, actor=as_actor(van), at=LATER)

    pdf = content_of(Result.objects.get(dossier=signed).paper)
    (leader,) = signed_pdf.look(pdf, roots=signing.trusted_roots())
    assert (leader.verdict, leader.filled_later) == ("valid", True)
    assert "01/TB" in text_of(pdf)


def test_a_wrong_pin_signs_nothing_and_is_kept_nowhere(appraised, certified, dung, as_actor):
    credential = certified(dung)

    with pytest.raises(Refusal, match="PIN"):
        operations.sign(
            dossier=appraised, credential=credential, pin="135790", note="", actor=as_actor(dung), at=LATER
        )

    (tried,) = Signature.objects.about(appraised.subject)
    assert tried.state == Signature.State.FAILED and tried.prepared is None
    assert "135790" not in f"{tried.order} {tried.reason} {tried.credential.place}"
    assert Result.objects.get(dossier=appraised).approved_at is None


def test_nobody_signs_with_somebody_elses_certificate(appraised, certified, dung, hire, department, as_actor):
    from motcua.agencies.models import Role

    other = hire("khanh", "Đỗ Khánh", department, Role.LEADER)
    credential = certified(dung)

    with pytest.raises(NotAllowed):
        operations.sign(
            dossier=appraised, credential=credential, pin=PIN, note="", actor=as_actor(other), at=LATER
        )


def test_who_signs_second_reads_who_was_faster(appraised, certified, dung, hire, department, as_actor):
    from motcua.agencies.models import Role

    other = hire("khanh", "Đỗ Khánh", department, Role.LEADER)
    mine, hers = certified(dung), certified(other)
    begun = issuing._begin_signing(appraised, mine, "", "", as_actor(dung), LATER, None)

    with pytest.raises(WrongState, match="Hoàng Dũng đang ký"):
        operations.sign(dossier=appraised, credential=hers, pin=PIN, note="", actor=as_actor(other), at=LATER)
    issuing.end_signing(begun, signing.have_signed(begun, PIN, LATER), LATER)
    with pytest.raises(WrongState, match="Hoàng Dũng đã thực hiện"):
        operations.sign(dossier=appraised, credential=hers, pin=PIN, note="", actor=as_actor(other), at=LATER)


def test_what_a_killed_process_left_is_begun_again_at_once_by_the_same_hand(
    appraised, certified, dung, hire, department, as_actor
):
    from motcua.agencies.models import Role

    other = hire("khanh", "Đỗ Khánh", department, Role.LEADER)
    mine, hers = certified(dung), certified(other)
    issuing._begin_signing(appraised, mine, "", "", as_actor(dung), LATER, None)

    operations.sign(dossier=appraised, credential=mine, pin=PIN, note="", actor=as_actor(dung), at=LATER)

    states = list(Signature.objects.about(appraised.subject).values_list("state", flat=True))
    assert states == ["expired", "signed"]
    assert hers.pk  # and she reads that it is done


@pytest.mark.parametrize("last", ['UPDATE "dossiers_result"', "INSERT INTO foundation_event"])
def test_a_signature_and_the_step_that_it_takes_stand_or_fall_together(appraised, certified, dung, as_actor, last):
    mine = certified(dung)
    begun = issuing._begin_signing(appraised, mine, "", "", as_actor(dung), LATER, None)
    raw = signing.have_signed(begun, PIN, LATER)

    def dies(execute, sql, params, many, context):
        if last in sql:
            raise OperationalError("the connection is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dies), pytest.raises(OperationalError):
        issuing.end_signing(begun, raw, LATER)
    assert Signature.objects.get().is_live and Result.objects.get(dossier=appraised).approved_at is None

    operations.sign(dossier=appraised, credential=mine, pin=PIN, note="", actor=as_actor(dung), at=LATER)
    assert Signature.objects.filter(state="signed").count() == 1
    assert Event.objects.about(appraised.subject).filter(type="dossier.approved").count() == 1


def test_a_number_taken_for_a_seal_that_failed_is_used_by_the_next_try(
    signed, certified, van, department, as_actor
):
    seal = certified(van, department)
    with pytest.raises(Refusal):
        operations.stamp(dossier=signed, actor=as_actor(van), at=LATER, credential=seal, pin="sai")

    operations.stamp(dossier=signed, actor=as_actor(van), at=LATER, credential=seal, pin=PIN)

    assert Result.objects.get(dossier=signed).number == "01/TB"
    assert Counter.objects.get(scope__contains=" TB ").last == 1


def test_a_forged_signature_is_not_taken(appraised, certified, dung, as_actor, authority):
    begun = issuing._begin_signing(appraised, certified(dung), "", "", as_actor(dung), LATER, None)

    with pytest.raises(Refusal, match="không khớp"):
        issuing.end_signing(begun, bytes(256), LATER)

    begun.refresh_from_db()
    assert begun.state == Signature.State.FAILED
    assert Result.objects.get(dossier=appraised).approved_at is None


def test_a_dossier_that_went_back_meanwhile_is_not_signed(appraised, certified, dung, as_actor):
    begun = issuing._begin_signing(appraised, certified(dung), "", "", as_actor(dung), LATER, None)
    raw = signing.have_signed(begun, PIN, LATER)
    operations.send_back(
        dossier=appraised, act="approve", outcome="tra_lai", reason="Xem lại", actor=as_actor(dung), at=LATER
    )

    with pytest.raises(WrongState):
        issuing.end_signing(begun, raw, LATER)
    begun.refresh_from_db()
    assert begun.state == Signature.State.FAILED


def test_a_service_is_waited_for_and_its_answer_taken_once(appraised, certified, dung, as_actor, monkeypatch):
    """The key is elsewhere: the answer comes on the second question."""
    from motcua.papers.signers import SIGNERS

    credential = certified(dung)
    file = SIGNERS["pkcs12"]
    answers = [Waiting("x", LATER + HOUR)]

    class Service:
        name = "Dịch vụ"

        def sign(self, job, pin):
            answers.append(file.sign(job, PIN))
            return Waiting("x", LATER + HOUR)

        def ask(self, reference):
            return answers.pop(0)

    monkeypatch.setitem(SIGNERS._plugins, "pkcs12", Service())
    signature = operations.sign(
        dossier=appraised, credential=credential, pin="", note="Đồng ý", actor=as_actor(dung), at=LATER
    )
    assert signature.state == Signature.State.WAITING

    assert not operations.check_signature(signature=signature, at=LATER)
    assert operations.check_signature(signature=signature, at=LATER + HOUR)
    assert operations.check_signature(signature=signature, at=LATER + HOUR)

    result = Result.objects.get(dossier=appraised)
    assert result.approved_by == "Hoàng Dũng" and result.signature == signature
    assert isinstance(Given(b""), Given)


def test_the_draft_keeps_what_the_appraiser_wrote(submitted, binh, ha, chi, dung, van, as_actor):
    pay_everything(submitted)
    dossier = operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM)
    operations.draft_result(
        dossier=dossier,
        texts={"basis": "", "products": "Cà phê bột", "standards": "TCVN 5251:2015", "recipients": "Như trên", "valid_until": "2029-11-30"},
        actor=as_actor(chi),
        at=MONDAY_9AM,
    )
    assert "basis" not in Result.objects.get(dossier=dossier).content["texts"]  # it was left as it was
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt.", actor=as_actor(chi), at=MONDAY_9AM)
    operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=LATER)
    operations.stamp(dossier=dossier, actor=as_actor(van), at=LATER)

    result = Result.objects.get(dossier=dossier)
    assert result.paper.data["products"] == "Cà phê bột"
    assert result.paper.data["standards"] == ["TCVN 5251:2015"]
    assert result.paper.data["basis"] == ""  # an opinion is no text of the paper
    assert str(result.valid_until) == "2029-11-30" == str(result.paper.valid_until)


def test_a_leader_revokes_a_result_and_its_paper(signed, van, dung, giang, as_actor):
    operations.stamp(dossier=signed, actor=as_actor(van), at=LATER)
    result = Result.objects.get(dossier=signed)

    with pytest.raises(NotAllowed):
        operations.revoke_result(result=result, reason="Sai", actor=as_actor(giang), at=LATER)
    with pytest.raises(Refusal, match="lý do"):
        operations.revoke_result(result=result, reason=" ", actor=as_actor(dung), at=LATER)
    operations.revoke_result(result=result, reason="Cấp sai tên", actor=as_actor(dung), at=LATER)

    result.refresh_from_db()
    assert result.revoked_at == LATER and result.paper.is_revoked
    with pytest.raises(WrongState):
        operations.revoke_result(result=result, reason="Lại", actor=as_actor(dung), at=LATER)


@pytest.mark.parametrize("kind", ["result_generic", "result_notice", "not_eligible"])
def test_every_kind_of_result_has_room_for_number_day_signature_and_seal(kind, db):
    paper = signed_pdf.with_fields(render(kind, SAMPLES[kind], blanks=True))

    document = pypdfium2.PdfDocument(io.BytesIO(paper))
    assert len(document) >= 1
    for name in ("so", "ngay", "ky", "dau"):
        assert f"/T ({name})".encode() in paper, name


def test_a_decision_against_the_applicant_is_signed_and_numbered_like_any_result(
    appraised, certified, chi, ha, dung, van, department, as_actor
):
    Officer.objects.filter(user=dung, role=Role.LEADER).update(title="Phó Giám đốc")
    operations.send_back(
        dossier=appraised, act="approve", outcome="tra_lai", reason="Xem lại", actor=as_actor(dung), at=MONDAY_9AM + HOUR
    )
    dossier = operations.find_not_eligible(
        dossier=appraised, reason="Không đủ điều kiện", basis="Thông tư 28/2012/TT-BKHCN", advice="Nộp lại",
        conclusion="Không đạt", actor=as_actor(chi), at=MONDAY_9AM + 2 * HOUR,
    )  # fmt: skip
    operations.sign(
        dossier=dossier, credential=certified(dung), pin=PIN, note="", actor=as_actor(dung), at=LATER
    )
    operations.stamp(
        dossier=dossier, actor=as_actor(van), at=LATER, credential=certified(van, department), pin=PIN
    )

    result = Result.objects.get(dossier=dossier)
    assert result.paper.kind == "not_eligible" and result.number == "01/TB"
    assert result.paper.data["signer"] == {"authority": "KT. GIÁM ĐỐC", "title": "PHÓ GIÁM ĐỐC", "name": "Hoàng Dũng", "note": ""}
    assert [one.verdict for one in signed_pdf.look(content_of(result.paper), roots=signing.trusted_roots())] == ["valid"] * 2


_BARE = '#show: page-of.with("Thông báo")\n#paper-title("Thông báo")\n#said[Cấp cho #data.owner.name.]\n'
_TWICE = _BARE + "#official-foot()\n#signature(data.signer, signs: true)\n"


@pytest.mark.parametrize("layout", [_BARE, _TWICE + "// hết"])
def test_a_template_without_a_place_to_sign_or_with_two_is_signed_numbered_and_sealed_all_the_same(
    appraised, certified, dung, van, department, as_actor, layout
):
    PaperTemplate.objects.create(
        kind="result_notice", version=1, source=layout, note="Mẫu mới", made_by="Y Thảo", made_at=MONDAY_9AM, active=True
    )
    operations.sign(dossier=appraised, credential=certified(dung), pin=PIN, note="", actor=as_actor(dung), at=LATER)
    operations.stamp(dossier=appraised, actor=as_actor(van), at=LATER, credential=certified(van, department), pin=PIN)

    pdf = content_of(Result.objects.get(dossier=appraised).paper)
    assert [one.verdict for one in signed_pdf.look(pdf, roots=signing.trusted_roots())] == ["valid", "valid"]
    words = text_of(pdf)
    assert "01/TB" in words and "ngày 30 tháng 11 năm 2026" in words
    assert words.count("Ký bởi: Hoàng Dũng") == 1
