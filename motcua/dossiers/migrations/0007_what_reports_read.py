"""When a dossier ended without a decision, indexes that reports read, and the kept figures of the boards."""

import django.db.models.deletion
from django.db import migrations, models

_EARLY = ["refused", "stopped", "withdrawn"]
_FILL = """
    UPDATE dossiers_dossier AS dossier
       SET ended_at = COALESCE(
               (SELECT max(occurred_at) FROM foundation_event
                 WHERE subject = 'dossier:' || dossier.id
                   AND type IN ('dossier.refused', 'dossier.withdrawn', 'dossier.stopped')),
               dossier.saved_at)
     WHERE state IN ('refused', 'withdrawn', 'stopped')
"""
_ACCEPTED = models.Q(("accepted_at__isnull", False), ("parent", None))


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("foundation", "0002_events_never_change"),
        ("dossiers", "0006_notices_with_reasons"),
    ]

    operations = [
        migrations.AddField("dossier", "ended_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "dossier",
            models.CheckConstraint(
                name="dossier_ended_at_exactly_when_ended_early",
                condition=models.Q(("ended_at__isnull", False), ("state__in", _EARLY))
                | models.Q(models.Q(("state__in", _EARLY), _negated=True), ("ended_at", None)),
            ),
        ),
        migrations.AddIndex(
            "dossier",
            models.Index(
                fields=["agency", "accepted_at"],
                include=(
                    "procedure_version", "channel", "state", "settled_at", "ended_at", "due_at",
                    "due_before_extension", "paused_at",
                ),
                name="dossier_reported",
                condition=_ACCEPTED,
            ),
        ),
        migrations.AddIndex(
            "dossier",
            models.Index(fields=["reception", "accepted_at"], name="dossier_in_register", condition=_ACCEPTED),
        ),
        migrations.AddIndex(
            "dossier",
            models.Index(
                fields=["reception", "submitted_at"],
                name="dossier_not_accepted",
                condition=models.Q(("accepted_at", None), ("parent", None), ("submitted_at__isnull", False)),
            ),
        ),
        migrations.CreateModel(
            name="UnitFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted_at", models.DateTimeField()),
                ("content", models.JSONField()),
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="agencies.agency"
                    ),
                ),
            ],
        ),
    ]
