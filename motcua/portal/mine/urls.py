from django.urls import path

from motcua.portal.mine import lookup, supplements, views

_DOSSIER = "ho-so/<uuid:public_id>/"
urlpatterns = [
    path("ho-so/", views.dossiers, name="my_dossiers"),
    path(_DOSSIER, views.dossier, name="dossier"),
    path(f"{_DOSSIER}xoa/", views.discard, name="discard"),
    path(f"{_DOSSIER}bo-sung/", supplements.supplement, name="supplement"),
    path(f"{_DOSSIER}rut/", views.withdraw, name="withdraw"),
    path(f"{_DOSSIER}luot-xem/", views.readings, name="readings"),
    path(f"{_DOSSIER}danh-gia/", views.rate, name="rate"),
    path("giay/<uuid:paper_id>/", views.paper, name="paper"),
    path("tra-cuu-ho-so/", lookup.lookup, name="lookup"),
    path("kiem-tra-giay-to/", lookup.check_paper, name="check_paper"),
]
