"""The catalogue from the command line: check, compare, try out, bring in, take out.

It lives with the dossiers because a rehearsal replays them.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from motcua.agencies.models import Agency
from motcua.dossiers.rehearsal import dossiers_of, rehearse, report
from motcua.foundation import vietnamese
from motcua.foundation.actor import Actor
from motcua.foundation.shown import moment
from motcua.foundation.time import HANOI, now
from motcua.foundation.working_calendar import Calendar, office_calendar
from motcua.procedures import national, operations, schema, words
from motcua.procedures.definition import FORMAT, Definition, package_folders, read_folder, template_path
from motcua.procedures.differences import differences, grouped
from motcua.procedures.examples import examples_of, read_answers, run_examples
from motcua.procedures.models import Procedure, ProcedureVersion
from motcua.procedures.parts import Channel
from motcua.procedures.simulation import Simulation, simulate, simulations
from motcua.procedures.ways import Route
from motcua.procedures.writing import write_folder

_PATHS = {"metavar": "PATH", "type": Path, "help": "A procedure's folder or one above (procedures/)."}
_VERSION = "A folder, NUMBER (its current version) or NUMBER@VERSION."


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Check, compare, try out, import and export the procedures of the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(_HELP))
        add = {name: commands.add_parser(name, help=text, description=text) for name, text in _HELP.items()}
        for name in ("check", "import", "test", "migrate"):
            add[name].add_argument("paths", nargs="*", **_PATHS)  # type: ignore[arg-type]
        add["export"].add_argument("numbers", nargs="*", metavar="NUMBER", help="All procedures when none is named.")
        add["export"].add_argument("--to", type=Path, default=Path("procedures-export"), metavar="DIR")
        add["diff"].add_argument("old", metavar="OLD", help=_VERSION)
        add["diff"].add_argument("new", metavar="NEW", help=_VERSION)
        add["simulate"].add_argument("path", metavar="PATH", help=_VERSION)
        add["simulate"].add_argument("--answers", type=Path, metavar="FILE", help="YAML: field ids and answers.")
        add["simulate"].add_argument("--channel", choices=sorted(words.values(Channel, "channel")), default="online")
        add["simulate"].add_argument(
            "--at", type=_moment, metavar="MOMENT", help="When the time limit begins: 2026-11-24T09:00."
        )
        add["rehearse"].add_argument("path", metavar="NEW", help=_VERSION)
        add["import-national"].add_argument("file", type=Path, metavar="FILE", help="JSON of the national database.")
        add["import-national"].add_argument("--to", type=Path, default=Path("procedures-national"), metavar="DIR")
        add["schema"].add_argument("--to", type=Path, metavar="DIR", help="Write them there instead of printing them.")

    def handle(self, *, command: str, **options: Any) -> None:
        names = ("paths", "numbers", "to", "old", "new", "path", "answers", "channel", "at", "file")
        run: Callable[..., None] = getattr(self, f"_{command.replace('-', '_')}")
        run(**{name: options[name] for name in names if name in options})

    # Folders ------------------------------------------------------------------------------------------------

    def _check(self, paths: list[Path]) -> None:
        count = mistakes_count = 0
        for folder in _bar(_folders(paths)):
            definition, mistakes = read_folder(folder)
            if definition is not None:
                mistakes = run_examples(definition)
            count += 1
            mistakes_count += len(mistakes)
            for mistake in mistakes:
                self.stdout.write(f"{folder}/{mistake}")
        self._end(f"{count} procedures, {mistakes_count} mistakes.", failed=mistakes_count > 0)

    def _test(self, paths: list[Path]) -> None:
        """Run the examples and say of each how it went."""
        good = bad = 0
        for folder in _folders(paths):
            definition = self._read(folder)
            mistakes = run_examples(definition)
            failing = {mistake.file for mistake in mistakes}
            for name in sorted(definition.tests):
                only = [example.name for example, _answers in examples_of(_with_tests(definition, name))]
                state = "không đạt" if f"tests/{name}" in failing else "đạt"
                self.stdout.write(f"{folder.name}/tests/{name}: {', '.join(only) or '–'}: {state}")
            for mistake in mistakes:
                self.stdout.write(f"  {folder}/{mistake}")
            good += len(definition.tests) - len(failing)
            bad += len(failing)
        self._end(f"{good + bad} tệp ví dụ: {good} đạt, {bad} không đạt.", failed=bad > 0)

    def _migrate(self, paths: list[Path]) -> None:
        """Rewrite folders of older formats in today's; what is of today's format stays as it is, to the letter."""
        changed = 0
        for folder in _bar(_folders(paths)):
            text = (folder / "procedure.yaml").read_text(encoding="utf-8-sig", errors="replace")
            if f"format: {FORMAT}\n" in text.replace("\r", ""):
                continue
            definition = self._read(folder)
            write_folder(definition, folder, _template_bytes(folder, definition))
            changed += 1
            self.stdout.write(f"{folder}: format {FORMAT}")
        self.stdout.write(f"{changed} folders rewritten.")

    def _schema(self, to: Path | None) -> None:
        for name, text in schema.schema_files().items():
            if to is None:
                self.stdout.write(text)
            else:
                to.mkdir(parents=True, exist_ok=True)
                (to / name).write_text(text, encoding="utf-8")
                self.stdout.write(f"{to / name}")

    def _import_national(self, file: Path, to: Path) -> None:
        try:
            content = json.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file}: không đọc được tệp ({error.strerror}).", returncode=1) from error
        except (ValueError, RecursionError) as error:
            raise CommandError(f"{file}: không phải là tệp JSON dạng UTF-8.", returncode=1) from error
        made = 0
        problems = []
        for found in _bar(national.from_national(content)):
            if found.definition is None:
                problems.append(f"{found.name or '?'}: {found.problem}")
                continue
            folder = to / found.definition.number
            if folder.exists():
                problems.append(f"{folder}: thư mục đã có, không ghi đè.")
                continue
            write_folder(found.definition, folder, {})
            made += 1
            marks = len(found.definition.record.unverified)
            self.stdout.write(f"{folder}: {found.name} ({marks} mục cần đối chiếu)")
        for problem in problems:
            self.stdout.write(problem)
        self._end(f"{made} thư mục được tạo; {len(problems)} thủ tục không tạo được.", failed=bool(problems))

    # The catalogue ------------------------------------------------------------------------------------------

    def _import(self, paths: list[Path]) -> None:
        paths = paths or [settings.ROOT / "procedures"]
        actor, folders = Actor.system("import_procedures"), _folders(paths, prepared=False)
        new, bad, waits = 0, [], []
        for folder in _bar(folders):
            try:
                imported = operations.import_folder(folder=folder, actor=actor, at=now())
                new += imported.is_new
                waits += [one for one in [operations.waiting(imported.version.procedure)] if one and imported.is_new]
            except operations.BadPackage as refusal:
                bad += [f"{folder}/{mistake}" for mistake in refusal.mistakes]
        for place in {place for path in paths for place in (path, path.parent)}:
            if (place / "synonyms.yaml").is_file():
                added = operations.seed_synonyms(path=place / "synonyms.yaml", actor=actor, at=now())
                self.stdout.write(f"{added} synonyms added.")
        self.stdout.write(f"{len(folders)} procedures read, {new} new versions.")
        for one in waits:
            self.stdout.write(
                f"{one.procedure.number}: phiên bản {one.version.version} đã duyệt từ trước sẽ thay bản vừa nạp từ ngày "
                f"{one.takes_effect_on:%d/%m/%Y}; nếu không muốn, vui lòng hủy việc áp dụng trong trang quản trị."
            )
        if bad:
            raise CommandError("\n".join(["Not imported:", *bad]), returncode=1)

    def _export(self, numbers: list[str], to: Path) -> None:
        procedures = Procedure.objects.published().select_related("current").order_by("number")
        if numbers:
            procedures = procedures.filter(number__in=numbers)
            unknown = set(numbers) - set(procedures.values_list("number", flat=True))
            if unknown:
                raise CommandError(f"Danh mục không có thủ tục {', '.join(sorted(unknown))}.", returncode=1)
        count = procedures.count()
        for procedure in _bar(procedures.iterator(chunk_size=100), count):
            assert procedure.current is not None
            definition = procedure.current.definition
            files = operations.template_files(definition)
            templates = {name: file.open().read() for name, file in files.items()}
            write_folder(definition, to / procedure.number, templates)
        self.stdout.write(f"{count} thủ tục được ghi vào {to}.")

    def _diff(self, old: str, new: str) -> None:
        found = differences(self._definition(old), self._definition(new))
        for part, group in grouped(found):
            self.stdout.write(f"{part}")
            for difference in group:
                self.stdout.write(f"  – {difference}")
        self.stdout.write("Hai bản giống nhau." if not found else f"{len(found)} điểm khác nhau.")

    def _simulate(self, path: str, answers: Path | None, channel: str, at: datetime | None) -> None:
        definition = self._definition(path)
        at, calendar = at or now(), _calendar(definition)
        if answers is None:
            found = simulations(definition, at=at, calendar=calendar)
        else:
            try:
                text = answers.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{answers}: không đọc được tệp dạng UTF-8.", returncode=1) from error
            given, mistakes = read_answers(text, definition, str(answers))
            if mistakes:
                raise CommandError("\n".join(map(str, mistakes)), returncode=1)
            found = [
                simulate(definition, given, at=at, calendar=calendar, channel=channel, name=answers.stem)
            ]
        self.stdout.write(f"{definition.number} {definition.name}")
        for one in found:
            for line in _simulation_lines(one):
                self.stdout.write(line)
        slow = sum(1 for one in found for route in one.routes if route.is_too_long)
        self.stdout.write(f"{len(found)} hồ sơ giả định, {slow} đường đi dài hơn thời hạn.")

    def _rehearse(self, path: str) -> None:
        definition, at = self._definition(path), now()
        total = sum(group.count() for group in dossiers_of(definition.number, at))
        with tqdm(total=total, unit="hồ sơ", disable=None) as bar:
            found = rehearse(definition, at=at, each=bar.update)
        for line in report(found):
            self.stdout.write(line)

    # What all need ------------------------------------------------------------------------------------------

    def _definition(self, named: str) -> Definition:
        """The definition of a folder, of a procedure's current version, or of one of its versions."""
        if (Path(named) / "procedure.yaml").is_file():
            return self._read(Path(named))
        number, _at, version = named.partition("@")
        versions = ProcedureVersion.objects.filter(procedure__number=number)
        found = versions.filter(version=int(version)) if version.isdecimal() and len(version) < 9 else versions.none()
        try:
            row = (found if version else versions.filter(current_for__isnull=False)).first()
        except DatabaseError as error:
            raise CommandError(
                f"«{named}» không phải là thư mục có procedure.yaml, và không đọc được danh mục: cơ sở dữ liệu không "
                "chạy hoặc chưa được tạo.",
                returncode=1,
            ) from error
        if row is None:
            raise CommandError(
                f"«{named}» không phải là thư mục có procedure.yaml, cũng không phải là mã thủ tục (hoặc MÃ@BẢN) "
                "trong danh mục.",
                returncode=1,
            )
        return row.definition

    def _read(self, folder: Path) -> Definition:
        definition, mistakes = read_folder(folder)
        if definition is None:
            lines = [f"{folder}/{mistake}" for mistake in mistakes]
            raise CommandError("\n".join([*lines, f"Thư mục {folder} có {len(lines)} lỗi."]), returncode=1)
        return definition

    def _end(self, summary: str, *, failed: bool) -> None:
        if failed:
            raise CommandError(summary, returncode=1)
        self.stdout.write(summary)


_HELP = {
    "check": "Say every mistake, with file and line. Ends with 1 when there is any.",
    "test": "Run the examples of the folders and say of each how it went. Ends with 1 when one fails.",
    "diff": "Say what is different between two versions, in words.",
    "simulate": "Walk made-up dossiers through every outcome: papers, fees, deadline, ways, working hours.",
    "rehearse": "Replay drafts and dossiers under a new version: who would be asked for more, what moves.",
    "import": "Make the folders the current versions; what has not changed stays.",
    "export": "Write current versions as folders.",
    "import-national": "Make folders to complete from the national database's transfer format.",
    "migrate": "Rewrite folders of older formats in today's.",
    "schema": "The format as JSON Schema, for editors.",
}


def _folders(paths: Sequence[Path], *, prepared: bool = True) -> list[Path]:
    """Every procedure's folder at the paths or below, once; of later versions only what `prepared` or a path says.

    Raises CommandError for a path without any.
    """
    paths = paths or [settings.ROOT / "procedures"]
    for path in paths:
        if not package_folders(path, prepared=prepared):
            raise CommandError(f"{path}: no procedure.yaml here or below.")
    return list(dict.fromkeys(folder for path in paths for folder in package_folders(path, prepared=prepared)))


def _bar(things: Any, total: int | None = None) -> Any:
    return tqdm(things, total=total, unit="procedure", disable=None, file=sys.stderr)


def _with_tests(definition: Definition, name: str) -> Definition:
    """The definition with only one file of examples."""
    return Definition(
        definition.record, definition.form, definition.fees, definition.process, tests={name: definition.tests[name]}
    )


def _template_bytes(folder: Path, definition: Definition) -> dict[str, bytes]:
    return {name: template_path(folder, name).read_bytes() for name in definition.templates}


def _calendar(definition: Definition) -> Calendar:
    """The calendar of who settles; the common office week where that agency is not known here."""
    codes = definition.record.agencies.implementing
    try:
        agency = Agency.objects.filter(code__in=codes).select_related("calendar").order_by("code").first()
    except DatabaseError:  # not migrated yet: folders can be tried out all the same
        agency = None
    return agency.calendar.calendar if agency else office_calendar()


def _moment(text: str) -> datetime:
    """Read a moment in Hanoi. Raises ValueError, which the parser tells."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


def _simulation_lines(one: Simulation) -> Iterator[str]:
    yield ""
    channel = words.value(Channel, "channel", one.channel)
    yield f"Hồ sơ giả định: {one.name} (nộp {channel.lower()})"
    if one.scenario:
        yield f"  Trường hợp: {one.scenario.name}"
    if one.problems:
        yield f"  Còn {len(one.problems)} câu trả lời thiếu hoặc chưa đúng trong tờ khai"
    yield "  Thành phần hồ sơ:"
    for component in one.components:
        note = " (hệ thống lập từ tờ khai)" if component.form else "" if component.required else " (nếu có)"
        yield f"    – {component.name}{note}"
    yield "  Phí, lệ phí:" if one.fees else "  Phí, lệ phí: không có"
    for line in one.fees:
        relief = f" ({', '.join(line.reliefs)})" if line.reliefs else ""
        yield f"    – {line.name}: {vietnamese.money(line.amount_vnd)}{relief}"
    if one.fee_problem:
        yield f"    – {one.fee_problem}"
    elif len(one.fees) > 1:
        yield f"    Tổng cộng: {vietnamese.money(one.total_vnd or 0)}"
    if one.limit and one.due_at:
        yield f"  Thời hạn: {one.limit}, bắt đầu {moment(one.starts_at)}, hết hạn {moment(one.due_at)}"
    else:
        yield "  Thời hạn: không có"
    for route in one.routes:
        yield from _route_lines(route)


def _route_lines(route: Route) -> Iterator[str]:
    title = "Đường đi thường lệ"
    if route.unusual:
        title = f"Khi bước «{route.unusual.step.name}» kết thúc bằng «{route.unusual.outcome.name}»"
    allowed = "" if route.allowed is None else f" trong {vietnamese.number(round(route.allowed, 1))}"
    late = ", DÀI HƠN THỜI HẠN" if route.is_too_long else ""
    yield f"  {title}: {route.hours}{allowed} giờ làm việc{late}"
    yield f"    {' → '.join([step.name for step in route.steps] + (['kết thúc'] if route.ends else ['…']))}"
