"""Who is logged in, read by two statements that are written once.

Every page of somebody who is logged in begins with the session and the account. Django would write both
statements anew each time, which takes it several times as long as the database needs to answer.
"""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.timezone import now

from motcua.accounts.models import User

_SESSION = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key, now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=self.session_key or "", session_data=row[0], expire_date=row[1])


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """The account of a session; None when it is gone or locked."""
        names, statement = _account()
        with connection.cursor() as cursor:
            cursor.execute(statement, [user_id])
            row = cursor.fetchone()
        user = User.from_db(connection.alias, names, row) if row else None
        return user if user and self.user_can_authenticate(user) else None


@cache
def _account() -> tuple[list[str], str]:
    """The columns of an account, and the statement that reads one by its number."""
    fields = User._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return [field.attname for field in fields], f"SELECT {columns} FROM {User._meta.db_table} WHERE id = %s"  # noqa: S608
