"""A query that is written once reads what the queryset reads."""

import pytest
from django.db import transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError

from motcua.dossiers.models import Document, Dossier
from motcua.foundation.written import Written, WrittenStatement


def thin(pk):
    return (
        Dossier.objects.filter(pk=pk)
        .annotate(digest=F("procedure_version__digest"))
        .select_related("agency__calendar", "applicant")
        .defer("search", "agency__calendar__content")
    )


def facts(found):
    """Everything that was read of a row and of the rows it belongs to; nothing that was not."""
    related = {name: facts(row) for name, row in found._state.fields_cache.items() if row is not None}
    read = {name: value for name, value in vars(found).items() if not name.startswith("_")}
    return type(found), read, found.get_deferred_fields(), found._state.adding, found._state.db, related


def test_the_rows_are_those_of_the_queryset(draft, submitted, django_assert_num_queries):
    query = Written(thin, pk=-9001)
    for dossier in (draft, submitted):
        with django_assert_num_queries(1):
            found = query.first(pk=dossier.pk)
        assert facts(found) == facts(thin(dossier.pk).get())
    assert query.rows(pk=0) == []
    assert query.first(pk=0) is None


def test_a_related_row_that_is_not_there_is_none(draft):
    query = Written(
        lambda dossier: Document.objects.filter(dossier=dossier).select_related("file", "supplement"), dossier=-9001
    )
    found = query.rows(dossier=draft.pk)
    assert [facts(one) for one in found] == [
        facts(one) for one in Document.objects.filter(dossier=draft.pk).select_related("file", "supplement")
    ]
    assert found
    assert found[0].supplement is None


def test_a_query_that_locks_asks_for_a_transaction(draft, transactional_db):
    query = Written(lambda pk: Dossier.objects.filter(pk=pk).select_for_update(of=("self",)), pk=-9001)
    with transaction.atomic():
        assert query.first(pk=draft.pk) == draft
    with pytest.raises(TransactionManagementError):
        query.first(pk=draft.pk)


def test_a_value_without_a_place_is_refused(db):
    with pytest.raises(ValueError, match="agency"):
        Written(lambda pk, agency: Dossier.objects.filter(pk=pk), pk=-9001, agency=-9002).rows(pk=1, agency=1)


def test_a_statement_is_made_once_and_told_other_values_each_time():
    made = []

    def make(pk: int, codes: list[str]) -> tuple[str, list[object]]:
        made.append(pk)
        return "SELECT %s, %s, %s", [pk, codes, 7]

    written = WrittenStatement(make, pk=-9001, codes=["-"])
    assert written(pk=1, codes=["a", "b"]) == ("SELECT %s, %s, %s", [1, ["a", "b"], 7])
    assert written(pk=2, codes=[])[1] == [2, [], 7]
    assert made == [-9001]
    with pytest.raises(ValueError, match="codes"):
        WrittenStatement(lambda pk, codes: ("SELECT %s", [pk]), pk=-9001, codes=["-"])(pk=1, codes=[])
