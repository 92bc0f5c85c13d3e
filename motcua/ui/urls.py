"""Addresses of the pages that belong to the look itself. Included at the root."""

from django.urls import path

from motcua.ui import views

app_name = "ui"
urlpatterns = [
    path("hien-thi/", views.display, name="display"),
    path("giao-dien/", views.styleguide, name="styleguide"),
]
