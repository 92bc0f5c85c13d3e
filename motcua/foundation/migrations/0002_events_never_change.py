from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER foundation_event_append_only BEFORE UPDATE OR DELETE ON foundation_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER foundation_event_not_truncated BEFORE TRUNCATE ON foundation_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER foundation_event_not_truncated ON foundation_event;
DROP TRIGGER foundation_event_append_only ON foundation_event;
DROP FUNCTION refuse_change();
"""
CACHE = """
CREATE TABLE shared_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(CACHE, "DROP TABLE shared_cache"),
    ]
