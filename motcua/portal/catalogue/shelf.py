"""Facts of the catalogue that many pages show and that change seldom: each process keeps them for 30 seconds."""

from django.db.models import Count, Q

from motcua.agencies.models import Agency
from motcua.content.models import Article
from motcua.procedures.models import Procedure, Sector
from motcua.ui.kept import Kept


def _agencies() -> dict[str, Agency]:
    return {agency.code: agency for agency in Agency.objects.all()}


def _sectors() -> list[Sector]:
    """The sectors that have procedures, in alphabetical order, with `count` of them."""
    published = Count("procedures", filter=Q(procedures__current__isnull=False))
    return list(Sector.objects.annotate(count=published).filter(count__gt=0).order_by("name_key"))


def _most_filed() -> list[Procedure]:
    return list(Procedure.objects.most_filed(6))


def _articles() -> list[Article]:
    return list(Article.objects.published().defer("body")[:6])


agencies: Kept[dict[str, Agency]] = Kept(_agencies, otherwise={})
sectors: Kept[list[Sector]] = Kept(_sectors, otherwise=[])
most_filed: Kept[list[Procedure]] = Kept(_most_filed, otherwise=[])
articles: Kept[list[Article]] = Kept(_articles, otherwise=[])
