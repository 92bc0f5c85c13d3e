"""Figures of the boards that are counted by the clock, so that a page reads one row."""

from django.db import models

from motcua.agencies.models import Agency


class UnitFigures(models.Model):
    """What the board of a unit and of the province shows, as it was at one moment; counted anew every few minutes."""

    agency = models.OneToOneField(Agency, models.CASCADE, related_name="figures")
    counted_at = models.DateTimeField()
    content = models.JSONField()  # motcua.dossiers.outlook.Outlook.to_json()

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.counted_at:%d/%m/%Y %H:%M}"
