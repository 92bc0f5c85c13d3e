"""What the shapes alone cannot say about a package: references, rules, and what the law wants published.

Each module looks at one part and notes every mistake with its reader, which knows the lines.
"""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from motcua.procedures.checks.common import NUMBER
from motcua.procedures.checks.fees import check_fees
from motcua.procedures.checks.form import PREFILL, check_form
from motcua.procedures.checks.process import check_hours, check_process, straight_way
from motcua.procedures.checks.record import (
    MANDATORY,
    check_components,
    check_filing,
    check_record,
    check_scenarios,
    check_unverified,
)
from motcua.procedures.checks.rules import Rules
from motcua.procedures.parts import Fees, Form, Process, Record
from motcua.procedures.shape import Reader

__all__ = ["MANDATORY", "NUMBER", "PREFILL", "check", "straight_way"]


def check(
    record: Record,
    form: Form,
    fees: Fees,
    process: Process,
    readers: Mapping[str, Reader],
    folder: str,
    absent: Collection[str],
) -> None:
    """Note with its reader every mistake in the meaning of the four files of one folder."""
    rules = Rules.of_record(record, form)
    papers = readers["procedure.yaml"]
    check_record(record, papers, folder)
    check_scenarios(record, Rules(form), papers)
    check_components(record, form, rules, papers)
    check_form(form, record, readers["form.yaml"])
    check_fees(fees, [case.id for case in record.scenarios], rules, readers["fees.yaml"])
    check_process(process, fees, rules, readers["process.yaml"])
    check_unverified(record, {"form": form, "fees": fees, "process": process}, papers)
    if record.kind == "filed_here":
        for name in sorted(set(absent) - {"procedure.yaml"}):
            readers[name].add(
                (),
                _("Thiếu tệp này."),
                _("Thủ tục nộp tại đây (kind: filed_here) cần đủ form.yaml, fees.yaml và process.yaml."),
            )
        check_filing(record, papers)
        if "process.yaml" not in absent:
            check_hours(record, process, readers["process.yaml"])
