"""The life of a dossier: one table that buttons, checks, tests and the national code read.

Source: the national status set and its transitions (domain facts 4.1 and 4.2; Nghị định 118/2025/NĐ-CP,
Thông tư 03/2025/TT-VPCP).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Role


class State(models.TextChoices):
    DRAFT = "draft", _("Nháp")
    SUBMITTED = "submitted", _("Mới đăng ký")
    ACCEPTED = "accepted", _("Được tiếp nhận")
    REFUSED = "refused", _("Không được tiếp nhận")
    PROCESSING = "processing", _("Đang xử lý")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("Yêu cầu bổ sung giấy tờ")
    PAYMENT_REQUESTED = "payment_requested", _("Yêu cầu thực hiện nghĩa vụ tài chính")
    WITHDRAWN = "withdrawn", _("Công dân yêu cầu rút hồ sơ")
    STOPPED = "stopped", _("Dừng xử lý")
    SETTLED = "settled", _("Đã xử lý xong")
    RETURNED = "returned", _("Đã trả kết quả")


NATIONAL_CODE = {state: code for code, state in enumerate(State)}
WAITS_FOR_OWNER = (State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUESTED)  # the clock stands still, once it runs
RUNNING = frozenset({State.ACCEPTED, State.PROCESSING})
ENDED = frozenset({State.REFUSED, State.WITHDRAWN, State.STOPPED, State.RETURNED})
ENDED_EARLY = ENDED - {State.RETURNED}  # without a decision on the request: reports keep them apart
UNDER_WAY = frozenset(State) - ENDED - {State.DRAFT}  # filed, and somebody still has something to do

OWNER = "owner"  # the citizen or organisation whose account filed the dossier


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states to which, who may do it and where that person works.

    `place` is the dossier's unit in which the actor must hold one of the `roles`:
    "reception" (the one-stop counter) or "agency" (the body that settles).
    """

    name: str
    sources: frozenset[State]
    target: State
    roles: frozenset[str]
    place: str
    event: str


def _t(name: str, sources: set[State], target: State, roles: set[str], place: str, event: str) -> Transition:
    return Transition(name, frozenset(sources), target, frozenset(roles), place, f"dossier.{event}")


_S = State
_RECEIVER, _HEAD, _LEADER = {Role.RECEIVER.value}, {Role.HEAD.value}, {Role.LEADER.value}
_CLERK, _RETURNER = {Role.CLERK.value}, {Role.RETURNER.value}

# fmt: off
_TABLE = [
    #  name                          from                                        to                        who          where        event
    _t("submit",                     {_S.DRAFT},                                 _S.SUBMITTED,             {OWNER},     "",          "submitted"),
    _t("enter",                      {_S.DRAFT},                                 _S.SUBMITTED,             _RECEIVER,   "reception", "submitted"),
    _t("accept",                     {_S.SUBMITTED},                             _S.ACCEPTED,              _RECEIVER,   "reception", "accepted"),
    _t("ask_supplement",             {_S.SUBMITTED},                             _S.SUPPLEMENT_REQUESTED,  _RECEIVER,   "reception", "supplement_asked"),
    _t("refuse",                     {_S.SUBMITTED, _S.SUPPLEMENT_REQUESTED},    _S.REFUSED,               _RECEIVER,   "reception", "refused"),
    _t("supplement",                 {_S.SUPPLEMENT_REQUESTED},                  _S.SUBMITTED,             {OWNER},     "",          "supplemented"),
    _t("bring_supplement",           {_S.SUPPLEMENT_REQUESTED},                  _S.SUBMITTED,             _RECEIVER,   "reception", "supplemented"),
    _t("bring_supplement_in_appraisal", {_S.SUPPLEMENT_REQUESTED},               _S.PROCESSING,            _RECEIVER,   "reception", "supplemented"),
    _t("assign",                     {_S.ACCEPTED},                              _S.PROCESSING,            _HEAD,       "agency",    "assigned"),
    _t("begin",                      {_S.ACCEPTED},                              _S.PROCESSING,            _RECEIVER,   "reception", "begun"),
    _t("ask_supplement_in_appraisal", {_S.PROCESSING},                           _S.SUPPLEMENT_REQUESTED,  _HEAD | _LEADER, "agency", "supplement_asked"),
    _t("supplement_in_appraisal",    {_S.SUPPLEMENT_REQUESTED},                  _S.PROCESSING,            {OWNER},     "",          "supplemented"),
    _t("ask_payment",                {_S.PROCESSING},                            _S.PAYMENT_REQUESTED,     _HEAD | _LEADER, "agency", "payment_asked"),
    _t("paid",                       {_S.PAYMENT_REQUESTED},                     _S.PROCESSING,            {OWNER},     "",          "paid"),
    _t("withdraw",                   {_S.SUBMITTED, _S.ACCEPTED, _S.PROCESSING, *WAITS_FOR_OWNER},
                                                                                 _S.WITHDRAWN,             _RECEIVER,   "reception", "withdrawn"),
    _t("stop",                       {_S.ACCEPTED, _S.PROCESSING, *WAITS_FOR_OWNER},          _S.STOPPED,               _LEADER,     "agency",    "stopped"),
    _t("settle",                     {_S.PROCESSING},                            _S.SETTLED,               _CLERK,      "agency",    "settled"),
    _t("return_result",              {_S.SETTLED},                               _S.RETURNED,              _RETURNER,   "reception", "returned"),
]
# fmt: on
TRANSITIONS = {transition.name: transition for transition in _TABLE}
