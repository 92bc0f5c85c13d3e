"""The audit trail from the command line: is everything that happened still told as it was told then?"""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from motcua.dossiers.models import Dossier
from motcua.dossiers.proof import contradictions
from motcua.foundation import chain
from motcua.foundation.models import EventChain, StoredFile
from motcua.foundation.time import now
from motcua.foundation.vietnamese import number

_MOST_SHOWN = 50
_BATCH = 500  # dossiers whose stories are read at once


class Command(BaseCommand):
    help = "Check that nobody changed by hand what happened, what was declared, and what was issued."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="verify|anchor")
        verify = commands.add_parser("verify", help="Find every row that was changed, added or removed by hand.")
        verify.add_argument("--dossier", metavar="CODE", help="Look at one dossier only.")
        verify.add_argument("--anchor", type=Path, metavar="FILE", help="Compare with an anchor that was kept elsewhere.")
        verify.add_argument("--files", action="store_true", help="Read every kept file too, and compare its checksum.")
        anchor = commands.add_parser("anchor", help="Write what all chains come to now, to be kept or printed elsewhere.")
        anchor.add_argument("--to", type=Path, metavar="FILE", help="The screen, when no file is named.")

    def handle(self, *, command: str, **options: Any) -> None:
        if command == "anchor":
            self._anchor(options["to"])
        else:
            self._verify(options["dossier"], options["anchor"], files=options["files"])

    def _anchor(self, to: Path | None) -> None:
        made = chain.anchor(now())
        if to is None:
            self.stdout.write(made.to_text(), ending="")
        else:
            to.write_text(made.to_text())
            self.stdout.write(f"{number(made.chains)} chains, up to event {made.last}: {made.root}\nWritten to {to}.")

    def _verify(self, code: str | None, kept: Path | None, *, files: bool) -> None:
        if code is None:
            found = [*self._chains(), *self._dossiers(), *(self._files() if files else [])]
            if kept is not None:
                found += self._against(kept)
        else:
            dossier = Dossier.objects.filter(code=code).first()
            if dossier is None:
                raise CommandError(f"There is no dossier {code}.")
            found = [str(one) for one in chain.broken_links_of(dossier.subject)] + list(contradictions([dossier]))
        for one in found[:_MOST_SHOWN]:
            self.stdout.write(f"  {one}")
        if len(found) > _MOST_SHOWN:
            self.stdout.write(f"  … and {number(len(found) - _MOST_SHOWN)} more")
        if found:
            raise CommandError(f"{number(len(found))} contradictions: something was changed by hand.")
        self.stdout.write("Everything holds: no row was changed, added or removed by hand.")

    def _chains(self) -> list[str]:
        found: list[str] = []
        total = EventChain.objects.count()
        with tqdm(total=total, unit="chain", desc="Events", disable=None) as bar:
            for after, until in chain.spans():
                found += map(str, chain.broken_links(after, until))
                bar.update(min(chain.SPAN, total - bar.n))
        return found

    def _dossiers(self) -> list[str]:
        found: list[str] = []
        filed = Dossier.objects.exclude(code=None).defer("search").order_by("pk")
        last = 0
        with tqdm(total=filed.count(), unit="dossier", desc="Dossiers", disable=None) as bar:
            while batch := list(filed.filter(pk__gt=last)[:_BATCH]):
                found += contradictions(batch)
                last = batch[-1].pk
                bar.update(len(batch))
        return found

    def _files(self) -> list[str]:
        found: list[str] = []
        for one in tqdm(StoredFile.objects.order_by("pk").iterator(1000), unit="file", desc="Files", disable=None):
            try:
                with one.open() as stream:
                    there = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
            except FileNotFoundError:
                found.append(f"the file {one.name} ({one.pk}) is gone")
                continue
            if there != one.sha256:
                found.append(f"the file {one.name} ({one.pk}) has other content than was kept")
        return found

    def _against(self, kept: Path) -> list[str]:
        try:
            wanted = chain.Anchor.from_text(kept.read_text())
        except (OSError, ValueError) as mistake:
            raise CommandError(str(mistake)) from mistake
        there = chain.anchor(now(), wanted.last)
        if (there.root, there.chains) == (wanted.root, wanted.chains):
            return []
        return [
            f"the anchor of {wanted.made_at} does not hold: {number(wanted.chains)} chains then, {number(there.chains)} now; "
            "rows until that moment were changed or removed"
        ]
