"""What the portal tidies by the clock."""

from captcha.models import CaptchaStore

from motcua.foundation.jobs import periodic


@periodic(cron="7 * * * *")
def forget_old_codes() -> None:
    """Delete the confirmation codes that nobody can answer any more."""
    CaptchaStore.remove_expired()
