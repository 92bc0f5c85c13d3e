from importlib import import_module

from django.apps import AppConfig

_PLUGINS = ("gateways.vnpay", "signers.pkcs12", "signers.token", "signers.remote")


class AdaptersConfig(AppConfig):
    name = "motcua.adapters"
    label = "adapters"

    def ready(self) -> None:
        for plugin in _PLUGINS:
            import_module(f"motcua.adapters.{plugin}")
