"""The lists of the desk: which dossiers each one holds, in what order, page by page and by key.

`page(actor, filters, at)` is the one way to read a list: it looks at no more rows than the page has, from indexes, however
many dossiers there are. `Filters` says what is asked for and writes the address of it.
"""

from datetime import datetime

from motcua.desk.inbox.counting import MOST_COUNTED, counts
from motcua.desk.inbox.filters import Filters, is_late_at
from motcua.desk.inbox.pages import SIZE, Page, codes, page, read_place, rows_of
from motcua.desk.inbox.reading import Place, dossiers, nearest
from motcua.desk.inbox.tabs import BY_KEY, ENDED_TAB, EVERYTHING, MINE, STATES, TABS, WORK, Tab
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor

__all__ = [
    "BY_KEY",
    "ENDED_TAB",
    "EVERYTHING",
    "MINE",
    "MOST_COUNTED",
    "SIZE",
    "STATES",
    "TABS",
    "WORK",
    "Filters",
    "Page",
    "Place",
    "Tab",
    "codes",
    "counts",
    "dossiers",
    "is_late_at",
    "nearest",
    "next_of",
    "page",
    "read_place",
    "rows_of",
]


def next_of(actor: Actor, at: datetime, but: Dossier) -> Dossier | None:
    """The dossier that this officer should take up next; of it are read code and owner (two queries)."""
    keys = [pk for pk, _moment in nearest(actor, Filters(), at, None, 2) if pk != but.pk]
    return Dossier.objects.only("code", "owner_name").filter(pk=keys[0]).first() if keys else None
