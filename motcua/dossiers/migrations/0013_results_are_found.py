import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations

# What foundation.vietnamese.fold does to a text, as far as the database can: lower case, no accents, đ as d.
FILL = """
UPDATE dossiers_result SET words = to_tsvector('simple', regexp_replace(translate(
    regexp_replace(normalize(lower(concat_ws(' ', number, name, owner_name,
        (SELECT code FROM dossiers_dossier WHERE id = dossier_id))), NFD), '[\\u0300-\\u036f]', '', 'g'), 'đ', 'd'),
    '[^a-z0-9]+', ' ', 'g'))
WHERE issued_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0012_team_bulk_and_handovers")]
    operations = [
        migrations.AddField("result", "words", django.contrib.postgres.search.SearchVectorField(null=True)),
        migrations.AddIndex(
            "result", django.contrib.postgres.indexes.GinIndex(fields=["words"], name="result_words")
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
