"""The laws of the house that no linter knows: closed doors, personal data, words, and who may write."""

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from motcua.accounts.middleware import _LIBRARIES

EXAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
FACES = ("portal", "desk", "console")
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
}
NO_WRITES = {  # what bears such a name and writes to no table of ours
    "image.save": "a picture, into memory",
    "book.save": "a workbook, into memory",
    "CaptchaStore.objects.filter(hashkey=name).delete": "the library's table, which has no operations",
}


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, place)
        else:
            yield place, pattern


def is_a_librarys(view: Callable[..., Any]) -> bool:
    return view.__module__.startswith(_LIBRARIES)


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("motcua.")]


def rooms() -> list[str]:
    return sorted({model._meta.app_label for model in our_models()})


@pytest.mark.django_db
def test_every_page_is_public_by_its_mark_a_librarys_or_asks_for_a_login():
    closed, standing_open = 0, []
    for place, pattern in routes(get_resolver()):
        view = pattern.callback
        if is_a_librarys(view) or getattr(view, "public", False):
            continue
        assert isinstance(pattern.pattern, RoutePattern), (
            f"{place}: write it as path(), so that it can be tried"
        )
        address = re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found[1] or "str"], place)
        for ask in (Client().get, Client().post):
            answer = ask(address)
            if answer.status_code != 302 or not answer.headers["Location"].startswith(settings.LOGIN_URL):
                standing_open.append(f"{address}: {answer.status_code}")
        closed += 1
    assert standing_open == []
    assert closed > 20


def test_every_model_is_in_the_glossary():
    glossary = (settings.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+\.\w+)`", glossary))
    assert sorted({f"{model._meta.app_label}.{model.__name__}" for model in our_models()} - listed) == []


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_which_of_its_fields_are_personal(room):
    module = import_module(f"motcua.{room}.models")
    assert hasattr(module, "PERSONAL_FIELDS"), (
        f"motcua/{room}/models.py: PERSONAL_FIELDS = {{model: {{field}}}}"
    )
    models = {model.__name__: model for model in our_models() if model._meta.app_label == room}
    for name, personal in module.PERSONAL_FIELDS.items():
        assert name in models
        assert personal <= {field.name for field in models[name]._meta.concrete_fields}, name


def test_fields_that_are_called_like_personal_data_are_declared_personal():
    telling = re.compile(
        r"(^|_)(phone|email|recipient|full_name|citizen_number|client_ip|actor_name|payer_\w+)$"
    )
    forgotten = []
    for model in our_models():
        personal = import_module(f"motcua.{model._meta.app_label}.models").PERSONAL_FIELDS.get(
            model.__name__, set()
        )
        fields = {field.name for field in model._meta.concrete_fields if telling.search(field.name)}
        forgotten += [f"{model.__name__}.{field}" for field in fields - personal]
    assert set(forgotten) <= {"Agency.phone", "Agency.email"}  # an office's, nobody's own


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Calls that look like writing to the database: line, and the call as it stands there."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        call = ast.unparse(node.func)
        if node.func.attr in WRITES and not _is_harmless(node, call):
            yield node.lineno, call


def _is_harmless(node: ast.Call, call: str) -> bool:
    if call in NO_WRITES or call in ("super().save", "form.save"):
        return True  # a form of the library writes through our adapter; none of ours is a ModelForm
    return call.endswith(".update") and len(node.args) == 1  # of a dictionary: a queryset takes keywords only


def test_faces_write_only_through_operations():
    found = []
    for face in FACES:
        for path in sorted((settings.ROOT / "motcua" / face).rglob("*.py")):
            if "tests" in path.parts:
                continue
            found += [
                f"{path.relative_to(settings.ROOT)}:{line} {call}" for line, call in writes(_tree(path))
            ]
    assert found == []


def _tree(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "Dossier.objects.create(x=1)",
        "dossier.save()",
        "dossier.save(update_fields=['x'])",
        "Dossier.objects.filter(pk=1).update(state='x')",
        "dossier.documents.all().delete()",
        "rows.bulk_create([1])",
        "user.offices.get_or_create(role='x')",
    ],
)
def test_a_write_is_noticed(line):
    assert list(writes(ast.parse(line)))


@pytest.mark.parametrize("line", ["shown.update({'a': 1})", "form.save(request)", "operations.create_x(y=1)"])
def test_what_only_sounds_like_a_write_is_let_be(line):
    assert not list(writes(ast.parse(line)))


def test_every_journey_runs_among_the_journeys():
    """A browser leaves an event loop behind, in which Django refuses the database to every later test."""
    files = (settings.ROOT / "tests" / "journeys").glob("test_*.py")
    assert [path.name for path in files if "pytest.mark.journey" not in path.read_text(encoding="utf-8")] == []
