from django.db import migrations, models

_ENDED = models.Q(("state__in", ["refused", "returned", "stopped", "withdrawn"]))


class Migration(migrations.Migration):

    dependencies = [("dossiers", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(condition=_ENDED, fields=["agency", "-id"], name="dossier_ended_agency"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(condition=_ENDED, fields=["reception", "-id"], name="dossier_ended_reception"),
        ),
    ]
