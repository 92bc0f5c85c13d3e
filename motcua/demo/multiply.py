"""A million dossiers: those that were lived through the operations, copied under other names, units, officers and weeks.

Each lived dossier becomes a template: its rows, as the database writes them out, with gaps where a copy differs. A copy
fills the gaps and goes in by COPY, with the links of its events computed here as the database would. What belongs to
money is left out (charges, payments, receipts), and papers are rows without a drawn file, as those of any dossier are
until somebody asks for them. The work is done in batches, each in a transaction of its own: broken off, it goes on
where it stopped.
"""

import hashlib
import json
import random
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from motcua.accounts.models import User
from motcua.agencies.models import Agency, Officer, Role
from motcua.demo import crowd
from motcua.dossiers import models as tables
from motcua.dossiers.models import Dossier
from motcua.dossiers.searching import WEEK, words_of
from motcua.dossiers.states import ENDED, State
from motcua.foundation.models import Counter, Event
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import fold
from motcua.papers.models import ALPHABET, Paper, Signature
from motcua.procedures.models import ProcedureVersion

BATCH = 2_000  # copies written in one transaction
WEEKS = 104  # how far back the copies of what has ended lie
OPEN_SHARE = 0.06
_SCOPE = "demo-data copies"
_LEFT_OUT = {"BulkItem", "HandoverLine", "DossierLink", "Mention", "Upload", "Presence", "Seen", "Override"}
_MONEY = ("payment.", "receipt.", "charge.")
_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d(?::\d\d)?)"
_LARGE = 0.2  # of all copies go to the largest unit
Key = tuple[Any, ...]
_PERSONAL = ("name", "citizen_number", "tax_code", "phone", "address")


@dataclass(slots=True)
class Row:
    """One row of a template: text with gaps, and what fills them. An event also has the text that its link is made of."""

    table: str
    text: str
    keys: list[Key]
    hashed: str = ""
    hashed_keys: list[Key] = field(default_factory=list)


@dataclass
class Template:
    """A lived dossier, ready to be copied."""

    rows: list[Row]
    agency: int
    reception: int
    is_open: bool
    submitted_at: datetime
    officers: dict[int, tuple[str, str]]  # those who acted, by key: their role, and whether of the agency or the reception
    is_organisation: bool
    parties: tuple[str, list[Key]]  # what the digest of the people is made of
    digests: list[tuple[str, list[Key]]]  # and those of its papers
    version: ProcedureVersion
    seen_by: list[int]

    @cached_property
    def keys(self) -> list[Key]:
        return list(dict.fromkeys(key for row in self.rows for key in (*row.keys, *row.hashed_keys)))


def multiply(*, units: list[Agency], counter: Agency, wanted: int, tick: Callable[[int], object]) -> None:
    """Copy lived dossiers until `wanted` are filed in all; `tick` is told how many there are, time and again."""
    there = Dossier.objects.exclude(state=State.DRAFT).count()
    tick(there)
    if there >= wanted:
        return
    accounts = crowd.fill_accounts(min(20_000, max(200, wanted // 20)))
    writer = _Writer(units, counter, read_templates(), accounts, seed=there)
    while there < wanted:
        count = min(BATCH, wanted - there)
        writer.write(count)
        there += count
        tick(count)


# Templates --------------------------------------------------------------------------------------------------


def read_templates() -> list[Template]:
    """Every filed dossier that was lived through the operations and hangs on no other."""
    newest = Dossier.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mark, _made = Counter.objects.get_or_create(scope=_SCOPE, defaults={"last": newest})  # copies have later keys
    lived = Dossier.objects.exclude(state=State.DRAFT).filter(parent=None, children=None, on_behalf=False, pk__lte=mark.last).select_related("procedure_version")
    offices = {
        user: (role, agency)
        for user, role, agency in Officer.objects.order_by("-pk").values_list("user_id", "role", "agency_id")
    }
    names = dict(User.objects.filter(pk__in=offices).values_list("pk", "full_name"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        return [_template(one, offices, names) for one in lived.order_by("pk")]


def _copied_models() -> list[type[Model]]:
    """The tables of the dossiers' room that hang on a dossier, each after those that it refers to."""
    found: list[type[Model]] = [Dossier]
    candidates = [
        one for one in (getattr(tables, name) for name in tables.__all__)
        if isinstance(one, type) and issubclass(one, Model) and one.__name__ not in _LEFT_OUT | {"Dossier"}
    ]  # fmt: skip
    while True:
        more = [
            one for one in candidates
            if one not in found
            and any(key.related_model in found for key in _references(one))
            and all(key.related_model in found or key.related_model not in candidates or key.null for key in _references(one))
        ]  # fmt: skip
        if not more:
            return found
        found += more


def _references(model: type[Model]) -> list[Any]:
    return [one for one in model._meta.concrete_fields if one.is_relation]


def _template(dossier: Dossier, offices: dict[int, tuple[str, int]], names: dict[int, str]) -> Template:
    keys_of: dict[type[Model], list[str]] = {Dossier: [str(dossier.pk)]}
    raw: list[tuple[type[Model], list[str]]] = []
    for model in _copied_models():
        if model is Dossier:
            condition = f'"id" = {dossier.pk}'
        else:
            path = next(one for one in _references(model) if one.related_model in keys_of)
            condition = f'"{path.column}" IN ({",".join(keys_of[path.related_model]) or "NULL"})'
        rows = _written_out(model, condition)
        keys_of[model] = [row[0] for row in rows]
        raw += [(model, row) for row in rows]
    papers = _written_out(Paper, f"subject = '{dossier.subject}'")
    raw += [(Paper, row) for row in papers]
    events = _written_out(Event, f"subject = '{dossier.subject}'")
    events = [row for row in events if not row[1].startswith(_MONEY)]
    named = {row[5] for row in events if row[4] == "officer"}.union(*(_users(model, row) for model, row in raw))
    acted = {int(pk): offices[int(pk)] for pk in sorted(named) if pk.isdigit() and int(pk) in offices}
    places = {dossier.agency_id: "agency", dossier.reception_id: "reception"}
    officers = {pk: (role, places[agency]) for pk, (role, agency) in acted.items() if agency in places}
    reader = _Reader(dossier, keys_of, {pk: names[pk] for pk in officers}, papers)
    return Template(
        rows=[*(reader.row(model, row) for model, row in raw), *(reader.event(row) for row in events)],
        agency=dossier.agency_id,
        reception=dossier.reception_id,
        is_open=dossier.state not in ENDED,
        submitted_at=dossier.submitted_at or dossier.saved_at,
        officers=officers,
        is_organisation=bool(dossier.submitter.get("tax_code")),
        parties=reader.canonical(
            [dossier.submitter, dossier.owner, dossier.on_behalf, dossier.delivery, dossier.delivery_address]
        ),
        digests=[reader.canonical(one.data) for one in Paper.objects.about(dossier.subject).order_by("id")],
        version=dossier.procedure_version,
        seen_by=dossier.also_seen_by,
    )  # fmt: skip


def _users(model: type[Model], row: Sequence[str]) -> set[str]:
    """The keys of the accounts that a row refers to."""
    columns = zip(model._meta.concrete_fields, row, strict=True)
    return {value for column, value in columns if column.is_relation and column.related_model is User}


def _written_out(model: type[Model], condition: str) -> list[list[str]]:
    columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields)
    query = f'COPY (SELECT {columns} FROM "{model._meta.db_table}" WHERE {condition} ORDER BY 1) TO STDOUT'  # noqa: S608
    with connection.cursor() as cursor, cursor.cursor.copy(query) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    return [line.split("\t") for line in text.splitlines()]


class _Reader:
    """Turns the rows of one dossier into text with gaps."""

    def __init__(
        self, dossier: Dossier, keys_of: dict[type[Model], list[str]], officers: dict[int, str], papers: list[list[str]]
    ) -> None:
        self.keys_of, self.officers = keys_of, officers
        self.papers = {row[0]: place for place, row in enumerate(papers)}
        self.dossier = dossier
        literals: dict[str, Key] = {dossier.subject: ("subject",), dossier.code or "?": ("code",)}
        for key in _PERSONAL:
            value, part = str(dossier.submitter.get(key) or ""), "identity" if key in ("citizen_number", "tax_code") else key
            if len(value) > 6:
                literals[value] = (part,)
        if len(dossier.owner_name) > 6:
            literals[dossier.owner_name] = ("name",)
        literals |= {name: ("officer name", pk) for pk, name in officers.items()}
        literals |= {pk: ("paper", place) for pk, place in self.papers.items()}
        literals |= {f'"{pk}": "': ("file", pk) for pk in keys_of.get(tables.Document, [])}
        check_code = [one.name for one in Paper._meta.concrete_fields].index("check_code")
        for one in tables.Result.objects.filter(dossier=dossier).exclude(number=""):
            literals[one.number] = ("number", one.number.partition("/")[2], one.issued_at)
        literals |= {row[check_code]: ("check", place) for place, row in enumerate(papers)}
        self.literals = literals
        some = sorted(map(re.escape, literals), key=len, reverse=True)
        self.pattern = re.compile("|".join([rf"(?<![\d-]){_MOMENT}", *some]))

    def row(self, model: type[Model], values: list[str]) -> Row:
        text, keys = self._filled(
            [self._column(model, one, value) for one, value in zip(model._meta.concrete_fields, values, strict=True)]
        )
        return Row(model._meta.db_table, text, keys)

    def canonical(self, content: Any) -> tuple[str, list[Key]]:
        """The text that a digest of this content is made of, as `foundation.chain.digest` writes it."""
        return self._joined(self._text(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))))

    def event(self, values: list[str]) -> Row:
        by_name = dict(zip([one.name for one in Event._meta.concrete_fields], values, strict=True))
        data = by_name["data"]
        is_officer = by_name["actor_kind"] == "officer" and by_name["actor_id"].isdigit() and int(by_name["actor_id"]) in self.officers
        actor_id: list[Any] = [("officer", int(by_name["actor_id"]))] if is_officer else [by_name["actor_id"]]
        if by_name["actor_kind"] == "citizen":
            actor_id = [("applicant",)]
        name = self._text(by_name["actor_name"])
        happened = datetime.fromisoformat(by_name["occurred_at"])
        sealed = self._sealed(data)
        columns: list[list[Any]] = [
            [("pk", "event")], [by_name["type"]], [("subject",)], [("moment", happened, "sql")], [by_name["actor_kind"]],
            actor_id, name, sealed,
        ]  # fmt: skip
        text, keys = self._filled(columns)
        body: list[Any] = [f'["{by_name["type"]}", "', ("subject",), '", "', ("moment", happened, "hash"), f'", "{by_name["actor_kind"]}", "', *actor_id, '", "', *name, '", ']
        body += [one.replace("\\\\", "\\") if isinstance(one, str) else one for one in sealed] + ["]"]
        hashed, hashed_keys = self._joined(body)
        return Row("foundation_event", text, keys, hashed, hashed_keys)

    def _sealed(self, data: str) -> list[Any]:
        """The event's data; the digests of people and of papers are made anew for each copy."""
        pieces: list[Any] = []
        for piece in re.split(r'("(?:parties|digest)": "[0-9a-f]{64}")', data):
            if piece.startswith('"parties": "') and len(piece) == 77:
                pieces += ['"parties": "', ("parties",), '"']
            elif piece.startswith('"digest": "') and len(piece) == 76:
                found = re.search(r'"paper": "([0-9a-f-]{36})"', data)
                pieces += ['"digest": "', ("digest", self.papers[found[1]]), '"'] if found and found[1] in self.papers else [piece]
            else:
                pieces += self._text(piece)
        return pieces

    def _column(self, model: type[Model], column: Any, value: str) -> list[Any]:
        kind = column.get_internal_type()
        if value == "\\N":
            return [value]
        if column.primary_key:
            return [("paper", self.papers[value])] if model is Paper else [("pk", model._meta.db_table, value)]
        if column.is_relation:
            return self._reference(column, value)
        if kind == "DateTimeField":
            return [("moment", datetime.fromisoformat(value), "sql")]
        if kind == "DateField":
            return [("moment", date.fromisoformat(value), "day")]
        if kind == "UUIDField":
            return [("uuid", model._meta.db_table, value)]
        if model is Dossier and column.name == "search":
            return [("search",)]
        if model is Dossier and column.name == "answers":
            return [value]
        if model is Paper and column.name == "once" and value:
            return ["copy:", ("uuid", "once", value)]
        if model is tables.Result and column.name == "year":
            return [next(key for key in self.literals.values() if key[0] == "number")[:1] + ("year",)]
        if model is tables.Result and column.name == "words":
            return [("words",)]
        if column.name == "lookup_secret":
            return [("secret",)]
        return self._text(value)

    def _reference(self, column: Any, value: str) -> list[Any]:
        if column.related_model in self.keys_of:
            return [("pk", column.related_model._meta.db_table, value)]
        if column.related_model is Agency and int(value) == self.dossier.agency_id:
            return [("agency",)]
        if column.related_model is Agency and int(value) == self.dossier.reception_id:
            return [("reception",)]
        if column.related_model is User:
            if int(value) in self.officers:
                return [("officer", int(value))]
            if int(value) == self.dossier.applicant_id:
                return [("applicant",)]
        if column.related_model is Paper:
            return [("paper", self.papers[value])]
        if column.model is Paper or column.related_model is Signature:
            return ["\\N"]  # the drawn and signed file of the lived one
        return [value]

    def _text(self, value: str) -> list[Any]:
        pieces: list[Any] = []
        end = 0
        for found in self.pattern.finditer(value):
            pieces.append(value[end : found.start()])
            literal = self.literals.get(found[0])
            if literal:
                pieces += ['"', literal, '": "'] if literal[0] == "file" else [literal]
            else:
                style = "iso" if "T" in found[0] else "sql"
                pieces.append(("moment", datetime.fromisoformat(found[0]), style))
            end = found.end()
        return [*pieces, value[end:]]

    def _filled(self, columns: Iterable[list[Any]]) -> tuple[str, list[Key]]:
        pieces: list[Any] = []
        for place, column in enumerate(columns):
            pieces += (["\t"] if place else []) + column
        return self._joined(pieces)

    @staticmethod
    def _joined(pieces: Iterable[Any]) -> tuple[str, list[Key]]:
        text, keys = "", []
        for piece in pieces:
            if isinstance(piece, str):
                text += piece.replace("%", "%%")
            else:
                text += "%s"
                keys.append(piece)
        return text, keys


# Copies -----------------------------------------------------------------------------------------------------


class _Writer:
    """Fills templates and writes what comes out, a batch in a transaction."""

    def __init__(
        self, units: list[Agency], counter: Agency, templates: list[Template], accounts: list[tuple[int, dict[str, str]]], *, seed: int
    ) -> None:
        self.units, self.counter, self.accounts = units, counter, accounts
        self.chance = random.Random(seed)  # noqa: S311 - a story, no secret
        self.open = [one for one in templates if one.is_open]
        self.ended = [one for one in templates if not one.is_open]
        self.staff = crowd.officers_by_role([*units, counter])
        self.codes = dict(Counter.objects.filter(scope__regex="^(dossier|paper) H").values_list("scope", "last"))

    @transaction.atomic
    def write(self, count: int) -> None:
        chosen = [self.chance.choice(self.open if self.chance.random() < OPEN_SHARE else self.ended) for _ in range(count)]
        self._draw_keys(chosen)
        lines: dict[str, list[str]] = {Paper._meta.db_table: []}
        touched: set[str] = set()
        for template in chosen:
            self._copy(template, lines, touched)
        with connection.cursor() as cursor:
            _let_rows_in(cursor)
            for table, rows in lines.items():
                with cursor.cursor.copy(f'COPY "{table}" ({_columns(table)}) FROM STDIN') as copy:
                    copy.write("".join(rows))
            cursor.execute("ALTER TABLE foundation_event ENABLE TRIGGER foundation_event_chained")
        Counter.objects.bulk_create(
            [Counter(scope=scope, last=self.codes[scope]) for scope in sorted(touched)],
            update_conflicts=True, unique_fields=["scope"], update_fields=["last"],
        )  # fmt: skip

    def _draw_keys(self, chosen: Sequence[Template]) -> None:
        """Draw the keys of all rows of a batch from their sequences, in order."""
        wanted: dict[str, int] = defaultdict(int)
        for template in chosen:
            for row in template.rows:
                wanted[row.table] += 1
        self.keys: dict[str, Iterator[int]] = {}
        with connection.cursor() as cursor:
            for table, count in wanted.items():
                if table != Paper._meta.db_table:
                    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
                    self.keys[table] = iter(sorted(key for (key,) in cursor.fetchall()))

    def _copy(self, template: Template, lines: dict[str, list[str]], touched: set[str]) -> None:
        values = self._values(template, touched)
        link, length, subject = b"", 0, values["subject",]
        for row in template.rows:
            if row.table != "foundation_event":
                lines.setdefault(row.table, []).append(row.text % tuple(map(values.__getitem__, row.keys)) + "\n")
                continue
            values["pk", "event"] = str(next(self.keys["foundation_event"]))
            said = row.hashed % tuple(map(values.__getitem__, row.hashed_keys))
            link, length = hashlib.sha256(link + said.encode()).digest(), length + 1
            filled = row.text % tuple(map(values.__getitem__, row.keys))
            lines.setdefault(row.table, []).append(f"{filled}\t\\\\x{link.hex()}\n")
        lines.setdefault("foundation_eventchain", []).append(f"{subject}\t{length}\t\\\\x{link.hex()}\n")

    def _values(self, template: Template, touched: set[str]) -> dict[Key, str]:
        """What fills the gaps of one copy."""
        chance = self.chance
        unit = self.units[0] if chance.random() < _LARGE else chance.choice(self.units)
        reception = unit if unit.kind == Agency.Kind.COMMUNE else self.counter
        weeks = chance.choices([0, 1, 3], [92, 5, 3])[0] if template.is_open else chance.randrange(WEEKS)
        back = timedelta(weeks=weeks)
        account, person = chance.choice(self.accounts)
        day = (template.submitted_at - back).astimezone(HANOI).strftime("%y%m%d")
        scope = f"dossier {unit.code} {day}"
        number = self.codes[scope] = self.codes.get(scope, 0) + 1
        touched.add(scope)
        values: dict[Key, str] = {
            ("code",): f"{unit.code}-{day}-{number:04}", ("agency",): str(unit.pk), ("reception",): str(reception.pk),
            ("name",): person["name"], ("identity",): person["citizen_number"], ("phone",): person["phone"],
            ("address",): person["address"], ("applicant",): str(account), ("secret",): f"{chance.randrange(10**6):06}",
        }  # fmt: skip
        for pk, (role, place) in template.officers.items():
            found = self.staff.get((unit.pk if place == "agency" else reception.pk, role)) or self.staff[unit.pk, Role.APPRAISER]
            values["officer", pk], values["officer name", pk] = map(str, chance.choice(found))
        for key in (one for one in template.keys if one[0] == "number" and len(one) == 3):
            year = (key[2] - back).astimezone(HANOI).year
            scope = f"paper {unit.code} {key[1]} {year}"
            number = self.codes[scope] = self.codes.get(scope, 0) + 1
            touched.add(scope)
            values[key], values["number", "year"] = f"{number:02}/{key[1]}", str(year)
            values["words",] = _vector(fold(f"{values[key].replace('/', ' ')} {person['name']}"), [])
        values["search",] = _vector(
            words_of(Dossier(submitter=person, owner=person, procedure_version=template.version), values["code",]),
            [*(f"@{one}" for one in {unit.pk, reception.pk, *template.seen_by}),
             f"#{int((template.submitted_at - back).timestamp() // WEEK)}"],
        )  # fmt: skip
        for key in template.keys:
            if key not in values:
                self._fill(key, back, values)
        values["subject",] = f"dossier:{values['pk', Dossier._meta.db_table, template.rows[0].keys[0][2]]}"
        for at, (text, keys) in enumerate(template.digests):
            values["digest", at] = hashlib.sha256((text % tuple(map(values.__getitem__, keys))).encode()).hexdigest()
        text, keys = template.parties
        values["parties",] = hashlib.sha256((text % tuple(map(values.__getitem__, keys))).encode()).hexdigest()
        return values

    def _fill(self, key: Key, back: timedelta, values: dict[Key, str]) -> None:
        kind = key[0]
        if kind == "moment":
            values[key] = _STYLES[key[2]](key[1] - back)
        elif kind == "pk" and len(key) == 3:
            values[key] = str(next(self.keys[key[1]]))
        elif kind in ("uuid", "paper"):
            values[key] = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        elif kind == "check":
            letters = "".join(self.chance.choices(ALPHABET, k=12))
            values[key] = f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
        elif kind == "file":
            document = ("pk", tables.Document._meta.db_table, key[1])
            if document not in values:
                self._fill(document, back, values)
            values[key] = values[document]


def _vector(words: str, marks: Iterable[str]) -> str:
    """The words and marks as the database keeps them for searching."""
    return " ".join([*(f"'{word}':{place}" for place, word in enumerate(words.split(), 1)), *(f"'{one}'" for one in marks)])


_STYLES: dict[str, Callable[[Any], str]] = {
    "sql": lambda moment: moment.isoformat(" "),
    "iso": lambda moment: moment.isoformat(),
    "day": lambda day: day.isoformat(),
    "hash": lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
}


def _let_rows_in(cursor: Any) -> None:
    """Have the database take rows as they are, for the rest of the transaction: they refer to what is there."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off")
    else:
        cursor.execute("ALTER TABLE foundation_event DISABLE TRIGGER foundation_event_chained")


def _columns(table: str) -> str:
    if table == "foundation_eventchain":
        return "subject, length, head"
    models: list[type[Model]] = [Paper, Event, *_copied_models()]
    model = next(one for one in models if one._meta.db_table == table)
    return ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields)
