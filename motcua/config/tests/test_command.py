import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def motcua(*words, **environment):
    """Run the command as an operator does, with nothing but these settings in the environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "motcua", *words],
        check=False,
        cwd=ROOT,
        env=kept | environment,
        text=True,
        capture_output=True,
        timeout=120,
    )


def test_without_words_it_says_what_it_can_do():
    done = motcua()

    assert done.returncode == 0
    assert "doctor" in done.stdout and "demo" in done.stdout


def test_it_lists_every_setting_but_no_secret(tmp_path):
    done = motcua("settings", "--json", MOTCUA_VAR=str(tmp_path), VNPAY_HASH_SECRET="never-shown")

    listed = {setting["name"]: setting for setting in json.loads(done.stdout)}
    assert listed["MOTCUA_VAR"]["value"] == str(tmp_path)
    assert listed["EMAIL_PORT"]["default"] == "8025"
    assert all(setting["help"] for setting in listed.values())
    assert "never-shown" not in done.stdout


def test_the_list_of_settings_can_be_narrowed():
    done = motcua("settings", "email_p", EMAIL_PORT="2525")

    assert "EMAIL_PORT = 2525   (changed)" in done.stdout
    assert "DATABASE_URL" not in done.stdout


@pytest.mark.parametrize(
    "words, environment, expected",
    [
        (["settings"], {"EMAIL_PORT": "many"}, "EMAIL_PORT must be a whole number; it is 'many'."),
        (["migrate"], {"MOTCUA_VAR": "here"}, "MOTCUA_VAR must be an absolute path; it is 'here'."),
        (["sandbox", "bank"], {}, "name a sandbox: motcua sandbox mailbox|signer|vnpay"),
        (["migrate"], {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "MOTCUA_DEMO": "1"}, "127.0.0.1"),
        (["showmigrations"], {"POSTGRES_BINARIES": "/nowhere"}, "holds no PostgreSQL server"),
    ],
)
def test_what_goes_wrong_is_said_in_plain_words(tmp_path, words, environment, expected):
    done = motcua(*words, **{"MOTCUA_VAR": str(tmp_path), **environment})

    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_does_not_answer_and_what_to_do(tmp_path):
    done = motcua(
        "doctor",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        MOTCUA_SECRET_KEY="short",
        MOTCUA_VAR=str(tmp_path),
        EMAIL_PORT="1",
    )

    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "PROBLEM database: it does not answer at 127.0.0.1" in said
    assert "PROBLEM settings: MOTCUA_SECRET_KEY is shorter than 50 characters" in said
    assert "PROBLEM mail: 127.0.0.1:1 does not take mail" in said
    assert "Set EMAIL_HOST" in said
    assert "Traceback" not in done.stdout + done.stderr
