import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FILL = """
UPDATE dossiers_consultation SET asker_id = task.agency_id
FROM dossiers_task task WHERE task.id = dossiers_consultation.task_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_units_know_since_when"), ("dossiers", "0015_notes_presence_and_links")]
    operations = [
        migrations.AddField(
            "consultation",
            "asker",
            models.ForeignKey(
                "agencies.agency", django.db.models.deletion.PROTECT, null=True, related_name="+", db_index=False
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "consultation",
            "asker",
            models.ForeignKey("agencies.agency", django.db.models.deletion.PROTECT, related_name="+", db_index=False),
        ),
        migrations.AddIndex(
            "consultation",
            models.Index(name="consultation_asked_by", fields=["asker", "dossier"], condition=Q(closed_at=None)),
        ),
    ]
