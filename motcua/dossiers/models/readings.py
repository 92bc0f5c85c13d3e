"""Who looked at a dossier."""

from django.db import models

from motcua.dossiers.models.dossier import Dossier


class Reading(models.Model):
    """Somebody looked at a dossier's personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="readings")
    actor_id = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dossier", "-read_at"], name="reading_of_dossier")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.purpose}"
