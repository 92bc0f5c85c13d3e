"""Where a request came from."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of who asks. Raises PermissionDenied when nothing says it."""
    return str(get_adapter().get_client_ip(request))
