"""The audit trail from the command line: is everything that happened still told as it was told then?"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from tqdm import tqdm

from motcua.dossiers.models import Dossier
from motcua.dossiers.proof import contradictions
from motcua.foundation import chain
from motcua.foundation.models import EventChain, StoredFile
from motcua.foundation.time import now
from motcua.foundation.vietnamese import number

_MOST_SHOWN = 50
_BATCH = 500  # dossiers whose stories are read at once
_SAID_EVERY = 30  # seconds, where no bar can be drawn

Piece = tuple[str, int, list[str]]  # the key of the last that was looked at, how many those were, what is wrong with them


@dataclass
class Walk:
    """How far a look at everything has come: kept in a file, it goes on from there after it was broken off."""

    file: Path | None
    reached: dict[str, str] = field(default_factory=dict)  # by part: the key of the last that was looked at
    seen: dict[str, int] = field(default_factory=dict)  # by part: how many those were
    done: list[str] = field(default_factory=list)  # whole parts
    found: int = 0

    @classmethod
    def begun(cls, file: Path | None) -> "Walk":
        """Raises CommandError for a file that is none of these."""
        if file is None or not file.exists():
            return cls(file)
        try:
            return cls(file, **json.loads(file.read_text()))
        except (ValueError, TypeError):
            raise CommandError(f"{file} does not say how far a verification came.") from None

    def keep(self) -> None:
        if self.file:
            kept = {name: value for name, value in asdict(self).items() if name != "file"}
            fresh = self.file.with_name(f"{self.file.name}.new")
            fresh.write_text(json.dumps(kept))
            fresh.replace(self.file)

    def end(self) -> None:
        if self.file:
            self.file.unlink(missing_ok=True)


class Command(BaseCommand):
    help = "Check that nobody changed by hand what happened, what was declared, and what was issued."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="verify|anchor")
        verify = commands.add_parser("verify", help="Find every row that was changed, added or removed by hand.")
        verify.add_argument("--dossier", metavar="CODE", help="Look at one dossier only.")
        verify.add_argument("--anchor", type=Path, metavar="FILE", help="Compare with an anchor that was kept elsewhere.")
        verify.add_argument("--files", action="store_true", help="Read every kept file too, and compare its checksum.")
        verify.add_argument(
            "--resume", type=Path, metavar="FILE", help="Keep there how far it came, and go on from there once it was broken off."
        )
        anchor = commands.add_parser("anchor", help="Write what all chains come to now, to be kept or printed elsewhere.")
        anchor.add_argument("--to", type=Path, metavar="FILE", help="The screen, when no file is named.")

    def handle(self, *, command: str, **options: Any) -> None:
        if command == "anchor":
            self._anchor(options["to"])
        else:
            self._verify(options["dossier"], options["anchor"], options["resume"], files=options["files"])

    def _anchor(self, to: Path | None) -> None:
        made = chain.anchor(now())
        if to is None:
            self.stdout.write(made.to_text(), ending="")
        else:
            to.write_text(made.to_text())
            self.stdout.write(f"{number(made.chains)} chains, up to event {made.last}: {made.root}\nWritten to {to}.")

    def _verify(self, code: str | None, kept: Path | None, resume: Path | None, *, files: bool) -> None:
        walk = Walk.begun(resume if code is None else None)
        if walk.found:
            self.stdout.write(f"  {number(walk.found)} contradictions were found and told before it was broken off.")
        if code is None:
            self._look("Events", "chain", EventChain.objects.count, _chains, walk)
            self._look("Dossiers", "dossier", _filed().count, _dossiers, walk)
            if files:
                self._look("Files", "file", StoredFile.objects.count, _files, walk)
            if kept is not None:
                self._tell(self._against(kept), walk)
        else:
            dossier = Dossier.objects.filter(code=code).first()
            if dossier is None:
                raise CommandError(f"There is no dossier {code}.")
            self._tell([*map(str, chain.broken_links_of(dossier.subject)), *contradictions([dossier])], walk)
        walk.end()
        if walk.found > _MOST_SHOWN:
            self.stdout.write(f"  … and {number(walk.found - _MOST_SHOWN)} more")
        if walk.found:
            raise CommandError(f"{number(walk.found)} contradictions: something was changed by hand.")
        self.stdout.write("Everything holds: no row was changed, added or removed by hand.")

    def _look(
        self, part: str, unit: str, count: Callable[[], int], pieces: Callable[[str], Iterator[Piece]], walk: Walk
    ) -> None:
        """Look at one part, piece by piece, and say how far that is: as a bar, or in a log as a line now and then."""
        if part in walk.done:
            return
        total, said = count(), monotonic()
        with tqdm(total=total, initial=walk.seen.get(part, 0), unit=unit, desc=part, disable=None) as bar:
            for last, size, found in pieces(walk.reached.get(part, "")):
                self._tell(found, walk)
                before = walk.seen.get(part, 0)
                walk.reached[part], walk.seen[part] = last, min(before + size, total)
                walk.keep()
                bar.update(walk.seen[part] - before)
                if not sys.stderr.isatty() and monotonic() - said > _SAID_EVERY:
                    said = monotonic()
                    self.stderr.write(f"{part}: {number(walk.seen[part])} of {number(total)}, now at {last}")
        walk.done.append(part)
        walk.keep()

    def _tell(self, found: list[str], walk: Walk) -> None:
        """Show each contradiction as it is found, the first of them."""
        for one in found[: max(_MOST_SHOWN - walk.found, 0)]:
            self.stdout.write(f"  {one}")
        walk.found += len(found)

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


# What is looked at: each from behind the last key that was reached, in pieces ------------------------------------


def _chains(after: str) -> Iterator[Piece]:
    for begins, until in chain.spans(after):
        found = [str(one) for one in chain.broken_links(begins, until)]
        yield (until or begins), chain.SPAN, found


def _filed() -> QuerySet[Dossier]:
    return Dossier.objects.exclude(code=None).defer("search").order_by("pk")


def _dossiers(after: str) -> Iterator[Piece]:
    last = int(after or 0)
    while batch := list(_filed().filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        yield str(last), len(batch), list(contradictions(batch))


def _files(after: str) -> Iterator[Piece]:
    files = StoredFile.objects.order_by("pk")
    while batch := list((files.filter(pk__gt=after) if after else files)[:_BATCH]):
        after = str(batch[-1].pk)
        yield after, len(batch), [what for one in batch for what in _wrong_with(one)]


def _wrong_with(file: StoredFile) -> list[str]:
    try:
        with file.open() as stream:
            there = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    except FileNotFoundError:
        return [f"the file {file.name} ({file.pk}) is gone"]
    return [] if there == file.sha256 else [f"the file {file.name} ({file.pk}) has other content than was kept"]
