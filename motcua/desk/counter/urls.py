"""Addresses below /can-bo/tiep-nhan-truc-tiep/."""

from django.urls import path

from motcua.desk.counter import lists, views

_DRAFT = "<uuid:public_id>/"
urlpatterns = [
    path("", views.home, name="counter"),
    path("thu-tuc/<str:number>/", views.begin, name="counter_begin"),
    path("han-phan-hoi/", lists.intakes, name="counter_intakes"),
    path("cho-nhan-ket-qua/", lists.uncollected, name="counter_uncollected"),
    path("luot/<uuid:visit>/", views.visit, name="counter_visit"),
    path("luot/<uuid:visit>/phieu/", views.visit_slip, name="counter_visit_slip"),
    path("thu-tien/<int:charge_id>/", views.cash, name="cash"),
    path(f"{_DRAFT}tep/<int:pk>/", views.document, name="counter_document"),
    path(f"{_DRAFT}bang/<str:table>/", views.read_rows, name="counter_rows"),
    path(f"{_DRAFT}bang/<str:table>/mau.xlsx", views.table_form, name="counter_table_form"),
    path(_DRAFT, views.entry, name="counter_entry"),
]
