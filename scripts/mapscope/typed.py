"""JSON objects as dataclasses, by the types of the dataclasses' fields."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")
Reader = Callable[[Any], Any]


def read(kind: type[T], document: dict[str, Any]) -> T:
    """An object of the dataclass `kind` from a JSON object with its fields, nested ones included.

    The document is taken to be valid by its schema. Raises TypeError when fields are missing or too many.
    """
    reader = _reader(kind)
    assert reader is not None
    return reader(document)


@functools.cache
def _reader(kind: Any) -> Reader | None:
    """What makes a value of JSON one of `kind`; None where it is one already."""
    if is_dataclass(kind):
        return _of_dataclass(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = _reader(next(each for each in arguments if each is not type(None)))
        return inner and (lambda value: None if value is None else inner(value))
    if origin is list and (inner := _reader(arguments[0])):
        return lambda values: [inner(value) for value in values]
    if origin is dict and (inner := _reader(arguments[1])):
        return lambda values: {key: inner(value) for key, value in values.items()}
    return None


def _of_dataclass(kind: Any) -> Reader:
    if hasattr(kind, "from_json"):
        return kind.from_json
    nested = {name: reader for name, hint in typing.get_type_hints(kind).items() if (reader := _reader(hint))}
    return lambda document: kind(**document | {name: reader(document[name]) for name, reader in nested.items()})
