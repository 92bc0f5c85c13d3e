"""The library of reasons from the command line."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.dossiers import operations
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now


class Command(BaseCommand):
    help = "Add reasons with their legal basis to the library that officers choose from."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="import")
        taken = commands.add_parser("import", help="Add those of a file that are not there yet; change none.")
        taken.add_argument("path", type=Path, nargs="?", default=settings.ROOT / "procedures" / "reasons.yaml")

    def handle(self, *, command: str, path: Path, **options: Any) -> None:
        try:
            groups = yaml.safe_load(path.read_text(encoding="utf-8"))
            added, known = operations.import_reasons(groups=groups, actor=Actor.system("import_reasons"), at=now())
        except (OSError, yaml.YAMLError, KeyError, TypeError) as problem:
            raise CommandError(f"{path}: {problem}") from problem
        except Refusal as refusal:
            raise CommandError(f"{path}: {refusal}") from refusal
        self.stdout.write(f"{added} reasons added, {known} known already.")
