from django.db import migrations

FORWARD = """
CREATE TRIGGER procedures_procedureversion_kept BEFORE UPDATE OR DELETE ON procedures_procedureversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER procedures_procedureversion_not_truncated BEFORE TRUNCATE ON procedures_procedureversion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER procedures_procedureversion_not_truncated ON procedures_procedureversion;
DROP TRIGGER procedures_procedureversion_kept ON procedures_procedureversion;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial"), ("foundation", "0002_events_never_change")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
