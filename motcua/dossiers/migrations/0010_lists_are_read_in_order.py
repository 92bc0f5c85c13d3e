"""What the lists of the desk are read by: the running deadline, the units that see a dossier, saved views, what was seen."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_UNDER_WAY = models.Q(
    ("state__in", ["accepted", "payment_requested", "processing", "settled", "submitted", "supplement_requested"])
)

# `search` holds besides its words a lexeme "@7" for each unit that sees the dossier and "#2957" for the week of filing
# (motcua.dossiers.searching): a question to one unit, or about the last weeks, is an intersection within one index.
_TRIGGERS = """
CREATE FUNCTION dossier_place_in_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deadline := CASE NEW.state
        WHEN 'submitted' THEN NEW.intake_due_at
        WHEN 'accepted' THEN NEW.due_at
        WHEN 'processing' THEN NEW.due_at
        WHEN 'payment_requested' THEN NEW.payment_due_at
        WHEN 'supplement_requested' THEN
            (SELECT due_at FROM dossiers_supplementrequest WHERE dossier_id = NEW.id AND closed_at IS NULL)
    END;
    NEW.awaited_at := CASE
        WHEN NEW.state IN ('draft', 'refused', 'withdrawn', 'stopped', 'returned') THEN NULL
        ELSE COALESCE(NEW.deadline, NEW.settled_at, NEW.submitted_at)
    END;
    IF NEW.search IS NOT NULL AND NEW.submitted_at IS NOT NULL AND (
        TG_OP = 'INSERT' OR NEW.search IS DISTINCT FROM OLD.search OR NEW.agency_id <> OLD.agency_id
        OR NEW.reception_id <> OLD.reception_id OR NEW.also_seen_by IS DISTINCT FROM OLD.also_seen_by
    ) THEN
        NEW.search := NEW.search || array_to_tsvector(
            ARRAY['@' || NEW.agency_id, '@' || NEW.reception_id,
                  '#' || floor(extract(epoch FROM NEW.submitted_at) / 604800)]
            || ARRAY(SELECT '@' || unit FROM unnest(NEW.also_seen_by) AS unit)
        );
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER dossier_place_in_lists BEFORE INSERT OR UPDATE ON dossiers_dossier
    FOR EACH ROW EXECUTE FUNCTION dossier_place_in_lists();

CREATE FUNCTION supplement_moves_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dossiers_dossier SET deadline = deadline WHERE id = NEW.dossier_id AND state = 'supplement_requested';
    RETURN NULL;
END $$;

CREATE TRIGGER supplement_moves_dossier AFTER INSERT OR UPDATE OF due_at, closed_at ON dossiers_supplementrequest
    FOR EACH ROW EXECUTE FUNCTION supplement_moves_dossier();
"""
_NO_TRIGGERS = """
DROP TRIGGER supplement_moves_dossier ON dossiers_supplementrequest;
DROP FUNCTION supplement_moves_dossier();
DROP TRIGGER dossier_place_in_lists ON dossiers_dossier;
DROP FUNCTION dossier_place_in_lists();
"""
_FILL = "UPDATE dossiers_dossier SET search = search || ''::tsvector WHERE submitted_at IS NOT NULL"


def _indexes(unit: str) -> list[models.Index]:
    return [
        models.Index(fields=[unit, "state", "awaited_at", "id"], name=f"dossier_waits_{unit}", condition=_UNDER_WAY),
        models.Index(
            fields=[unit, "deadline", "id"],
            name=f"dossier_due_{unit}",
            condition=models.Q(("deadline__isnull", False)),
        ),
        models.Index(
            fields=[unit, "-submitted_at", "-id"],
            name=f"dossier_filed_{unit}",
            condition=models.Q(("submitted_at__isnull", False)),
        ),
        models.Index(
            fields=[unit, "-settled_at", "-id"],
            name=f"dossier_settled_{unit}",
            condition=models.Q(("settled_at__isnull", False)),
        ),
    ]


_DOSSIER = [
    *_indexes("agency"),
    *_indexes("reception"),
    models.Index(
        fields=["reception"],
        name="dossier_wishes_to_withdraw",
        condition=models.Q(
            ("state__in", ["accepted", "payment_requested", "processing", "settled", "submitted", "supplement_requested"]),
            ("withdrawal_requested_at__isnull", False),
        ),
    ),
    django.contrib.postgres.indexes.GinIndex(
        fields=["also_seen_by"], name="dossier_waits_elsewhere", condition=_UNDER_WAY
    ),
]
_OPEN = ("completed_at", None)
_TASK = [
    models.Index(
        fields=["assignee", "due_at"],
        name="task_of_assignee",
        condition=models.Q(("assignee__isnull", False), _OPEN),
    ),
    models.Index(
        fields=["agency", "role", "due_at"],
        name="task_unassigned",
        condition=models.Q(("assignee", None), _OPEN),
    ),
    models.Index(
        fields=["assignee", "-completed_at"],
        name="task_done_by",
        condition=models.Q(("assignee__isnull", False), ("completed_at__isnull", False)),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("agencies", "0001_initial"),
        ("dossiers", "0009_what_crosses_the_counter"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="tên bộ lọc")),
                ("words", models.JSONField()),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("saved_at", models.DateTimeField()),
                (
                    "shared_with",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "name"), name="saved_view_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StartView",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dossiers.savedview"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dossiers.dossier"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "dossier"), name="seen_once")],
            },
        ),
        migrations.AddField("dossier", "deadline", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("dossier", "awaited_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex("dossier", "dossier_at_reception"),
        migrations.RemoveIndex("dossier", "dossier_at_agency"),
        *(migrations.AddIndex("dossier", index) for index in _DOSSIER),
        *(migrations.AddIndex("task", index) for index in _TASK),
    ]
