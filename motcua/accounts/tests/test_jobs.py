"""What the accounts forget by the clock."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from motcua.accounts.jobs import forget_sessions
from motcua.foundation.time import now


def test_logins_that_have_ended_are_forgotten_and_the_others_stay(db):
    for key, hours in (("over", -1), ("running", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(hours=hours))
    forget_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["running"]
