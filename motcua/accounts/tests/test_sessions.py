from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.timezone import now

PAGE = "/tai-khoan/thong-tin/"


@pytest.fixture
def visitor(an):
    visitor = Client()
    visitor.force_login(an)
    return visitor


def test_who_is_logged_in_is_the_account_with_all_that_it_says(visitor, an):
    user = visitor.get(PAGE).wsgi_request.user
    assert user == an
    assert {field.attname: getattr(user, field.attname) for field in an._meta.concrete_fields} == {
        field.attname: getattr(an, field.attname) for field in an._meta.concrete_fields
    }
    assert not user._state.adding


def test_it_takes_two_statements_to_know_who_is_logged_in(visitor, django_assert_num_queries):
    with django_assert_num_queries(2 + 1):  # the page of health asks once itself
        assert visitor.get("/suc-khoe/").wsgi_request.user.is_authenticated


def test_a_session_that_is_over_or_gone_logs_nobody_in(visitor, db):
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert visitor.get(PAGE).status_code == 302
    Session.objects.all().delete()
    assert visitor.get(PAGE).status_code == 302


def test_a_locked_account_is_logged_out(visitor, an):
    an.is_active = False
    an.save()
    assert visitor.get(PAGE).status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(visitor, an):
    an.set_password("một mật khẩu khác 2026")
    an.save()
    assert visitor.get(PAGE).status_code == 302


def test_what_is_kept_in_a_session_comes_back(db):
    store = import_module(settings.SESSION_ENGINE).SessionStore
    first = store()
    first["chữ"] = {"số": 1}
    first.save()
    assert store(first.session_key)["chữ"] == {"số": 1}
    assert store("0" * 32).get("chữ") is None
