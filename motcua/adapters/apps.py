from importlib import import_module

from django.apps import AppConfig


class AdaptersConfig(AppConfig):
    name = "motcua.adapters"
    label = "adapters"

    def ready(self) -> None:
        import_module("motcua.adapters.gateways.vnpay")
