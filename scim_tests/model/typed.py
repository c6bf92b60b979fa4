"""Reads JSON as the types that the model says: what a file holds of another type is its fault, and never ours."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints


def typed(kind: Any, value: Any) -> Any:
    """The value as that kind: a dataclass, a list, a tuple, a dict, a choice of kinds, or something plain.

    Fields that a dataclass does not have are passed over. TypeError or ValueError where it is no such value.
    """
    if kind is Any or (kind is str and type(value) is str):  # nearly all that a file holds
        return value
    made_as, kinds = _parts(kind)
    if made_as is UnionType:
        return _one_of(kinds, value)
    if made_as in {list, tuple} and isinstance(value, list | tuple):
        return _items(made_as, kinds, value)
    if made_as in {dict, Mapping} and isinstance(value, Mapping):
        return {typed(str, key): typed(kinds[1], each) for key, each in value.items()}
    if made_as is dataclass and isinstance(value, Mapping):
        return _record(kind, value)
    if isinstance(kind, type) and _is_plain(kind, value):
        return kind(value) if issubclass(kind, StrEnum) else value
    raise TypeError(f"{value!r:.80} is no {getattr(kind, '__name__', kind)}")


@cache
def _parts(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """What a kind is made as, and of which kinds."""
    return dataclass if is_dataclass(kind) else get_origin(kind), get_args(kind)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    for kind in kinds[:-1]:
        try:
            return typed(kind, value)
        except (TypeError, ValueError):
            continue
    return typed(kinds[-1], value)


def _items(of: Any, kinds: tuple[Any, ...], value: Sequence[Any]) -> Any:
    """A list, or `tuple[str, ...]`, has any number of items of one kind; any other tuple as many as it has kinds."""
    if of is list or kinds[1:] == (...,):
        kinds = kinds[:1] * len(value)
    return of(typed(kind, each) for kind, each in zip(kinds, value, strict=True))


def _record(kind: Any, value: Mapping[str, Any]) -> Any:
    read: dict[str, Any] = {}
    for name, (hint, is_needed) in _fields(kind).items():
        if name in value:
            read[name] = typed(hint, value[name])
        elif is_needed:
            raise TypeError(f"{kind.__name__} has no {name}")
    return kind(**read)


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether it has to be there."""
    hints = get_type_hints(kind)
    return {
        each.name: (hints[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    }


def _is_plain(kind: type, value: Any) -> bool:
    if kind is NoneType:
        return value is None
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and is_finite(value)
    return isinstance(value, str if issubclass(kind, StrEnum) else kind)


def is_finite(value: float) -> bool:
    """Whether it is a number that counts: also no whole number that is larger than any float."""
    try:
        return isfinite(value)
    except OverflowError:
        return False
