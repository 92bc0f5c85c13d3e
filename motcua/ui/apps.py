from django.apps import AppConfig


class Ui(AppConfig):
    name = "motcua.ui"
    label = "ui"
