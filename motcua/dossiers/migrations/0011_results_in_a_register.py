import django.db.models.deletion
from django.db import migrations, models

# What was issued before: its unit, its owner and the year of its number are in the dossier and in the moment.
FILL = """
UPDATE dossiers_result SET agency_id = dossier.agency_id, owner_name = dossier.owner_name,
    year = extract(year FROM dossiers_result.issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh'),
    check_code = coalesce((SELECT check_code FROM papers_paper WHERE id = dossiers_result.paper_id), ''),
    revoked_at = (SELECT revoked_at FROM papers_paper WHERE id = dossiers_result.paper_id)
FROM dossiers_dossier dossier WHERE dossier.id = dossiers_result.dossier_id AND dossiers_result.issued_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_calendars_keep_their_versions"),
        ("dossiers", "0010_lists_are_read_in_order"),
        ("papers", "0005_signatures_and_what_holds_how_long"),
    ]
    operations = [
        migrations.AddField("document", "signatures", models.JSONField(null=True)),
        migrations.AddField(
            "result",
            "agency",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField("result", "check_code", models.CharField(blank=True, max_length=14, default=""), preserve_default=False),
        migrations.AddField("result", "owner_name", models.CharField(blank=True, max_length=300, default=""), preserve_default=False),
        migrations.AddField("result", "revoked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "result",
            "seal",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="papers.signature"
            ),
        ),
        migrations.AddField(
            "result",
            "signature",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="papers.signature"
            ),
        ),
        migrations.AddField("result", "valid_until", models.DateField(null=True)),
        migrations.AddField("result", "year", models.PositiveSmallIntegerField(null=True)),
        migrations.AddIndex(
            "result",
            models.Index(
                condition=models.Q(("issued_at__isnull", False)),
                fields=["agency", "issued_at", "id"],
                name="result_register",
            ),
        ),
        migrations.AddConstraint(
            "result",
            models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("agency", "number", "year"),
                name="result_number_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            "result",
            models.CheckConstraint(
                condition=models.Q(("revoked_at", None), ("issued_at__isnull", False), _connector="OR"),
                name="result_revoked_only_when_issued",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),  # last: the table may not change shape after it
    ]
