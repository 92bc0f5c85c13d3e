import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FIRST_VERSIONS = """
INSERT INTO agencies_calendarversion (working_calendar_id, version, content, kept_at, kept_by)
SELECT id, version, content, now(), 'Hệ thống' FROM agencies_workingcalendar;
"""
FORWARD = """
CREATE TRIGGER agencies_calendarversion_kept BEFORE UPDATE OR DELETE ON agencies_calendarversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agencies_calendarversion_not_truncated BEFORE TRUNCATE ON agencies_calendarversion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER agencies_calendarversion_not_truncated ON agencies_calendarversion;
DROP TRIGGER agencies_calendarversion_kept ON agencies_calendarversion;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
        ("foundation", "0002_events_never_change"),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base_version', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('came_from', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('begun_at', models.DateTimeField()),
                ('begun_by', models.CharField(max_length=200)),
                ('preview', models.JSONField(null=True)),
                ('preview_revision', models.PositiveIntegerField(null=True)),
                ('kept_at', models.DateTimeField(null=True)),
                ('kept_by', models.CharField(blank=True, max_length=200)),
                ('version', models.PositiveIntegerField(null=True)),
                ('moves_dates', models.BooleanField(default=True)),
                ('discarded_at', models.DateTimeField(null=True)),
                ('last_dossier', models.BigIntegerField(default=0)),
                ('to_look_at', models.PositiveIntegerField(default=0)),
                ('looked_at', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('working_calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='agencies.workingcalendar')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('discarded_at', None), ('kept_at', None)), fields=('working_calendar',), name='calendar_change_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('kept_at', None), ('kept_by', ''), ('version', None)), models.Q(('discarded_at', None), ('kept_at__isnull', False), ('version__isnull', False), models.Q(('kept_by', ''), _negated=True)), _connector='OR'), name='calendar_change_kept_or_discarded'), models.CheckConstraint(condition=models.Q(('done_at', None), ('kept_at__isnull', False), _connector='OR'), name='calendar_change_done_only_when_kept')],
            },
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.CharField(max_length=200)),
                ('working_calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='agencies.workingcalendar')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('working_calendar', 'version'), name='calendar_version_once')],
            },
        ),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
