"""Addresses of drafts, signatures, the register and certificates, below /can-bo/."""

from django.urls import path

from motcua.desk.results import credentials, drafts, register

urlpatterns = [
    path("so-ket-qua/", register.register, name="issued"),
    path("so-ket-qua/<int:pk>/", register.result, name="issued_one"),
    path("chu-ky-so/", credentials.credentials, name="credentials"),
    path("chu-ky-so/them/<slug:adapter>/", credentials.add, name="add_credential"),
    path("chu-ky-so/<int:pk>/ngung-dung/", credentials.retire, name="retire_credential"),
    path("ho-so/<str:code>/soan-ket-qua/", drafts.draft, name="write_result"),
    path("ho-so/<str:code>/cho-chu-ky/", drafts.waiting, name="waiting_signature"),
]
