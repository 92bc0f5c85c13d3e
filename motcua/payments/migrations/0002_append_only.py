"""Evidence does not change: a gateway's message gets its verdict once, a receipt nothing."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_only_the_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.verdict = '' AND
       (NEW.id, NEW.gateway, NEW.kind, NEW.raw, NEW.received_at)
       IS NOT DISTINCT FROM (OLD.id, OLD.gateway, OLD.kind, OLD.raw, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_gatewaymessage_only_the_verdict BEFORE UPDATE ON payments_gatewaymessage
    FOR EACH ROW EXECUTE FUNCTION payments_only_the_verdict();
CREATE TRIGGER payments_gatewaymessage_kept BEFORE DELETE ON payments_gatewaymessage
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_gatewaymessage_not_truncated BEFORE TRUNCATE ON payments_gatewaymessage
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_receipt_kept BEFORE UPDATE OR DELETE ON payments_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_receipt_not_truncated BEFORE TRUNCATE ON payments_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

BACKWARD = """
DROP TRIGGER payments_receipt_not_truncated ON payments_receipt;
DROP TRIGGER payments_receipt_kept ON payments_receipt;
DROP TRIGGER payments_gatewaymessage_not_truncated ON payments_gatewaymessage;
DROP TRIGGER payments_gatewaymessage_kept ON payments_gatewaymessage;
DROP TRIGGER payments_gatewaymessage_only_the_verdict ON payments_gatewaymessage;
DROP FUNCTION payments_only_the_verdict();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("foundation", "0002_events_never_change")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
