from django.db import migrations

FORWARD = """
CREATE FUNCTION papers_paper_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
       (NEW.id, NEW.kind, NEW.subject, NEW.number, NEW.title, NEW.data, NEW.check_code, NEW.once,
        NEW.issued_at, NEW.issued_by)
       IS NOT DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject, OLD.number, OLD.title, OLD.data, OLD.check_code, OLD.once,
        OLD.issued_at, OLD.issued_by)
       AND (OLD.file_id IS NULL OR NEW.file_id IS NOT NULL)
       AND (OLD.revoked_at IS NULL OR
            (NEW.revoked_at, NEW.revoked_reason) IS NOT DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an issued paper never changes and is never deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER papers_paper_keep BEFORE UPDATE OR DELETE ON papers_paper
    FOR EACH ROW EXECUTE FUNCTION papers_paper_keep();
"""
BACKWARD = """
DROP TRIGGER papers_paper_keep ON papers_paper;
DROP FUNCTION papers_paper_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
