"""A province at its full size: some hundred units, thousands of officers, and as many accounts as there is need for."""

import random
from collections import defaultdict
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from motcua.accounts.models import Person, User
from motcua.agencies import operations as agencies
from motcua.agencies.models import Agency, Officer, Role
from motcua.demo import people
from motcua.foundation import places
from motcua.foundation.actor import Actor

_PROVINCE = "51"  # Quảng Ngãi, which the demonstration's province is a part of since 1/7/2025
_ROLES = [
    (Role.RECEIVER, 5), (Role.RETURNER, 2), (Role.CASHIER, 1), (Role.HEAD, 3), (Role.APPRAISER, 13), (Role.LEADER, 2), (Role.CLERK, 2),
]  # fmt: skip
_TITLES = {Role.HEAD: "Trưởng phòng", Role.LEADER: "Phó Thủ trưởng", Role.CLERK: "Văn thư", Role.CASHIER: "Kế toán viên"}


def fill_units(found: dict[str, Agency], actor: Actor, at: datetime) -> list[Agency]:
    """Make sure of a hundred units that settle dossiers; returns them, the largest first."""
    offices = found["H34.12"].calendar
    for number, commune in enumerate(places.communes(_PROVINCE), start=44):
        code = f"H34.{number}"
        if code not in found:
            found[code] = agencies.write_agency(
                code=code,
                values={"name": f"Ủy ban nhân dân {commune.name}", "short_name": f"UBND {commune.name}", "kind": "commune"},
                parent=found["H34"], calendar=offices, actor=actor, at=at,
            )  # fmt: skip
    settling = [one for one in found.values() if one.kind in (Agency.Kind.DEPARTMENT, Agency.Kind.COMMUNE)]
    return sorted(settling, key=lambda one: (one.code != "H34.12", one.kind != Agency.Kind.DEPARTMENT, one.code))


@transaction.atomic
def fill_offices(units: list[Agency], counter: Agency, officers: int) -> None:
    """Hire until there are so many officers, in every role of every unit; none of these can log in.

    They are rows without events: a bulk path, for size alone.
    """
    missing = officers - Officer.objects.values("user").distinct().count()
    if missing <= 0:
        return
    chance = random.Random(3000)  # noqa: S311 - names, no secret
    names = people.citizens(chance)
    cycle = [role for round_ in range(13) for role, times in _ROLES if times > round_]  # one of each first
    places_of_work = [counter, *units]
    made, offices = [], []
    for serial in range(missing):
        turn, place = divmod(serial, len(places_of_work))
        unit, role = places_of_work[place], cycle[turn % len(cycle)]
        login = f"cb{serial:05}@motcua.example"
        name = next(names)["name"]
        made.append(User(username=login, email=login, full_name=name, kind=User.Kind.OFFICER, password=_NOBODY))
        offices.append((unit.pk, role))
    _bulk_users(made)
    Officer.objects.bulk_create(
        [
            Officer(user=user, agency_id=unit, role=role, title=_TITLES.get(role, "Chuyên viên"))
            for user, (unit, role) in zip(made, offices, strict=True)
        ],
        batch_size=1000,
    )


@transaction.atomic
def fill_accounts(count: int) -> list[tuple[int, dict[str, str]]]:
    """So many citizens' accounts, each with its key and what it says of its owner."""
    chance = random.Random(62)  # noqa: S311
    persons = [person for person, _ in zip(people.citizens(chance), range(count), strict=False)]
    known = dict(
        User.objects.filter(username__in=[one["citizen_number"] for one in persons]).values_list("username", "pk")
    )
    made = [
        User(username=one["citizen_number"], email=f"{one['citizen_number']}@hopthu.example", full_name=one["name"], password=_NOBODY)
        for one in persons
        if one["citizen_number"] not in known
    ]
    _bulk_users(made)
    known |= {one.username: one.pk for one in made}
    details = {one["citizen_number"]: one for one in persons}
    Person.objects.bulk_create(
        [
            Person(
                user=one, citizen_number=one.username, phone=details[one.username]["phone"],
                permanent_address=details[one.username]["address"],
            )
            for one in made
        ],
        batch_size=1000,
    )  # fmt: skip
    return [(known[one["citizen_number"]], one) for one in persons]


_NOBODY = make_password(None)


def _bulk_users(made: list[User]) -> None:
    from motcua.foundation.vietnamese import person_sort_key

    for user in made:
        user.sort_key = person_sort_key(user.full_name)[:400]
    User.objects.bulk_create(made, batch_size=1000)


def officers_by_role(units: list[Agency]) -> dict[tuple[int, str], list[tuple[int, str]]]:
    """Who works in which role of which unit: keys and names."""
    found: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    rows = Officer.objects.filter(user__is_active=True).order_by("pk")
    for unit, role, pk, name in rows.values_list("agency_id", "role", "user_id", "user__full_name"):
        found[unit, role].append((pk, name))
    return found
