"""What happened, written once: the row is history, audit and queue.

`record` runs inside the operation's transaction. Each subscriber of the event's
type gets a job in the same transaction; it runs at least once, in a worker.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from procrastinate.types import JSONValue

from motcua.foundation.actor import Actor
from motcua.foundation.jobs import job
from motcua.foundation.models import Event

Subscriber = Callable[[Event], None]
_subscribers: dict[str, dict[str, Subscriber]] = defaultdict(dict)
_INSERT = """
    INSERT INTO foundation_event (type, subject, occurred_at, actor_kind, actor_id, actor_name, data)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb) RETURNING id
"""


def subscribe(*types: str) -> Callable[[Subscriber], Subscriber]:
    """Have the decorated function called for each event of these types. It must be idempotent."""

    def add(function: Subscriber) -> Subscriber:
        name = f"{function.__module__}.{function.__qualname__}"
        for type_ in types:
            _subscribers[type_][name] = function
        return function

    return add


def record(type_: str, *, subject: str, actor: Actor, at: datetime, **data: object) -> Event:
    """Write the event and one job per subscriber, in the caller's transaction."""
    event = Event(
        type=type_,
        subject=subject,
        occurred_at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        data=data,
    )
    with connection.cursor() as cursor:  # many are written in every request: a statement that is written once
        cursor.execute(
            _INSERT,
            [type_, subject, at, event.actor_kind, event.actor_id, event.actor_name, json.dumps(data)],
        )
        event.pk = cursor.fetchone()[0]
    event._state.adding, event._state.db = False, connection.alias
    deliveries: list[dict[str, JSONValue]] = [{"event_id": event.pk, "subscriber": name} for name in _subscribers[type_]]
    if deliveries:
        deliver.batch_defer(*deliveries)
    return event


@job(queue="events", retries=12)
def deliver(event_id: int, subscriber: str) -> None:
    """Hand one event to one subscriber; a failure is tried again with growing pauses."""
    event = Event.objects.get(pk=event_id)
    function = _subscribers[event.type].get(subscriber)
    if function:  # a subscriber that an update removed has nothing left to do
        function(event)
