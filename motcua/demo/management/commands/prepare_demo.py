"""What must be true before the demonstration can serve; each step does nothing when it is true already."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Bring database, catalogue, demo data and static files to where the demonstration needs them."
    requires_system_checks: list[str] = []  # `make test` makes them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="Without demo data.")
        parser.add_argument("--dossiers", type=int, default=300, help="How many dossiers to begin with (300).")

    def handle(self, *, empty: bool, dossiers: int, **options: Any) -> None:
        _migrate(self._say)
        _import_catalogue(self._say)
        if not empty:
            _load_demo_data(self._say, dossiers)
        _collect_static_files(self._say)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


Say = Callable[[str], None]


def _migrate(say: Say) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Database: {len(plan)} changes of its shape …")
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _import_catalogue(say: Say) -> None:
    folder = settings.ROOT / "procedures"
    if "procedures" in get_commands() and folder.is_dir():
        say("Catalogue: what has changed in procedures/ …")
        call_command("procedures", "import", str(folder))


def _load_demo_data(say: Say, dossiers: int) -> None:
    if "demo_data" in get_commands():
        say("Demo data: agencies, officers, dossiers; at the first start this takes a while …")
        call_command("demo_data", dossiers=dossiers)


def _collect_static_files(say: Say) -> None:
    call_command("collectstatic", verbosity=0, interactive=False)
