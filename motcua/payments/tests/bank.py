"""A gateway that is all in memory: it says what a test tells it to say."""

from collections.abc import Mapping
from datetime import datetime

from motcua.payments.gateways import (
    GATEWAYS,
    Answer,
    BadMessage,
    BadSignature,
    Order,
    Outcome,
    Report,
    Unreachable,
)


class Bank:
    name = "Ngân hàng thử"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.books: dict[str, Report] = {}  # what the bank itself knows of each attempt
        self.is_reachable = True
        self.asked: list[str] = []

    def payment_url(self, order: Order) -> str:
        return f"https://bank.example/pay/{order.code}?amount={order.amount_vnd}"

    def read(self, message: Mapping[str, str]) -> Report:
        if message.get("signature") != "good":
            raise BadSignature
        try:
            return Report(
                payment_code=message["code"],
                outcome=Outcome(message["outcome"]),
                amount_vnd=int(message["amount"]),
                gateway_reference=message.get("reference", ""),
                bank_code="NCB",
                response_code=message.get("response", ""),
            )
        except (KeyError, ValueError) as mistake:
            raise BadMessage(str(mistake)) from mistake

    def query(self, order: Order, *, at: datetime) -> tuple[Report, Mapping[str, str]]:
        self.asked.append(order.code)
        if not self.is_reachable:
            raise Unreachable("the line is down")
        report = self.books.get(order.code) or Report(order.code, Outcome.NOT_FOUND, 0)
        return report, {"code": order.code, "outcome": report.outcome.value}

    def reply(self, answer: Answer) -> dict[str, str]:
        return {"answer": answer.value}

    def explain(self, response_code: str) -> str:
        return response_code


BANK = Bank()
GATEWAYS.register("test-bank")(lambda: BANK)
