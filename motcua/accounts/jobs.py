"""What the accounts leave to a worker: their mails, and forgetting what is over."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage

from motcua.accounts import limits
from motcua.foundation.jobs import job, periodic
from motcua.foundation.time import now


@job(queue="mail", retries=6)
def send(subject: str, body: str, to: str) -> None:
    """Send one mail about an account; a mail server that does not answer is asked again."""
    EmailMessage(subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to]).send()


@periodic(cron="*/10 * * * *")
def forget_attempts() -> None:
    limits.forget_expired(at=now())


@periodic(cron="17 3 * * *")
def forget_sessions() -> None:
    """Delete the logins that have ended, with whatever they still kept."""
    Session.objects.filter(expire_date__lt=now()).delete()
