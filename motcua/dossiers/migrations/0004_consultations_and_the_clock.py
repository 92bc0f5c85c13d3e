import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
        ('dossiers', '0003_papers_brought'),
        ('procedures', '0002_versions_never_change'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consult_id', models.CharField(max_length=60)),
                ('question', models.TextField()),
                ('required', models.BooleanField()),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('opinion', models.CharField(blank=True, choices=[('agrees', 'Đồng ý'), ('disagrees', 'Không đồng ý'), ('other', 'Ý kiến khác')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.CharField(blank=True, max_length=200)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReturnReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component_id', models.CharField(max_length=60)),
                ('reason', models.CharField(max_length=300)),
                ('cases', models.PositiveIntegerField()),
                ('percent', models.FloatField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='dossier',
            name='dossier_deadline_exactly_when_accepted',
        ),
        migrations.RemoveConstraint(
            model_name='dossier',
            name='dossier_paused_only_for_supplement',
        ),
        migrations.AddField(
            model_name='dossier',
            name='also_seen_by',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='dossier',
            name='clock_started_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='payment_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=django.contrib.postgres.indexes.GinIndex(fields=['also_seen_by'], name='dossier_also_seen_by'),
        ),
        migrations.RunSQL(
            "UPDATE dossiers_dossier SET clock_started_at = accepted_at WHERE due_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock_started_at', None), ('due_at', None), ('first_due_at', None)), models.Q(('accepted_at__isnull', False), ('clock_started_at__isnull', False), ('due_at__isnull', False), ('first_due_at__isnull', False), ('clock_started_at__gte', models.F('accepted_at')), ('due_at__gte', models.F('clock_started_at'))), _connector='OR'), name='dossier_deadline_exactly_when_clock_started'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment_due_at__isnull', False), ('state', 'payment_requested')), models.Q(models.Q(('state', 'payment_requested'), _negated=True), ('payment_due_at', None)), _connector='OR'), name='dossier_payment_due_exactly_when_asked'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('paused_at', None), ('state__in', ['payment_requested', 'refused', 'stopped', 'supplement_requested', 'withdrawn']), _connector='OR'), name='dossier_paused_only_for_its_owner'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consultations', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consultations', to='dossiers.task'),
        ),
        migrations.AddField(
            model_name='returnreason',
            name='procedure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procedures.procedure'),
        ),
        migrations.AddIndex(
            model_name='consultation',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['agency', 'due_at'], name='consultation_open'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.UniqueConstraint(fields=('task', 'consult_id'), name='consultation_once_a_step'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.CheckConstraint(condition=models.Q(('opinion__in', ['', 'agrees', 'disagrees', 'other'])), name='consultation_opinion_known'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', ''), ('opinion', '')), models.Q(('answered_at__isnull', False), ('closed_at__isnull', False), models.Q(('answered_by', ''), _negated=True), models.Q(('opinion', ''), _negated=True)), _connector='OR'), name='consultation_answer_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='returnreason',
            constraint=models.UniqueConstraint(fields=('procedure', 'component_id', 'reason'), name='return_reason_once'),
        ),
        migrations.AddConstraint(
            model_name='returnreason',
            constraint=models.CheckConstraint(condition=models.Q(('cases__gte', 5)), name='return_reason_tells_of_nobody'),
        ),
    ]
