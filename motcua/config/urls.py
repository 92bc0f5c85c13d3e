"""Which face answers which address."""

from django.urls import include, path

from motcua.config.views import health

urlpatterns = [
    path("suc-khoe/", health, name="health"),
    path("", include("motcua.ui.urls")),
    path("", include("motcua.portal.urls")),
    path("tai-khoan/", include("motcua.portal.account.urls")),
    path("can-bo/", include("motcua.desk.urls")),
    path("quan-tri/", include("motcua.console.urls")),
]

handler400 = "motcua.ui.views.bad_request"
handler403 = "motcua.ui.views.forbidden"
handler404 = "motcua.ui.views.not_found"
handler500 = "motcua.ui.views.server_error"
