from django.db import connection
from django.http import HttpRequest, JsonResponse

from motcua.accounts.middleware import public


@public
def health(request: HttpRequest) -> JsonResponse:
    """Whether this process serves and its database answers: for proxies and the supervisor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
