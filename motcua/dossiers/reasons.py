"""Why dossiers of a procedure were asked for more, paper by paper: counted by a job, read by who prepares one."""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from motcua.dossiers.models import Dossier, ReturnReason, SupplementRequest
from motcua.foundation.vietnamese import fold
from motcua.procedures.models import Procedure

FEWEST = 5  # cases; what happened to fewer could tell of one of them
MOST = 3  # reasons of one paper
YEAR = timedelta(days=365)
_LONGEST = 300
_SENTENCES = re.compile(r"(?<=[^\d\s])[.;!?]+(?:\s+|$)|\n+")


def top_reasons(procedure_id: int) -> dict[str, list[tuple[str, int]]]:
    """For each component of the record: why it was asked for again, with how many percent of the dossiers filed.

    The commonest first, at most three of a paper, none with fewer than five cases. The papers of the rows of a
    table count as one; "" is about the form. One query.
    """
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    rows = ReturnReason.objects.filter(procedure_id=procedure_id).order_by("-cases", "reason")
    for component_id, reason, percent in rows.values_list("component_id", "reason", "percent"):
        if len(found[component_id]) < MOST:
            found[component_id].append((reason, max(1, round(percent))))
    return dict(found)


@transaction.atomic
def count_reasons(*, procedure: Procedure, at: datetime) -> int:
    """Count anew why dossiers filed in the last year were asked for more. Returns how many reasons are told."""
    filed = Dossier.objects.filed().filter(procedure_version__procedure=procedure, submitted_at__gt=at - YEAR)
    total = filed.count()
    cases: dict[tuple[str, str], set[int]] = defaultdict(set)
    spellings: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    requests = SupplementRequest.objects.filter(dossier__in=filed).values_list("dossier_id", "items")
    for dossier_id, items in requests.iterator(chunk_size=1000):
        for item in items:
            base = str(item.get("component_id", "")).partition(".")[0]
            for sentence in sentences(str(item.get("reason", ""))):
                key = (base, fold(sentence))
                cases[key].add(dossier_id)
                spellings[key][sentence] += 1
    ReturnReason.objects.filter(procedure=procedure).delete()
    told = [
        ReturnReason(
            procedure=procedure,
            component_id=key[0],
            reason=max(spellings[key].items(), key=lambda one: (one[1], one[0]))[0],
            cases=len(dossiers),
            percent=100 * len(dossiers) / total,
        )
        for key, dossiers in cases.items()
        if len(dossiers) >= FEWEST
    ]
    ReturnReason.objects.bulk_create(told)
    return len(told)


def sentences(reason: str) -> list[str]:
    """The sentences of a reason in their normal form: one space between words, a capital first, no full stop."""
    found = []
    for part in _SENTENCES.split(reason):
        text = " ".join(part.split()).strip(" .,;:-–")[:_LONGEST]
        if text:
            found.append(text[0].upper() + text[1:])
    return found
