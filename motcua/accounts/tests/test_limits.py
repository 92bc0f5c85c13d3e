from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from motcua.accounts import limits
from motcua.accounts.limits import Limit
from motcua.accounts.models import Attempts
from tests.cast import MONDAY_9AM

THREE = Limit("test", amount=3, seconds=60)


def later(seconds: int):
    return MONDAY_9AM + timedelta(seconds=seconds)


def test_tries_up_to_the_amount_are_allowed_and_the_next_one_is_told_when(db):
    assert [THREE.count("an", at=later(second)) for second in range(3)] == [None, None, None]
    assert THREE.count("an", at=later(3)) == later(60)


def test_the_window_begins_with_the_first_try_and_trying_on_does_not_prolong_it(db):
    for second in range(0, 60, 5):
        THREE.count("an", at=later(second))

    assert THREE.count("an", at=later(60)) is None


def test_looking_counts_nothing(db):
    for second in range(9):
        assert THREE.blocked_until("an", at=later(second)) is None
    for second in range(3):
        THREE.count("an", at=later(second))

    assert THREE.blocked_until("an", at=later(3)) == later(60)
    assert THREE.blocked_until("an", at=later(60)) is None


def test_each_subject_and_each_limit_has_its_own_count(db):
    for _try in range(4):
        THREE.count("an", at=MONDAY_9AM)

    assert THREE.blocked_until("chi", at=MONDAY_9AM) is None
    assert Limit("other", amount=3, seconds=60).blocked_until("an", at=MONDAY_9AM) is None


def test_a_forgotten_subject_may_try_again(db):
    for _try in range(4):
        THREE.count("an", at=MONDAY_9AM)
    THREE.forget("an")

    assert THREE.blocked_until("an", at=MONDAY_9AM) is None


def test_the_table_tells_nobody_who_tried(db):
    THREE.count("062090001234", at=MONDAY_9AM)

    assert "062090001234" not in Attempts.objects.get().key


def test_windows_that_are_over_are_deleted(db):
    THREE.count("an", at=MONDAY_9AM)
    THREE.count("chi", at=later(30))

    assert limits.forget_expired(at=later(60)) == 1
    assert Attempts.objects.count() == 1


def test_counting_costs_one_statement(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        THREE.count("an", at=MONDAY_9AM)


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted():
    def attempt(_number: int) -> bool:
        try:
            return THREE.count("an", at=MONDAY_9AM) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        allowed = sum(threads.map(attempt, range(24)))

    assert allowed == 3
    assert Attempts.objects.get().count == 24


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
    ],
)
def test_an_address_of_ipv6_counts_with_its_neighbours(address, network):
    assert limits.network_of(address) == network
