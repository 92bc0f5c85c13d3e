"""Every key and every word of the format is called something."""

import dataclasses
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from motcua.foundation.working_time import TimeLimit
from motcua.procedures import parts, words

SHAPES = [shape for shape in vars(parts).values() if dataclasses.is_dataclass(shape)]
SHAPES += [] if TimeLimit in SHAPES else [TimeLimit]


def literal_words(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in literal_words(part))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_key_has_a_label_and_a_sentence_of_help(shape):
    keys = [field.name.rstrip("_") for field in dataclasses.fields(shape)]

    assert words.name(shape)
    assert list(words.KEYS[shape]) == keys, "in the order of the shape, none missing, none too many"
    for key in keys:
        assert words.label(shape, key)
        assert words.help_text(shape, key).endswith("."), key


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_word_has_a_name(shape):
    hints = get_type_hints(shape)
    for field in dataclasses.fields(shape):
        key = field.name.rstrip("_")
        assert list(words.values(shape, key)) == list(literal_words(hints[field.name])), key


def test_what_nobody_named_is_called_by_itself():
    assert words.label(parts.Field, "nothing") == "nothing"
    assert words.value(parts.Field, "type", "unknown") == "unknown"
    assert words.help_text(parts.Field, "nothing") == ""
    assert words.any_label("nothing") == "nothing"
