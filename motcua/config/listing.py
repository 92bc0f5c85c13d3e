"""The list that `motcua settings` prints: every setting that the environment may change."""

import argparse
import json
import textwrap

from motcua.config import env, settings

_HIDDEN = "(set, not shown)"


def main(arguments: list[str]) -> int:
    """Print every setting, or those whose names contain a given word."""
    parser = argparse.ArgumentParser(prog="motcua settings", description="List every setting.")
    parser.add_argument("word", nargs="?", default="", help="only settings whose name contains this word")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    wanted = [setting for setting in env.SETTINGS if options.word.upper() in setting.name]
    if options.json:
        print(json.dumps([_as_json(setting) for setting in wanted], ensure_ascii=False, indent=2))
    else:
        print(f"Read from the environment. Data folder: {settings.VAR}\n")
        print("\n".join(map(_as_text, wanted)))
    return 0


def shown(setting: env.Setting) -> str:
    """The value as it may be printed: a secret only says whether it is set."""
    if setting.secret:
        return _HIDDEN if setting.value else ""
    return ", ".join(setting.value) if isinstance(setting.value, list) else str(setting.value)


def _as_json(setting: env.Setting) -> dict[str, object]:
    default = None if setting.secret else str(setting.default)
    return {
        "name": setting.name,
        "kind": setting.kind,
        "value": shown(setting),
        "default": default,
        "help": setting.help,
    }


def _as_text(setting: env.Setting) -> str:
    changed = "" if setting.value == setting.default else "   (changed)"
    lines = [f"{setting.name} = {shown(setting) or '(empty)'}{changed}"]
    lines += textwrap.wrap(setting.help, 100, initial_indent="    ", subsequent_indent="    ")
    if changed and not setting.secret:
        lines.append(f"    Default: {setting.default or '(empty)'}")
    return "\n".join([*lines, ""])
