"""A believable province: agencies, officers in every role, citizens, and dossiers in all states."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from procrastinate.contrib.django import app
from tqdm import tqdm

from motcua.content import operations as content
from motcua.demo import certificates, crowd, history, notices, place, teamwork
from motcua.demo.multiply import multiply
from motcua.dossiers.models import Dossier
from motcua.dossiers.outlook import count_figures
from motcua.dossiers.reasons import count_reasons
from motcua.foundation.actor import Actor
from motcua.foundation.connector import for_worker
from motcua.foundation.time import now
from motcua.foundation.vietnamese import number
from motcua.messaging import operations as messaging
from motcua.procedures.models import Procedure

ACTS_PER_DOSSIER = 8  # roughly, for the bar
MOST_LIVED = 600  # dossiers that are lived through the operations


class Command(BaseCommand):
    help = "Load the province for trying out: agencies, officers, citizens, and dossiers lived through the operations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dossiers",
            type=int,
            default=300,
            help=f"How many dossiers (300). Beyond {MOST_LIVED}, what was lived is copied; run it again to go on, or for more.",
        )
        parser.add_argument("--officers", type=int, default=3000, help="How many officers, beside so many copies (3000).")

    def handle(self, *, dossiers: int, officers: int, **options: Any) -> None:
        self._live(min(dossiers, MOST_LIVED))
        if dossiers > MOST_LIVED:
            self._multiply(dossiers, officers)

    def _multiply(self, dossiers: int, officers: int) -> None:
        """Copy what was lived, by the bulk path: rows as the operations would have left them."""
        actor, at = Actor.system("demo_data"), now()
        found = place.build(actor, at)
        units = crowd.fill_units(found, actor, at)
        crowd.fill_offices(units, found["H34.01"], officers)
        with tqdm(total=dossiers, unit="dossier", disable=None) as bar:
            multiply(
                units=units, counter=found["H34.01"], wanted=dossiers, tick=lambda there: bar.update(there - bar.n)
            )
        self.stdout.write("Counting the tables for the planner …")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write("Counting what the boards show …")
        count_figures(at=now())
        self.stdout.write(f"{number(Dossier.objects.count())} dossiers in {number(len(units))} units.")

    def _live(self, dossiers: int) -> None:
        actor, at = Actor.system("demo_data"), now()
        agencies = place.build(actor, at)
        staff = place.staff(agencies, actor, at)
        certificates.give_out(agencies, staff, at)
        known = list(place.printed_citizens())
        content.import_articles(folder=settings.ROOT / "motcua" / "demo" / "articles", actor=actor, at=at)
        if Dossier.objects.exists():
            self.stdout.write("The province is there already; nothing was added.")
            return
        call_command("reasons", "import")
        world = history.build_world(
            agencies=agencies, staff=staff, known=known, catalogue=settings.ROOT / "procedures" / "kontum", now=at
        )
        with tqdm(total=dossiers * ACTS_PER_DOSSIER, unit="act", disable=None) as bar:
            history.live(world, dossiers, bar.update)
        teamwork.arrange(world)
        notices.arrange(world)
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
