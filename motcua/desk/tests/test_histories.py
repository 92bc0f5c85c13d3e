"""Random acts of random people, one after the other: no dossier has a history that the law forbids.

MOTCUA_HISTORIES=300 plays more of them; MOTCUA_SEED=17 begins elsewhere.
"""

import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from motcua.accounts.models import User
from motcua.agencies import absences
from motcua.agencies.models import Role
from motcua.desk.tests.histories import Story, play
from motcua.desk.tests.law import numbers_have_gaps
from motcua.dossiers import operations
from motcua.dossiers.models import AssignmentRule, Dossier
from motcua.dossiers.tests.conftest import changed  # noqa: F401
from motcua.dossiers.tests.test_counter import entered
from motcua.foundation.time import HANOI, now
from tests.cast import MONDAY_9AM, complete_draft

HISTORIES = int(os.environ.get("MOTCUA_HISTORIES", "4"))
SEED = int(os.environ.get("MOTCUA_SEED", "1"))
STEPS = 45


def fee_with_the_result(content):
    for line in content["fees"]["lines"]:
        line["due"] = "before_result"


def clock_with_the_fee(content):
    fee_with_the_result(content)
    content["process"]["clock"] = "accepted_and_paid"


def twice(content):
    content["process"]["limits"] |= {"supplement_times": 2, "extension_times": 2}


def asks_elsewhere(content):
    step = next(one for one in content["process"]["steps"] if one["act"] == "appraise")
    step["consults"] = [{"id": "xay_dung", "unit": "H34.05", "question": "Ý kiến?", "hours": 8, "required": True}]


@pytest.fixture
def versions(changed, version):  # noqa: F811
    """Procedures whose fees, clocks and limits differ."""
    edits = [(fee_with_the_result,), (clock_with_the_fee, twice), (fee_with_the_result, asks_elsewhere), (twice,)]
    return [version, *(changed(*each) for each in edits)]


@pytest.fixture
def officers(binh, ha, chi, dung, van, yen, giang, hire, centre, department, as_actor):
    """Everybody with a part in it, two where two may race, a stranger from elsewhere, and a deputy."""
    found = {"binh": binh, "ha": ha, "chi": chi, "dung": dung, "van": van, "yen": yen, "giang": giang}
    found["lan"] = hire("lan", "Mai Thị Lan", centre, Role.RECEIVER, Role.RETURNER)
    found["khoi"] = hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    found["thu"] = hire("thu", "Hồ Thị Thu", centre, Role.CASHIER)
    found["phuc"] = hire("phuc", "Đinh Văn Phúc", department, Role.APPRAISER)
    today = now().astimezone(HANOI).date()
    absences.declare_absence(
        user=chi, deputy=found["phuc"], first_day=today, last_day=today + timedelta(days=9), note="", actor=as_actor(chi), at=now()
    )
    return {name: as_actor(user) for name, user in found.items()}


@pytest.fixture
def rules(version, department, ha, chi, officers):
    """The department's rules of assignment; each history has some of them."""
    common = {"agency": department, "sector": None, "actor": officers["ha"], "at": MONDAY_9AM, "is_active": False}
    people = User.objects.filter(username__in=["chi", "khoi", "phuc"])
    return [
        operations.write_rule(
            rule=None, name="Trực tuyến", procedure=version.procedure, condition='channel == "online"', method="person",
            people=[chi], **common,
        ),
        operations.write_rule(rule=None, name="Lần lượt", procedure=None, condition="", method="rotation", people=people, **common),
        operations.write_rule(rule=None, name="Ít việc", procedure=None, condition="", method="load", people=people, **common),
    ]  # fmt: skip


@pytest.fixture
def drafted(versions, officers, department, centre, an):
    """A draft, complete: An's own, or one that was entered at the counter for who came or wrote."""

    def make(rng: Random) -> Dossier:
        version, way = rng.choice(versions), rng.choice(["online", "online", "in_person", "post"])
        if way == "online":
            return complete_draft(version, department, centre, an)
        binh = officers["binh"]
        draft = entered(version, department, centre, binh)
        operations.say_how_it_came(
            dossier=draft, channel=way, sender="Y Hlan", tracking="", posted_on=None, place="Tủ 1", actor=binh, at=MONDAY_9AM
        )
        return draft

    return make


def test_no_history_is_forbidden(drafted, rules, officers, an, company, as_actor):
    tally: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for number in range(0, HISTORIES, 2):  # two beside each other
        rng = Random(SEED * 1000 + number)
        for rule in rules:
            AssignmentRule.objects.filter(pk=rule.pk).update(is_active=rng.random() < 0.3)
        stories = [
            Story(drafted(rng), officers, as_actor(an), as_actor(company), rng, MONDAY_9AM, tally) for _beside in range(2)
        ]
        try:
            play(stories, rng, MONDAY_9AM, 2 * STEPS)
        except Exception as error:
            error.add_note(f"seed {SEED * 1000 + number}:\n" + "\n".join("\n".join(one.said[-40:]) for one in stories))
            raise
        ends.update(one.law.row["state"] for one in stories)
    assert numbers_have_gaps() == []
    print(f"{HISTORIES} histories, {sum(tally.values())} acts;", dict(ends), dict(sorted(tally.items())))
    assert tally["refused"] > HISTORIES and sum(name.startswith("offered ") for name in tally) > 10
