"""A long table as PDF: drawn by a job, since it takes seconds, and fetched by the officer who ordered it.

It is a run without dossiers of its own: its page tells how far it is, and its file goes as merged papers go.
"""

import io
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.accounts.models import User
from motcua.dossiers.models import BulkRun
from motcua.foundation import events, files
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.jobs import job
from motcua.foundation.time import now
from motcua.papers import kinds, masters


class Drawn(NamedTuple):
    """How a run of this sort is called on pages."""

    name: str
    label: str | Promise
    done: str | Promise


TABLE = Drawn("table", _lazy("Lập bản in (PDF)"), _lazy("Đã lập"))


@transaction.atomic
def order_table(*, key: uuid.UUID, data: Mapping[str, Any], name: str, actor: Actor, at: datetime) -> BulkRun:
    """Have a paper of the kind "table" drawn as a file of this name. The same `key` again returns the same run.

    Raises NotAllowed to all but officers, ValueError for data that are no table.
    """
    if actor.kind != "officer" or actor.user_id is None:
        raise NotAllowed(_("Thao tác này dành cho cán bộ."))
    User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()  # two presses come one after the other
    if known := BulkRun.objects.filter(public_id=key, user_id=actor.user_id).first():
        return known
    options = {"name": name, "data": kinds.plain(kinds.read("table", dict(data)))}
    run = BulkRun(public_id=key, verb=TABLE.name, options=options, user_id=actor.user_id, ordered_at=at)
    run.save(force_insert=True)
    rows = len(options["data"]["rows"])
    events.record("bulk.ordered", subject=f"bulk:{run.pk}", actor=actor, at=at, verb=run.verb, total=rows)
    draw_table.defer(run_id=run.pk)
    return run


@job(retries=5)
def draw_table(run_id: int) -> None:
    """Draw the table of a run and keep its file, once; what it said is kept in the file alone."""
    run = BulkRun.objects.get(pk=run_id)
    if run.finished_at:
        return
    at, name = now(), run.options["name"]
    try:
        drawn = masters.render_now("table", run.options["data"])
    except Refusal as refusal:  # a template of this place, from which nothing comes out
        _finish(run_id, {"name": name, "refused": str(refusal)}, None, at)
        return
    _finish(run_id, {"name": name}, drawn, at)


@transaction.atomic
def _finish(run_id: int, options: dict[str, Any], drawn: bytes | None, at: datetime) -> None:
    held = BulkRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if held.finished_at:
        return
    if drawn is not None:
        held.file = files.store(io.BytesIO(drawn), name=options["name"], content_type="application/pdf", at=at)
    held.options, held.finished_at = options, max(at, held.ordered_at)
    held.save(update_fields=["options", "file", "finished_at"])
    events.record(
        "bulk.finished", subject=f"bulk:{held.pk}", actor=Actor.system("bulk"), at=at, verb=held.verb,
        done=int(drawn is not None), failed=int(drawn is None),
    )  # fmt: skip
