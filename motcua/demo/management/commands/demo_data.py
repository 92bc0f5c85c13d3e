"""A believable province: agencies, officers in every role, citizens, and dossiers in all states."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from tqdm import tqdm

from motcua.content import operations as content
from motcua.demo import history, place
from motcua.dossiers.models import Dossier
from motcua.dossiers.reasons import count_reasons
from motcua.foundation.actor import Actor
from motcua.foundation.connector import for_worker
from motcua.foundation.time import now
from motcua.foundation.vietnamese import number
from motcua.messaging import operations as messaging
from motcua.procedures.models import Procedure

ACTS_PER_DOSSIER = 8  # roughly, for the bar


class Command(BaseCommand):
    help = "Load the province for trying out: agencies, officers, citizens, and dossiers lived through the operations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dossiers", type=int, default=300, help="How many dossiers (300).")

    def handle(self, *, dossiers: int, **options: Any) -> None:
        actor, at = Actor.system("demo_data"), now()
        agencies = place.build(actor, at)
        staff = place.staff(agencies, actor, at)
        known = list(place.printed_citizens())
        content.import_articles(folder=settings.ROOT / "motcua" / "demo" / "articles", actor=actor, at=at)
        if Dossier.objects.exists():
            self.stdout.write("The province is there already; nothing was added.")
            return
        world = history.build_world(
            agencies=agencies, staff=staff, known=known, catalogue=settings.ROOT / "procedures" / "kontum", now=at
        )
        with tqdm(total=dossiers * ACTS_PER_DOSSIER, unit="act", disable=None) as bar:
            history.live(world, dossiers, bar.update)
        self.stdout.write("Delivering what happened: letters, notices …")
        asyncio.run(_deliver())
        messaging.count_as_sent(until=now())
        for procedure in Procedure.objects.filed_here():
            count_reasons(procedure=procedure, at=now())
        self.stdout.write(f"{number(Dossier.objects.count())} dossiers in all states.")


async def _deliver() -> None:
    """Hand out the events of the months gone by; drawing the papers is left to the workers."""
    with for_worker():
        async with app.open_async():
            await app.run_worker_async(
                queues=["events"], concurrency=4, wait=False, delete_jobs="successful", install_signal_handlers=False
            )
