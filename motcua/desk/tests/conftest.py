"""Dossiers at every stage, officers who are logged in, and a clock that stands still."""

from datetime import timedelta

import pytest
from django.test import Client

from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

HOUR = timedelta(hours=1)
NOW = MONDAY_9AM + 6 * HOUR
OPINION = "Hồ sơ đầy đủ, hợp lệ."


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is three in the afternoon of the Monday on which An filed."""
    for view in ("inbox", "dossier", "papers", "board", "money", "notices", "checking", "reports"):
        monkeypatch.setattr(f"motcua.desk.views.{view}.now", lambda: NOW)


@pytest.fixture
def as_user():
    """A browser in which somebody is logged in: as_user(binh)."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def file_another(version, department, centre, an, as_actor):
    """File one more dossier of An's, paid."""

    def file(at=MONDAY_9AM, *, paid=True) -> Dossier:
        draft = complete_draft(version, department, centre, an, at)
        dossier = operations.submit(dossier=draft, actor=as_actor(an), at=at)
        if paid:
            pay_everything(dossier, at)
        return dossier

    return file


@pytest.fixture
def officers(binh, ha, chi, dung, van, yen):
    return {"binh": binh, "ha": ha, "chi": chi, "dung": dung, "van": van, "yen": yen}


@pytest.fixture
def at_stage(file_another, officers, an, as_actor):
    """A dossier brought to a stage by those whose work it is: at_stage("approve")."""

    def bring(stage: str) -> Dossier:
        dossier = file_another(paid=stage != "unpaid")
        at = MONDAY_9AM + HOUR
        who = {name: as_actor(user) for name, user in officers.items()}
        if stage in ("unpaid", "submitted"):
            return dossier
        if stage == "supplement":
            items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
            return operations.ask_supplement(
                dossier=dossier, items=items, basis="TT 28/2012", note="", actor=who["binh"], at=at
            )
        if stage == "withdrawal":
            return operations.request_withdrawal(dossier=dossier, reason="Đổi ý", actor=as_actor(an), at=at)
        dossier = operations.accept(dossier=dossier, actor=who["binh"], at=at)
        if stage == "accepted":
            return dossier
        dossier = operations.assign(
            dossier=dossier, assignee=officers["chi"], note="", actor=who["ha"], at=at
        )
        if stage == "appraise":
            return dossier
        dossier = operations.appraise(
            dossier=dossier, outcome="dat", conclusion=OPINION, actor=who["chi"], at=at
        )
        if stage == "approve":
            return dossier
        dossier = operations.approve(dossier=dossier, note="", actor=who["dung"], at=at)
        if stage == "stamp":
            return dossier
        dossier = operations.stamp(dossier=dossier, actor=who["van"], at=at)
        if stage == "return":
            return dossier
        return operations.return_result(
            dossier=dossier, receiver_name="Nguyễn Văn An", note="", actor=who["yen"], at=at
        )

    return bring
