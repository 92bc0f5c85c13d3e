"""Which face answers which address."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from motcua.config.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("suc-khoe/", health, name="health"),
]
for _prefix, _module in (
    ("", "motcua.ui.urls"),
    ("", "motcua.portal.urls"),
    ("tai-khoan/", "motcua.portal.account.urls"),
    ("can-bo/", "motcua.desk.urls"),
    ("quan-tri/", "motcua.console.urls"),
):
    if find_spec(_module.rpartition(".")[0]) and find_spec(_module):
        urlpatterns.append(path(_prefix, include(_module)))

handler400 = "motcua.ui.views.bad_request"
handler403 = "motcua.ui.views.forbidden"
handler404 = "motcua.ui.views.not_found"
handler500 = "motcua.ui.views.server_error"
