"""The command `motcua`: our own commands and Django's, with a database to work on and plain words on failure.

Each command imports what it needs itself: the demonstration's processes stay small.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

_SANDBOXES = ("mailbox", "signer", "vnpay")
_WITHOUT_DATABASE = {"help", "version", "--help", "-h", "--version"}
_WITHOUT_DATABASE |= {"collectstatic", "compilemessages", "makemessages"}

_USAGE = """\
motcua COMMAND …

  demo                    serve everything for trying out, with sandboxes and demo accounts
  doctor                  say what is wrong with this installation, and what to do
  settings                list every setting: its value, its default, what it is for
  worker                  run the background jobs
  migrate                 bring the database to the shape this version needs
  procedures check|import|diff|simulate|rehearse|export|…
                          the catalogue of procedures, as folders of text
  audit verify|anchor     find every row that was changed by hand
  sandbox mailbox|signer|vnpay
                          a stand-in for a mail server, a signing service or the payment gateway
  help                    list every command, Django's too
  COMMAND --help          say what a command takes
"""


def main() -> None:
    """Run the command of the command line. Exits with 1, and a plain sentence, when it fails."""
    command, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    try:
        sys.exit(_run(command.replace("-", "_") if command[:1] != "-" else command, arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader, `head` perhaps, has gone
        sys.exit(1)
    except Exception as error:
        if os.environ.get("MOTCUA_DEBUG") not in (None, "", "0", "false", "no"):
            raise
        if _says_enough(error):
            sys.exit(f"motcua: {error}")
        sys.exit(
            f"motcua: {command} failed with an error that nobody foresaw: {type(error).__name__}: {error}\n"
            "Run it again with MOTCUA_DEBUG=1 to see where."
        )


def _says_enough(error: Exception) -> bool:
    """Whether the error's own text is a plain sentence for the operator."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError

    from motcua.foundation.postgres import PostgresError

    return isinstance(error, CommandError | ImproperlyConfigured | OperationalError | PostgresError)


def _run(command: str, arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    own: dict[str, Callable[[list[str]], int]] = {
        "": _say_usage,
        "demo": _demo,
        "doctor": _doctor,
        "sandbox": _sandbox,
        "settings": _settings,
    }
    if command in own:
        return own[command](arguments)
    return _django(command, arguments)


def _say_usage(arguments: list[str]) -> int:
    print(_USAGE, end="")
    return 0


def _demo(arguments: list[str]) -> int:
    from motcua.demo import serve

    return serve.main(arguments)


def _doctor(arguments: list[str]) -> int:
    join_running_demo()
    from motcua.config import doctor

    return doctor.main(arguments)


def _settings(arguments: list[str]) -> int:
    from motcua.config import listing

    return listing.main(arguments)


def _sandbox(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in _SANDBOXES:
        sys.exit(f"motcua: name a sandbox: motcua sandbox {'|'.join(_SANDBOXES)}")
    import_module(f"motcua.sandboxes.{name}").main(rest)
    return 0


def _django(command: str, arguments: list[str]) -> int:
    """Run a management command, with the embedded server up when the settings name no other."""
    from django.core.management import ManagementUtility

    join_running_demo()
    from motcua.config import settings
    from motcua.foundation.postgres import Embedded

    utility = ManagementUtility(["motcua", command, *arguments])
    needs_database = command not in _WITHOUT_DATABASE and not {"--help", "-h"} & set(arguments)
    if settings.DATABASE_URL or not needs_database:
        utility.execute()
    else:
        with Embedded(settings.VAR / "postgres", binaries=settings.POSTGRES_BINARIES):
            utility.execute()
    return 0


def join_running_demo() -> None:
    """Take over the settings of a demo that runs in this checkout: its ports are chosen when it starts."""
    var = Path(os.environ.get("MOTCUA_VAR") or Path(__file__).resolve().parent.parent / "var")
    try:
        running = json.loads((var / "demo.json").read_text())
        os.kill(running["pid"], 0)
    except (OSError, ValueError, KeyError):
        return
    for name, value in running["environment"].items():
        os.environ.setdefault(name, value)


if __name__ == "__main__":
    main()
