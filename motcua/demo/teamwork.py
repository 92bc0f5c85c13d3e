"""How the officers of the story work together: phrases, an absence, rules, slips between units, questions."""

import uuid
from datetime import timedelta

from motcua.accounts.middleware import actor_of
from motcua.agencies import absences
from motcua.demo.history import World
from motcua.dossiers import operations
from motcua.dossiers.models import AssignmentRule, Consultation, Dossier, Handover, Task
from motcua.dossiers.operations import bulk
from motcua.dossiers.states import State
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.procedures.models import Procedure

_RULED = "2.002380"
_PHRASES = [
    ("thuly", None, "Hồ sơ đạt", "Hồ sơ đầy đủ, hợp lệ theo quy định. Đề nghị lãnh đạo xem xét, phê duyệt."),
    ("thuly", None, "Chờ ý kiến", "Đã gửi lấy ý kiến đơn vị phối hợp, sẽ hoàn thiện thẩm định khi có trả lời."),
    ("phong", "H34.12", "Làm trong tuần", "Đề nghị hoàn thành thẩm định trước cuối giờ chiều thứ Sáu."),
    ("phong", "H34.12", "Đối chiếu tiêu chuẩn", "Đề nghị đối chiếu lại số hiệu, tên gọi tiêu chuẩn áp dụng với bản gốc đã công bố."),
    ("tiepnhan", "H34.01", "Hướng dẫn tra cứu", "Ông/Bà theo dõi tình trạng hồ sơ bằng mã hồ sơ và mã tra cứu in trên giấy tiếp nhận."),
]


def arrange(world: World) -> None:
    """Let the officers arrange themselves at the end of the story; a story without dossiers has less to arrange."""
    _write_phrases(world)
    _go_away(world)
    _write_rules(world)
    _ask_other_units(world)
    _pass_on(world)
    _hand_over(world)
    _print_many(world)


def _write_phrases(world: World) -> None:
    for login, unit, title, text in _PHRASES:
        operations.write_phrase(
            phrase=None, title=title, text=text, agency_id=world.agencies[unit].pk if unit else None,
            actor=world.officer(login), at=world.now,
        )  # fmt: skip


def _go_away(world: World) -> None:
    today = world.now.astimezone(HANOI).date()
    absences.declare_absence(
        user=world.staff["thuly3"], deputy=world.staff["thuly"], first_day=today,
        last_day=today + timedelta(days=4),
        note="Tập huấn nghiệp vụ tại Hà Nội", actor=world.officer("thuly3"), at=world.now,
    )  # fmt: skip


def _write_rules(world: World) -> None:
    people = [world.staff[login] for login in ("thuly", "thuly2", "thuly3")]
    operations.write_rule(
        rule=None, agency=world.agencies["H34.12"], name="Hồ sơ bức xạ giao người đang ít việc",
        procedure=Procedure.objects.filter(number=_RULED).first(), sector=None, condition="",
        method=AssignmentRule.Method.LOAD, people=people, is_active=True, actor=world.officer("phong"), at=world.now,
    )  # fmt: skip


def _appraised_by(world: World, login: str) -> list[Dossier]:
    """Dossiers that this officer is looking into, the newest first."""
    tasks = Task.objects.open().filter(act="appraise", assignee=world.staff[login], dossier__state=State.PROCESSING)
    return [task.dossier for task in tasks.select_related("dossier").order_by("-id")]


def _ask_other_units(world: World) -> None:
    for dossier in _appraised_by(world, "thuly")[:2]:
        if Consultation.objects.open().filter(dossier=dossier).exists():
            continue
        operations.consult(
            dossier=dossier,
            questions=[
                operations.Question(world.agencies["H34.07"], "Đề nghị cho ý kiến về nội dung bảo vệ môi trường.", 24),
                operations.Question(world.agencies["H34.08"], "Đề nghị cho ý kiến về an toàn đối với người sử dụng.", 16, True),
            ],
            actor=actor_of(world.staff["thuly"]),
            at=world.now,
        )


def _pass_on(world: World) -> None:
    mine = _appraised_by(world, "thuly2")
    for dossier in mine[:1]:
        operations.forward(
            dossier=dossier, assignee=world.staff["thuly"], note="Chị Chi đã xử lý hồ sơ trước của doanh nghiệp này.",
            actor=actor_of(world.staff["thuly2"]), at=world.now,
        )  # fmt: skip
    for dossier in mine[1:2]:
        operations.reassign(
            dossier=dossier, assignee=world.staff["thuly3"], note="Chuyển đồng chí Huy theo phân công lĩnh vực.",
            actor=actor_of(world.staff["phong"]), at=world.now,
        )  # fmt: skip


def _hand_over(world: World) -> None:
    """A slip that was confirmed, one that is under way, and results on their way back."""
    centre, department = world.agencies["H34.01"], world.agencies["H34.12"]
    here = Dossier.objects.filter(agency=department, reception=centre)
    running = list(here.filter(state__in=[State.ACCEPTED, State.PROCESSING]).order_by("-accepted_at")[:8])
    settled = list(here.filter(state=State.SETTLED).order_by("-settled_at")[:4])
    counter, office = actor_of(world.staff["tiepnhan"]), actor_of(world.staff["vanthu"])
    for dossiers, confirmed in ((running[4:], True), (running[:4], False)):
        if not dossiers:
            continue
        slip = operations.hand_over(
            dossiers=dossiers, giver=centre, taker=department, content=Handover.Content.PAPERS,
            note="Chuyến giao buổi sáng", actor=counter, at=world.now,
        )  # fmt: skip
        if confirmed:
            last = slip.lines.last()
            missing = {last.pk: "bản sao giấy chứng nhận đăng ký doanh nghiệp"} if last and len(dossiers) > 1 else {}
            operations.take(handover=slip, missing=missing, actor=office, at=world.now)
    if settled:
        operations.hand_over(
            dossiers=settled, giver=department, taker=centre, content=Handover.Content.RESULTS, actor=office, at=world.now
        )


def _print_many(world: World) -> None:
    centre = world.agencies["H34.01"]
    newest = Dossier.objects.filter(reception=centre, accepted_at__isnull=False).order_by("-accepted_at")
    try:
        bulk.order(
            key=uuid.UUID(int=34), verb="print", codes=[one.code or "" for one in newest[:6]],
            options={"papers": ["acceptance_slip"]}, actor=actor_of(world.staff["tiepnhan"]), at=world.now,
        )  # fmt: skip
    except Refusal:  # nothing was accepted yet
        return
