from django.db import migrations, models

# What an event says, in one text that is the same wherever it is made, hashed with the link before it.
LINK = """
CREATE FUNCTION event_link(before bytea, type text, subject text, occurred_at timestamptz,
                           actor_kind text, actor_id text, actor_name text, data jsonb)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(before || convert_to(jsonb_build_array(
        type, subject, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        actor_kind, actor_id, actor_name, data)::text, 'UTF8'))
$$;
"""
# The row of the chain is locked until the transaction ends; the number is drawn behind that lock, so that the order of
# the numbers is the order of the chain.
CHAIN = """
CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO foundation_eventchain AS chain (subject, length, head)
    VALUES (NEW.subject, 1, event_link(''::bytea, NEW.type, NEW.subject, NEW.occurred_at,
                                       NEW.actor_kind, NEW.actor_id, NEW.actor_name, NEW.data))
    ON CONFLICT (subject) DO UPDATE SET length = chain.length + 1,
        head = event_link(chain.head, NEW.type, NEW.subject, NEW.occurred_at,
                          NEW.actor_kind, NEW.actor_id, NEW.actor_name, NEW.data)
    RETURNING head INTO NEW.link;
    NEW.id := nextval(pg_get_serial_sequence('foundation_event', 'id'));
    RETURN NEW;
END $$;
CREATE TRIGGER foundation_event_chained BEFORE INSERT ON foundation_event
    FOR EACH ROW EXECUTE FUNCTION chain_event();
ALTER TABLE foundation_eventchain SET (fillfactor = 70);
"""
FILL = """
ALTER TABLE foundation_event DISABLE TRIGGER foundation_event_append_only;
DO $$
DECLARE
    one foundation_event;
    before bytea;
BEGIN
    FOR one IN SELECT * FROM foundation_event ORDER BY subject, id LOOP
        SELECT head INTO before FROM foundation_eventchain WHERE subject = one.subject;
        before := event_link(coalesce(before, ''::bytea), one.type, one.subject, one.occurred_at,
                             one.actor_kind, one.actor_id, one.actor_name, one.data);
        UPDATE foundation_event SET link = before WHERE id = one.id;
        INSERT INTO foundation_eventchain AS chain (subject, length, head) VALUES (one.subject, 1, before)
        ON CONFLICT (subject) DO UPDATE SET length = chain.length + 1, head = before;
    END LOOP;
END $$;
ALTER TABLE foundation_event ENABLE TRIGGER foundation_event_append_only;
"""
UNCHAIN = """
DROP TRIGGER foundation_event_chained ON foundation_event;
DROP FUNCTION chain_event();
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_events_never_change")]
    operations = [
        migrations.CreateModel(
            name="EventChain",
            fields=[
                ("subject", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("length", models.PositiveIntegerField()),
                ("head", models.BinaryField()),
            ],
        ),
        migrations.AddField("event", "link", models.BinaryField(null=True, editable=False)),
        migrations.RunSQL(LINK, "DROP FUNCTION event_link"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(CHAIN, UNCHAIN),
    ]
