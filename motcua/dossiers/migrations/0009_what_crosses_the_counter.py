import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0008_extensions_and_ends'),
    ]

    operations = [
        migrations.CreateModel(
            name='BroughtPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component_id', models.CharField(max_length=80)),
                ('originals', models.PositiveSmallIntegerField(default=0, verbose_name='bản chính')),
                ('certified', models.PositiveSmallIntegerField(default=0, verbose_name='bản sao chứng thực')),
                ('copies', models.PositiveSmallIntegerField(default=0, verbose_name='bản sao')),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.CharField(max_length=200)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='on_paper', to='dossiers.dossier')),
                ('supplement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='on_paper', to='dossiers.supplementrequest')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [
                    models.UniqueConstraint(fields=('dossier', 'component_id', 'supplement'), name='brought_paper_once', nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(('originals__gt', 0), ('certified__gt', 0), ('copies__gt', 0), _connector='OR'), name='brought_paper_is_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CounterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visit', models.UUIDField(db_index=True, default=uuid.uuid4)),
                ('sender', models.CharField(blank=True, max_length=200, verbose_name='người gửi')),
                ('tracking', models.CharField(blank=True, max_length=60, verbose_name='số hiệu bưu gửi')),
                ('posted_on', models.DateField(null=True, verbose_name='ngày gửi theo dấu bưu điện')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='vị trí lưu hồ sơ giấy')),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='dossiers.dossier')),
            ],
        ),
        migrations.CreateModel(
            name='UncollectedResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='vị trí lưu giữ')),
                ('kept_at', models.DateTimeField(null=True)),
                ('kept_by', models.CharField(blank=True, max_length=200)),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='uncollected', to='dossiers.dossier')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('kept_at', None), ('kept_by', ''), ('place', '')), models.Q(('kept_at__isnull', False), models.Q(('kept_by', ''), _negated=True), models.Q(('place', ''), _negated=True)), _connector='OR'), name='uncollected_kept_is_told_whole'),
                    models.CheckConstraint(condition=models.Q(models.Q(('reminded_at', None), ('reminders', 0)), models.Q(('reminded_at__isnull', False), ('reminders__gt', 0)), _connector='OR'), name='uncollected_reminded_has_moment'),
                ],
            },
        ),
    ]
