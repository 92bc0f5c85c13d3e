"""Evidence does not change: a gateway's message gets its verdict once, a receipt nothing."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_message_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.verdict = '' AND
       (NEW.id, NEW.gateway, NEW.kind, NEW.raw, NEW.received_at)
       IS NOT DISTINCT FROM (OLD.id, OLD.gateway, OLD.kind, OLD.raw, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payments_gatewaymessage is append-only';
END $$;
CREATE TRIGGER payments_message_keep BEFORE UPDATE OR DELETE ON payments_gatewaymessage
    FOR EACH ROW EXECUTE FUNCTION payments_message_keep();

CREATE FUNCTION payments_receipt_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payments_receipt is append-only';
END $$;
CREATE TRIGGER payments_receipt_keep BEFORE UPDATE OR DELETE ON payments_receipt
    FOR EACH ROW EXECUTE FUNCTION payments_receipt_keep();
"""

BACKWARD = """
DROP TRIGGER payments_message_keep ON payments_gatewaymessage;
DROP FUNCTION payments_message_keep();
DROP TRIGGER payments_receipt_keep ON payments_receipt;
DROP FUNCTION payments_receipt_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
