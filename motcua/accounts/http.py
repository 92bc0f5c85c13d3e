"""A request as our views see it: with the account and the actor behind it."""

from django.http import HttpRequest

from motcua.accounts.models import User
from motcua.foundation.actor import Actor


class Request(HttpRequest):
    user: User  # or AnonymousUser: ask `is_authenticated` first
    actor: Actor
