import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
        ('dossiers', '0005_counter_extension_and_return'),
        ('procedures', '0005_procedures_count_what_is_unverified'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('items', models.JSONField()),
                ('basis', models.TextField()),
                ('note', models.TextField(blank=True)),
                ('drafted_at', models.DateTimeField()),
                ('drafted_by_name', models.CharField(max_length=200)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by_name', models.CharField(blank=True, max_length=200)),
                ('returned_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by_name', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=400)),
                ('fingerprint', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('asked_by_name', models.CharField(max_length=200)),
                ('granted', models.BooleanField(null=True)),
                ('words', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=200)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='StandardReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('use', models.CharField(choices=[('supplement', 'Yêu cầu bổ sung'), ('refuse', 'Từ chối tiếp nhận'), ('stop', 'Dừng giải quyết'), ('decline', 'Không đủ điều kiện giải quyết'), ('withdrawal', 'Không đồng ý rút hồ sơ'), ('extension', 'Xin lỗi và gia hạn')], max_length=12)),
                ('stage', models.CharField(blank=True, choices=[('intake', 'Khi tiếp nhận'), ('appraisal', 'Khi thẩm định')], max_length=10)),
                ('about', models.CharField(blank=True, choices=[('', 'Giấy tờ và tờ khai'), ('paper', 'Giấy tờ'), ('section', 'Nội dung tờ khai')], max_length=8)),
                ('text', models.CharField(max_length=500)),
                ('basis', models.CharField(max_length=500)),
                ('component_id', models.CharField(blank=True, max_length=60)),
                ('used', models.PositiveIntegerField(default=0)),
                ('search', models.TextField(editable=False)),
                ('retired_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-used', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=400)),
                ('stage', models.CharField(choices=[('intake', 'Khi tiếp nhận'), ('appraisal', 'Khi thẩm định')], max_length=10)),
                ('good', models.BooleanField()),
                ('implied', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('basis', models.CharField(blank=True, max_length=500)),
                ('fingerprint', models.CharField(max_length=64)),
                ('decided_at', models.DateTimeField()),
                ('decided_by_name', models.CharField(max_length=200)),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='supplementrequest',
            name='reminded',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='supplementrequest',
            name='basis',
            field=models.TextField(),
        ),
        migrations.AddIndex(
            model_name='supplementrequest',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['due_at'], name='supplement_open'),
        ),
        migrations.AddConstraint(
            model_name='supplementrequest',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='supplement_has_a_basis'),
        ),
        migrations.AddField(
            model_name='noticedraft',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_drafts', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='noticedraft',
            name='drafted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='noticedraft',
            name='request',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='dossiers.supplementrequest'),
        ),
        migrations.AddField(
            model_name='objection',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='objection',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='dossiers.supplementrequest'),
        ),
        migrations.AddField(
            model_name='override',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='override',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='standardreason',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='standardreason',
            name='procedure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procedures.procedure'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verdict',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='dossiers.supplementrequest'),
        ),
        migrations.AddField(
            model_name='verdict',
            name='standard',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='dossiers.standardreason'),
        ),
        migrations.AddConstraint(
            model_name='noticedraft',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('dossier',), name='notice_draft_open_once'),
        ),
        migrations.AddConstraint(
            model_name='noticedraft',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='notice_draft_has_a_basis'),
        ),
        migrations.AddConstraint(
            model_name='noticedraft',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', False), models.Q(('closed_by_name', ''), ('request', None), ('returned_because', '')), _connector='OR'), name='notice_draft_sent_or_returned'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['agency', 'id'], name='objection_open'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('request', 'place'), name='objection_once_an_item'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='objection_has_words'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by_name', '')), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True), models.Q(('answered_by_name', ''), _negated=True)), _connector='OR'), name='objection_answer_is_whole'),
        ),
        migrations.AddIndex(
            model_name='override',
            index=models.Index(condition=models.Q(('decided_at', None)), fields=['agency', 'id'], name='override_open'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('dossier', 'item'), name='override_open_once'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('granted', None), ('words', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('granted__isnull', False), models.Q(('words', ''), _negated=True)), _connector='OR'), name='override_decision_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('used_at', None), models.Q(('granted', True), ('granted__isnull', False), ('used_at__gte', models.F('decided_at'))), _connector='OR'), name='override_used_when_granted'),
        ),
        migrations.AddIndex(
            model_name='standardreason',
            index=models.Index(condition=models.Q(('retired_at', None)), fields=['use', '-used', 'id'], name='standard_reason_in_use'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.CheckConstraint(condition=models.Q(('use__in', ['supplement', 'refuse', 'stop', 'decline', 'withdrawal', 'extension'])), name='standard_reason_use_known'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['', 'intake', 'appraisal'])), name='standard_reason_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.CheckConstraint(condition=models.Q(('about__in', ['', 'paper', 'section'])), name='standard_reason_about_known'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('basis', ''), _negated=True)), name='standard_reason_has_words_and_basis'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.CheckConstraint(condition=models.Q(('component_id', ''), ('procedure__isnull', False), _connector='OR'), name='standard_reason_paper_of_a_procedure'),
        ),
        migrations.AddConstraint(
            model_name='standardreason',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('use', 'stage', 'about', 'text', 'procedure', 'component_id', 'agency'), name='standard_reason_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(condition=models.Q(('good', False)), fields=['-told_at'], name='verdict_told_bad'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.UniqueConstraint(condition=models.Q(('told_at', None)), fields=('dossier', 'item'), name='verdict_open_once'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('good', False), models.Q(('basis', ''), ('reason', '')), _connector='OR'), name='verdict_good_without_reason'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('told_at', None), ('good', True), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('basis', ''), _negated=True)), _connector='OR'), name='verdict_told_with_reason_and_basis'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('implied', False), ('good', True), _connector='OR'), name='verdict_implied_is_good'),
        ),
    ]
