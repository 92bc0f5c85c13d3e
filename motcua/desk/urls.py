"""Addresses of the officers' pages, below /can-bo/."""

from django.urls import path

from motcua.desk.views import board, charges, dossier, inbox, money, papers

app_name = "desk"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("tong-hop/", board.board, name="board"),
    path("thu-phi/", charges.charges, name="charges"),
    path("thu-phi/<str:code>/", money.payment, name="payment"),
    path("giay/<uuid:paper_id>/", papers.paper, name="paper"),
    path("ho-so/<str:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<str:code>/tep/<int:pk>/", papers.document, name="document"),
    path("ho-so/<str:code>/du-thao/", papers.draft_result, name="draft_result"),
    path("ho-so/<str:code>/phieu-kiem-soat/", papers.control_slip, name="control_slip"),
    path("ho-so/<str:code>/to-khai/<str:component_id>/", papers.form, name="form"),
    path("ho-so/<str:code>/<slug:slug>/", dossier.act, name="act"),
]
