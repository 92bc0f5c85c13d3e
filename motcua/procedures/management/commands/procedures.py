"""The catalogue from the command line."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from motcua.foundation.actor import Actor
from motcua.foundation.time import now
from motcua.procedures import operations
from motcua.procedures.definition import package_folders, read_folder
from motcua.procedures.examples import run_examples


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Check folders of procedures, or import them into the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="check|import")
        words = {
            "check": "Say every mistake, with file and line. Ends with 1 when there is any.",
            "import": "Make the folders the current versions; what has not changed stays.",
        }
        for name, help_text in words.items():
            command = commands.add_parser(name, help=help_text, description=help_text)
            command.add_argument(
                "paths",
                nargs="*",
                type=Path,
                metavar="PATH",
                help="A procedure's folder or one above (procedures/).",
            )
            command.formatter_class = argparse.HelpFormatter

    def handle(self, *, command: str, paths: list[Path], **options: Any) -> None:
        paths = paths or [settings.ROOT / "procedures"]
        for path in paths:
            if not package_folders(path):
                raise CommandError(f"{path}: no procedure.yaml here or below.")
        if command == "check":
            self._check(paths)
        else:
            self._import(paths)

    def _check(self, paths: list[Path]) -> None:
        count = mistakes_count = 0
        for folder in _folders(paths):
            definition, mistakes = read_folder(folder)
            if definition is not None:
                mistakes = run_examples(definition)
            count += 1
            mistakes_count += len(mistakes)
            for mistake in mistakes:
                self.stdout.write(f"{folder}/{mistake}")
        summary = f"{count} procedures, {mistakes_count} mistakes."
        if mistakes_count:
            raise CommandError(summary, returncode=1)
        self.stdout.write(summary)

    def _import(self, paths: list[Path]) -> None:
        actor, folders = Actor.system("import_procedures"), _folders(paths)
        new, bad = 0, []
        with tqdm(folders, unit="procedure", disable=None) as bar:
            for folder in bar:
                try:
                    new += operations.import_folder(folder=folder, actor=actor, at=now()).is_new
                except operations.BadPackage as refusal:
                    bad += [f"{folder}/{mistake}" for mistake in refusal.mistakes]
        for place in {place for path in paths for place in (path, path.parent)}:
            if (place / "synonyms.yaml").is_file():
                added = operations.seed_synonyms(path=place / "synonyms.yaml", actor=actor, at=now())
                self.stdout.write(f"{added} synonyms added.")
        self.stdout.write(f"{len(folders)} procedures read, {new} new versions.")
        if bad:
            raise CommandError("\n".join(["Not imported:", *bad]), returncode=1)


def _folders(paths: list[Path]) -> list[Path]:
    return list(dict.fromkeys(folder for path in paths for folder in package_folders(path)))
