"""Months of a one-stop's life, lived through the operations themselves, in the order of the clock.

Each dossier is a small script (a generator) that says when it acts next. The scripts take turns by time, so
that numbers and codes run as they would have run; what would lie in the future stays undone.
"""

import heapq
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from motcua.accounts import operations as accounts
from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.demo import people
from motcua.demo.accounts import PIN
from motcua.demo.place import PASSWORD, verified
from motcua.dossiers import filing, notices, operations, paper_check
from motcua.dossiers.models import Dossier, Task
from motcua.dossiers.operations import linking, notes
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar
from motcua.foundation.working_time import add_working_hours, next_working_moment
from motcua.papers import signing
from motcua.papers.render import render
from motcua.payments import operations as payments
from motcua.payments import receipts
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge
from motcua.procedures.models import Procedure, ProcedureVersion

_DAYS = 150
_LATELY = 8  # days: in which a part of the dossiers is filed, so that there is work to do
_ENOUGH_FOR_TABLES = 40
_WEIGHTS = {
    "2.001207": 12, "2.001209": 5, "2.002131": 5, "2.002380": 7, "2.002379": 4, "2.000212": 4, "2.002383": 3, "2.002144": 4,
    "9.000029": 3, "1.001786": 4,
}  # fmt: skip
_REASONS = [
    "Bản chụp mờ, không đọc được số và ngày ban hành",
    "Thiếu chữ ký của người đại diện theo pháp luật",
    "Giấy tờ đã hết hiệu lực",
    "Nội dung không thống nhất với tờ khai",
    "Thiếu trang, chưa đầy đủ nội dung theo quy định",
]
_FAULTS = ["blurred", "sideways", "cut", "low_resolution"]
_OPINIONS = {
    "agrees": ["Thống nhất với đề nghị của Sở Khoa học và Công nghệ.", "Qua rà soát, không có vướng mắc về lĩnh vực quản lý."],
    "other": ["Đề nghị làm rõ thêm phạm vi áp dụng trước khi phê duyệt."],
    "disagrees": ["Hồ sơ chưa làm rõ tác động đến lĩnh vực do Sở quản lý, đề nghị thẩm định thêm."],
}
_WITHDRAWALS = ["Không còn nhu cầu thực hiện thủ tục", "Cần bổ sung sản phẩm trước khi công bố", "Nộp nhầm thủ tục"]
_COMMENTS = ["Cán bộ hướng dẫn rõ ràng.", "Trả kết quả trước hẹn.", "", "", "Mong có thêm hướng dẫn về tải tệp.", ""]
_CONCLUSIONS = [
    "Hồ sơ đầy đủ, hợp lệ. Đề nghị phê duyệt.",
    "Thành phần hồ sơ phù hợp quy định; nội dung kê khai thống nhất với giấy tờ kèm theo. Đề nghị phê duyệt.",
]

_CONSULTED = [("H34.04", "stc"), ("H34.04", "stc2"), ("H34.07", "snnmt"), ("H34.07", "snnmt2"), ("H34.08", "syt"), ("H34.08", "yte")]


@dataclass(frozen=True, slots=True)
class World:
    """Everybody and everything that the scripts need."""

    chance: random.Random
    now: datetime
    agencies: dict[str, Agency]
    staff: dict[str, User]
    applicants: list[tuple[User, dict[str, str]]]
    versions: list[tuple[ProcedureVersion, list[dict[str, Any]], int]]
    papers: dict[str, bytes]
    left: dict[str, int] = field(default_factory=dict)  # how many may still be left undone on each table

    def leaves(self, table: str, at: datetime) -> bool:
        """Whether the officer of this table has not got round to what came lately, so that nobody's table is empty."""
        if at < self.now - timedelta(days=6) or not self.left.get(table):
            return False
        self.left[table] -= 1
        return True

    def officer(self, *logins: str) -> Actor:
        return actor_of(self.staff[self.chance.choice(logins)])

    @property
    def calendar(self) -> Calendar:
        return self.agencies["H34.12"].calendar.calendar


def live(world: World, count: int, tick: Callable[[], object]) -> None:
    """Let `count` dossiers live until now; `tick` is called after each act, for a progress bar."""
    scripts: list[tuple[datetime, int, Iterator[datetime]]] = []
    if count >= _ENOUGH_FOR_TABLES:
        world.left.update({"accept": 3, "assign": 3, "appraise": 3, "approve": 2, "stamp": 2})
    for number in range(count):
        start = _filing_moment(world, _LATELY if world.left and number % 4 == 0 else _DAYS)
        walks_in = number % 6 == 5
        scripts.append((start, number, _walk_in(world, start) if walks_in else _dossier(world, start)))
    heapq.heapify(scripts)
    while scripts:
        at, number, script = heapq.heappop(scripts)
        if at > world.now:
            continue
        following = next(script, None)
        tick()
        if following is not None:
            heapq.heappush(scripts, (max(following, at), number, script))
    if not operations.draft_due_extensions(actor=Actor.system("draft_extensions"), at=world.now):
        _draft_one(world)
    _ask_one(world)
    operations.propose_overdue_ends(actor=Actor.system("propose_ends"), at=world.now)


def build_world(*, agencies: dict[str, Agency], staff: dict[str, User], known: list[User], catalogue: Path, now: datetime) -> World:
    """The people, procedures and papers of the story; the same for the same province."""
    chance = random.Random(34)  # noqa: S311 - a story, no secret
    versions = []
    for procedure in Procedure.objects.filed_here().select_related("current").order_by("number"):
        folder = next(catalogue.glob(f"*/{procedure.number}"), None)
        examples = [e for path in sorted((folder / "tests").glob("*.yaml")) for e in _examples(path)] if folder else []
        if examples and procedure.current:
            versions.append((procedure.current, examples, _WEIGHTS.get(procedure.number, 1)))
    definitions = [version.definition for version, _examples, _weight in versions]
    names = {component.name for definition in definitions for component in definition.record.components}
    names |= {field.label for definition in definitions for field in definition.form.fields if field.type == "file"}
    papers = {name: _pdf(name) for name in sorted(names)}
    return World(chance, now, agencies, staff, _applicants(chance, known), versions, papers)


def _examples(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text())
    return content if isinstance(content, list) else [content]


def _applicants(chance: random.Random, known: list[User]) -> list[tuple[User, dict[str, str]]]:
    found = [(user, _party_of(user)) for user in known for _ in range(3)]
    citizens, companies = people.citizens(chance), people.companies(chance)
    for _ in range(28):
        person = next(citizens)
        user = User(email=person["email"])
        user.set_password(PASSWORD)
        verified(
            accounts.register_citizen(
                user=user, full_name=person["name"], citizen_number=person["citizen_number"],
                phone=person["phone"], address=person["address"],
            )
        )  # fmt: skip
        found.append((user, _party_of(user)))
    for _ in range(14):
        company = next(companies)
        user = User(email=company["email"])
        user.set_password(PASSWORD)
        verified(
            accounts.register_organisation(
                user=user, name=company["name"], tax_code=company["tax_code"],
                representative_name=company["representative"], representative_title="Giám đốc",
                phone=company["phone"], address=company["address"],
            )
        )  # fmt: skip
        found.append((user, _party_of(user)))
    return found


def _party_of(user: User) -> dict[str, str]:
    if user.kind == User.Kind.ORGANISATION:
        body = user.organisation
        return {
            "kind": "organisation", "name": body.name, "tax_code": body.tax_code, "address": body.address,
            "phone": body.phone, "email": user.email, "representative_name": body.representative_name,
            "representative_title": body.representative_title,
        }  # fmt: skip
    person = user.person
    return {
        "kind": "person", "name": user.full_name, "citizen_number": person.citizen_number,
        "address": person.permanent_address, "phone": person.phone, "email": user.email,
    }  # fmt: skip


def _pdf(name: str) -> bytes:
    """A paper that looks like one: its name and a note that it is made up for trying out."""
    return render(
        "result_generic",
        {
            "agency": {"name": "TỔ CHỨC, CÁ NHÂN NỘP HỒ SƠ"},
            "issued_at": datetime(2026, 1, 5, 9, 0, tzinfo=HANOI),
            "place": "Kon Tum",
            "title": name,
            "signer": {"title": "ĐẠI DIỆN TỔ CHỨC, CÁ NHÂN"},
            "paragraphs": [
                "Giấy tờ này được tạo ra để dùng thử hệ thống, không có giá trị pháp lý.",
                "Nội dung của giấy tờ thật được trình bày tại đây theo mẫu do cơ quan có thẩm quyền ban hành.",
            ],
        },
    )


def _filing_moment(world: World, days: int) -> datetime:
    """Some moment of the last days, more often lately, mostly in working time, sometimes at night."""
    days_ago = days * (1 - world.chance.random() ** 0.6)
    moment = world.now - timedelta(days=days_ago, minutes=world.chance.randint(5, 400))
    if world.chance.random() < 0.8:
        moment = add_working_hours(next_working_moment(moment, world.calendar), world.chance.uniform(0.1, 6), world.calendar)
    return min(moment, world.now - timedelta(minutes=3))


def _later(world: World, at: datetime, shortest: float, longest: float) -> datetime:
    """Some working hours later."""
    return add_working_hours(at, world.chance.uniform(shortest, longest), world.calendar)


def _shifted(value: Any, days: int) -> Any:
    """Move every date among the answers by so many days, so that an example fits another day of filing."""
    if isinstance(value, dict):
        return {key: _shifted(one, days) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, days) for one in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
    return value


def _dossier(world: World, at: datetime) -> Iterator[datetime]:  # noqa: PLR0915 - a life is long
    """One dossier's life; yields the moment of its next act. The first act happens at `at`."""
    chance = world.chance
    version, examples, _weight = chance.choices(world.versions, [weight for *_, weight in world.versions])[0]
    user, party = chance.choice(world.applicants)
    citizen, example = actor_of(user), chance.choice(examples)
    dossier = _draft(world, version, example, party, citizen, at)
    if chance.random() < 0.04:  # a draft that somebody has left for later
        return
    at += timedelta(minutes=chance.randint(6, 50))
    yield at
    dossier = operations.submit(dossier=dossier, actor=citizen, at=at)
    fate = chance.random()
    late_payer = chance.random() < (0.3 if version.definition.process.clock == "accepted_and_paid" else 0.12)
    if not late_payer:
        yield (at := at + timedelta(minutes=chance.randint(2, 40)))
        yield from _pay(world, dossier, citizen, at)
    yield (at := _later(world, at, 0.3, 7.5 if chance.random() < 0.93 else 14))
    receiver = world.officer("tiepnhan", "tiepnhan2")
    if fate < 0.06:
        operations.refuse(
            dossier=dossier,
            reason="Thành phần hồ sơ không thuộc thủ tục đã chọn",
            basis=_basis(version),
            advice="Đề nghị tổ chức, cá nhân chọn đúng thủ tục và nộp lại hồ sơ.",
            actor=receiver,
            at=at,
        )
        return
    if fate < (0.44 if version.procedure.number == "2.001207" else 0.2):
        _ask(world, dossier, receiver, at)
        yield (at := _later(world, at, 6, 60))
        if chance.random() < 0.15:
            return  # still waited for
        _bring(world, dossier, citizen, at)
        yield (at := _later(world, at, 0.5, 7))
    if Charge.objects.about(dossier.subject).owed().filter(due="before_acceptance").exists():
        yield (at := _later(world, at, 1, 12))
        yield from _pay(world, dossier, citizen, at)
        if Charge.objects.about(dossier.subject).owed().filter(due="before_acceptance").exists():
            return
    if not 0.5 <= fate < 0.54 and chance.random() < 0.4:  # checked paper by paper; nothing more is asked of these
        operations.tick_the_rest(dossier=dossier, actor=receiver, at=at)
    if world.leaves("accept", at):
        return
    dossier = operations.accept(dossier=dossier, actor=receiver, at=at)
    if fate > 0.96:
        yield (at := _later(world, at, 2, 10))
        operations.request_withdrawal(dossier=dossier, reason=chance.choice(_WITHDRAWALS), actor=citizen, at=at)
        yield (at := _later(world, at, 1, 6))
        operations.withdraw(dossier=dossier, actor=receiver, at=at)
        return
    yield (at := _later(world, at, 0.5, 5))
    if world.leaves("assign", at):
        return
    slow = 2.6 if chance.random() < 0.09 else 1.0
    appraiser = world.staff[chance.choice(["thuly", "thuly", "thuly2", "thuly3"])]
    dossier = operations.assign(dossier=dossier, assignee=appraiser, note="", actor=world.officer("phong"), at=at)
    _talk(world, dossier, appraiser, at)
    yield (at := _later(world, at, 4 * slow, 18 * slow))
    if world.leaves("appraise", at):
        return
    if 0.5 <= fate < 0.54:
        _ask(world, dossier, world.officer("phong"), at)
        yield (at := _later(world, at, 8, 40))
        _bring(world, dossier, citizen, at)
        yield (at := _later(world, at, 2, 10))
    if Charge.objects.about(dossier.subject).owed().exists() and chance.random() < 0.4:
        operations.ask_payment(
            dossier=dossier, note="Đề nghị nộp phí để cơ quan tiếp tục thẩm định.", actor=world.officer("phong"), at=at
        )
        if at > world.now - timedelta(days=25) and chance.random() < 0.5:
            return  # still waited for
        yield (at := _later(world, at, 4, 30))
        yield from _pay(world, dossier, citizen, at)
        yield (at := _later(world, at, 1, 4))
    if slow > 1:
        at = _apologise(world, dossier, actor_of(appraiser), at)
    if 0.54 <= fate < 0.56:
        operations.propose_end(
            dossier=dossier, reason="Tổ chức nộp hồ sơ đã giải thể", basis=_basis(version), actor=actor_of(appraiser), at=at
        )
        yield (at := _later(world, at, 2, 12))
        operations.stop(
            dossier=dossier, reason="Tổ chức nộp hồ sơ đã giải thể", basis=_basis(version),
            advice="Tổ chức kế thừa nộp hồ sơ mới.", actor=world.officer("lanhdao"), at=at,
        )  # fmt: skip
        return
    yield from _answer(world, dossier, at)
    while (task := dossier.tasks.open().get()).act == "appraise":  # some are looked into more than once
        if 0.56 <= fate < 0.6 and operations.refusing_outcome(dossier, dossier.definition.step(task.step_id)):
            operations.find_not_eligible(
                dossier=dossier, reason="Kết quả thử nghiệm không đáp ứng yêu cầu của tiêu chuẩn, quy chuẩn kỹ thuật",
                basis=_basis(version), conclusion="Kết quả thẩm định: không đạt yêu cầu kỹ thuật.",
                advice="Ông/Bà có thể nộp hồ sơ mới sau khi khắc phục.", actor=actor_of(appraiser), at=at,
            )  # fmt: skip
            yield (at := _later(world, at, 0.5, 6 * slow))
            continue
        operations.appraise(
            dossier=dossier, outcome=dossier.definition.step(task.step_id).outcomes[0].id,
            conclusion=chance.choice(_CONCLUSIONS), actor=actor_of(appraiser), at=at,
        )  # fmt: skip
        yield (at := _later(world, at, 0.5, 6 * slow))
        yield from _answer(world, dossier, at)
    if world.leaves("approve", at):
        return
    _approve(dossier, world.officer("lanhdao"), at)
    yield (at := _later(world, at, 0.2, 3))
    if world.leaves("stamp", at):
        return
    yield from _pay(world, dossier, citizen, at)
    dossier = _stamp(dossier, world.officer("vanthu"), at)
    yield (at := _later(world, at, 0.5, 16))
    _hand_over(world, dossier, party["name"], at)
    if chance.random() < 0.4:
        yield at + timedelta(hours=chance.randint(1, 30))
        operations.rate(
            dossier=dossier, score=chance.choices([2, 1, 0], [6, 3, 1])[0], comment=chance.choice(_COMMENTS),
            actor=citizen, at=at + timedelta(hours=2),
        )  # fmt: skip


def _hand_over(world: World, dossier: Dossier, name: str, at: datetime) -> None:
    """Return the result the way it was asked for."""
    ways: dict[str, dict[str, Any]] = {
        "counter": world.chance.choice([{"how": "signature"}, {"how": "code", "code": dossier.lookup_secret}]),
        "post": {"how": "post", "tracking": f"EI{world.chance.randint(10**8, 10**9 - 1)}VN"},
        "electronic": {"how": "electronic"},
    }
    returner = world.officer("traketqua")
    operations.return_result(dossier=dossier, receiver_name=name, note="", actor=returner, at=at, **ways[dossier.delivery])


def _walk_in(world: World, at: datetime) -> Iterator[datetime]:
    """A dossier that somebody without an account hands in at the counter, or sends by post."""
    chance = world.chance
    version, examples, _weight = chance.choices(world.versions, [weight for *_, weight in world.versions])[0]
    _user, party = chance.choice(world.applicants)
    receiver, example, record = world.officer("tiepnhan", "tiepnhan2"), chance.choice(examples), version.definition.record
    dossier = operations.begin_entry(
        version=version, agency=world.agencies[record.agencies.implementing[0]],
        reception=world.agencies[record.agencies.reception or "H34.01"], actor=receiver, at=at,
    )  # fmt: skip
    days = (at.astimezone(HANOI).date() - example.get("today", date(2026, 11, 23))).days
    person = {**party, "kind": "organisation" if party.get("tax_code") else "citizen"}
    operations.save_parties(dossier=dossier, submitter=person, owner=None, actor=receiver, at=at)
    operations.save_answers(dossier=dossier, values=_shifted(example["answers"], days), actor=receiver, at=at)
    operations.choose_delivery(dossier=dossier, delivery="counter", address="", actor=receiver, at=at)
    dossier.refresh_from_db()
    if chance.random() < 0.25:
        operations.say_how_it_came(
            dossier=dossier, channel="post", sender=party["name"], tracking=f"EI{chance.randint(10**8, 10**9 - 1)}VN",
            posted_on=(at - timedelta(days=2)).date(), place="Kệ 3", actor=receiver, at=at,
        )  # fmt: skip
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            operations.note_sheets(
                dossier=dossier, component_id=paper.component.id, originals=max(paper.component.originals, 1), certified=0,
                copies=paper.component.copies, actor=receiver, at=at,
            )  # fmt: skip
    if chance.random() < 0.1:
        return  # fetched something from home, and has not come back yet
    yield (at := at + timedelta(minutes=chance.randint(5, 25)))
    dossier = operations.receive(dossier=dossier, actor=receiver, at=at)
    for charge in Charge.objects.about(dossier.subject).owed():
        operations.take_cash(dossier=dossier, charge=charge, client_ip="", actor=world.officer("thungan"), at=at)
    dossier = operations.receive(dossier=dossier, actor=receiver, at=at)
    yield (at := _later(world, at, 0.5, 5))
    appraiser = world.staff[chance.choice(["thuly", "thuly2", "thuly3"])]
    dossier = operations.assign(dossier=dossier, assignee=appraiser, note="", actor=world.officer("phong"), at=at)
    yield (at := _later(world, at, 4, 18))
    yield from _answer(world, dossier, at)
    while (task := dossier.tasks.open().get()).act == "appraise":
        operations.appraise(
            dossier=dossier, outcome=dossier.definition.step(task.step_id).outcomes[0].id,
            conclusion=chance.choice(_CONCLUSIONS), actor=actor_of(appraiser), at=at,
        )  # fmt: skip
        yield (at := _later(world, at, 0.5, 6))
        yield from _answer(world, dossier, at)
    _approve(dossier, world.officer("lanhdao"), at)
    yield (at := _later(world, at, 0.2, 3))
    dossier = _stamp(dossier, world.officer("vanthu"), at)
    if chance.random() < 0.3:  # nobody comes for it
        yield (at := _later(world, at, 90, 130))
        operations.remind_of_results(actor=Actor.system("remind_of_results"), at=at)
        operations.keep_result(dossier=dossier, place="Tủ kết quả số 2, ngăn 5", actor=world.officer("traketqua"), at=at)
        return
    yield (at := _later(world, at, 0.5, 16))
    _hand_over(world, dossier, party["name"], at)


def _approve(dossier: Dossier, leader: Actor, at: datetime) -> None:
    """Approve the result, signing it since there are certificates."""
    own = [one for one in signing.credentials_of(leader, at) if one.adapter == "pkcs12"]
    if own:
        operations.sign(dossier=dossier, credential=own[0], pin=PIN, note="", actor=leader, at=at)
    else:
        operations.approve(dossier=dossier, note="", actor=leader, at=at)


def _stamp(dossier: Dossier, clerk: Actor, at: datetime) -> Dossier:
    """Issue the result, under the agency's seal since there is one."""
    seals = signing.seals_of(dossier.agency, at)
    if not seals:
        return operations.stamp(dossier=dossier, actor=clerk, at=at)
    return operations.stamp(dossier=dossier, actor=clerk, at=at, credential=seals[0], pin=PIN)


def _ask_one(world: World) -> None:
    """Leave one question waiting for the department of health: about what is being appraised."""
    open_tasks = Task.objects.open().filter(act="appraise", assignee__isnull=False, dossier__in=Dossier.objects.running())
    open_tasks = open_tasks.exclude(dossier__consultations__agency=world.agencies["H34.08"])
    task = open_tasks.select_related("assignee", "dossier").order_by("dossier__due_at").first()
    if task is not None and task.assignee is not None:
        question = "Đề nghị cho ý kiến về điều kiện bảo đảm an toàn tại cơ sở."
        operations.consult(
            dossier=task.dossier, questions=[operations.Question(world.agencies["H34.08"], question, 16)],
            actor=actor_of(task.assignee), at=world.now,
        )  # fmt: skip


def _draft_one(world: World) -> None:
    """Leave one apology waiting for the leader: for what is due first."""
    first = Dossier.objects.running().filter(due_at__isnull=False, due_before_extension=None).order_by("due_at").first()
    if first is not None and operations.may_extend(first, 0) and not first.extensions.exists():
        begun = operations.suggestion(first, world.now)
        operations.draft_extension(
            dossier=first, reason=begun.reason, late_unit=begun.late_unit, new_due_on=begun.new_due_on,
            actor=Actor.system("draft_extensions"), at=world.now,
        )  # fmt: skip


def _apologise(world: World, dossier: Dossier, appraiser: Actor, at: datetime) -> datetime:
    """Put off the date of a slow dossier: drafted by who handles it, mostly signed by the leader. Returns when."""
    dossier.refresh_from_db()
    if not operations.may_extend(dossier, 0):
        return at
    begun = operations.suggestion(dossier, at)
    words: dict[str, Any] = {
        "dossier": dossier, "late_unit": begun.late_unit, "new_due_on": begun.new_due_on,
        "reason": "cần xác minh thêm kết quả thử nghiệm tại tổ chức thử nghiệm.",
    }  # fmt: skip
    operations.draft_extension(**words, actor=appraiser, at=at)
    if world.chance.random() < 0.7 and at + timedelta(minutes=40) < world.now:
        at += timedelta(minutes=40)
        operations.sign_extension(**words, actor=world.officer("lanhdao"), at=at)
    return at


def _basis(version: ProcedureVersion) -> str:
    basis = version.definition.record.legal_basis
    return basis[0].citation if basis else "Nghị định số 118/2025/NĐ-CP"


def _draft(
    world: World, version: ProcedureVersion, example: dict[str, Any], party: dict[str, str], citizen: Actor, at: datetime
) -> Dossier:
    record = version.definition.record
    days = (at.astimezone(HANOI).date() - example.get("today", date(2026, 11, 23))).days
    dossier = operations.start_draft(
        version=version,
        agency=world.agencies[record.agencies.implementing[0]],
        reception=world.agencies[record.agencies.reception or "H34.01"],
        actor=citizen,
        at=at,
        submitter=party,
        answers={},
    )
    operations.save_answers(dossier=dossier, values=_shifted(example["answers"], days), actor=citizen, at=at)
    delivery = world.chance.choice(list(Dossier.Delivery))
    operations.choose_delivery(dossier=dossier, delivery=delivery, address=party["address"], actor=citizen, at=at)
    dossier.refresh_from_db()
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            _attach(world, dossier, paper.component.id, citizen, at)
    return dossier


def _attach(world: World, dossier: Dossier, component_id: str, citizen: Actor, at: datetime) -> None:
    component = dossier.definition.component(component_id)
    document = operations.attach(
        dossier=dossier,
        component_id=component_id,
        stream=BytesIO(world.papers[component.name] + f"\n%{world.chance.random()}".encode()),  # no two are the same
        name=f"{component.base_id.replace('_', '-')}.pdf",
        actor=citizen,
        at=at,
        findings=_some_fault(world),
    )
    if component.max_age_months or component.min_validity_days:
        day = at.astimezone(HANOI).date()
        issued_on, valid_until = day - timedelta(days=20), day + timedelta(days=345)
        operations.date_paper(document=document, issued_on=issued_on, valid_until=valid_until, actor=citizen, at=at)


def _talk(world: World, dossier: Dossier, appraiser: User, at: datetime) -> None:
    """Now and then the head says something to the appraiser, and he shows it to the counter; some dossiers go together."""
    chance = random.Random(dossier.pk)  # noqa: S311 - a story, which its other chances do not notice
    if chance.random() < 0.3:
        text = f"Nhờ @{appraiser.full_name} xem kỹ phần thông tin cơ sở, năm ngoái đơn vị này từng phải bổ sung."
        notes.write_note(dossier=dossier, text=text, actor=world.officer("phong"), at=at)
    if chance.random() < 0.15:
        text = f"@{world.staff['tiepnhan'].full_name}: bản giấy có ở bộ phận một cửa không?"
        notes.write_note(dossier=dossier, text=text, actor=actor_of(appraiser), at=at)
    same = Dossier.objects.filter(owner_name=dossier.owner_name, agency=dossier.agency, code__isnull=False)
    other = same.exclude(pk=dossier.pk).first()
    if other is not None and chance.random() < 0.2:
        linking.link(dossier=dossier, other=other, note="Cùng chủ hồ sơ", actor=world.officer("phong"), at=at)


def _answer(world: World, dossier: Dossier, at: datetime) -> Iterator[datetime]:
    """Let the units that are asked say what they think; some of those who need not never do."""
    chance = world.chance
    for asked in list(dossier.consultations.open().select_related("agency")):
        if not asked.required and chance.random() < 0.2:
            continue
        yield (at := _later(world, at, 4, 30))
        logins = [login for _agency, login in _CONSULTED if asked.agency.code == _agency]
        opinion = chance.choices(list(_OPINIONS), [8, 2, 1])[0]
        operations.give_opinion(
            consultation=asked, opinion=opinion, text=chance.choice(_OPINIONS[opinion]), actor=world.officer(*logins), at=at
        )


def _some_fault(world: World) -> paper_check.Findings:
    """What a look at the paper found: made up as the paper is, and mostly nothing."""
    return [{"kind": world.chance.choice(_FAULTS), "pages": [1]}] if world.chance.random() < 0.06 else []


def _ask(world: World, dossier: Dossier, officer: Actor, at: datetime) -> None:
    stands = notices.standing(dossier, notices.items_of(dossier))  # told to be good before: not asked for again
    brought = [
        one for one in dict.fromkeys(dossier.documents.values_list("component_id", flat=True)) if f"giay-{one}" not in stands
    ]
    names = {one: dossier.definition.component(one).name for one in brought}
    asked = world.chance.choices(brought[:3] or [""], [8, 2, 1][: len(brought) or 1])  # mostly the same papers lead to questions
    if not any(asked):
        asked = [""]
    operations.ask_supplement(
        dossier=dossier,
        items=[
            {"component_id": one, "name": names.get(one, "Tờ khai"), "reason": _reason(world, one)} for one in asked
        ],
        basis=_basis(dossier.procedure_version),
        note="",
        actor=officer,
        at=at,
    )


def _reason(world: World, component_id: str) -> str:
    """Why this paper is asked for again: each has its own common fault."""
    common = _REASONS[sum(map(ord, component_id.partition(".")[0])) % len(_REASONS)]
    return common if world.chance.random() < 0.85 else world.chance.choice(_REASONS)


def _bring(world: World, dossier: Dossier, citizen: Actor, at: datetime) -> None:
    request = dossier.supplements.get(closed_at=None)
    dossier.refresh_from_db()
    for item in request.items:
        if item["component_id"]:
            _attach(world, dossier, item["component_id"], citizen, at)
    operations.supplement(dossier=dossier, note="Đã bổ sung theo yêu cầu.", actor=citizen, at=at)


def _pay(world: World, dossier: Dossier, citizen: Actor, at: datetime) -> Iterator[datetime]:
    """Pay what is owed, now and then after a first attempt that fails."""
    for charge in Charge.objects.about(dossier.subject).owed():
        outcomes = [Outcome.CANCELLED, Outcome.PAID] if world.chance.random() < 0.1 else [Outcome.PAID]
        for outcome in outcomes:
            payment = payments.start_payment(
                charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url="http://127.0.0.1/",
                actor=citizen, at=at,
            )  # fmt: skip
            report = Report(
                payment_code=payment.code,
                outcome=outcome,
                amount_vnd=payment.amount_vnd,
                gateway_reference=f"{14_000_000 + payment.pk}",
                bank_code="NCB",
                response_code="00" if outcome is Outcome.PAID else "24",
            )
            gateway = Actor.system("vnpay")
            payments.settle(report=report, gateway="vnpay", actor=gateway, at=at + timedelta(minutes=2))
            payment.refresh_from_db()
            if outcome is Outcome.PAID:
                receipts.issue(payment=payment, actor=gateway, at=at + timedelta(minutes=2))
            yield at + timedelta(minutes=4)
    if dossier.accepted_at:
        operations.note_payment(dossier=dossier, actor=Actor.system("note_payment"), at=at + timedelta(minutes=4))
