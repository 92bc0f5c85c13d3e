from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FoundationConfig(AppConfig):
    name = "motcua.foundation"
    label = "foundation"

    def ready(self) -> None:
        autodiscover_modules("subscribers")
