from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "motcua.portal"
    label = "portal"

    def ready(self) -> None:
        from motcua.portal.catalogue import preview
        from motcua.ui import previews

        previews.register("thu-tuc", preview.procedure)
