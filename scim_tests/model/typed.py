"""Reads JSON as the types that the model says: what a file holds of another type is its fault, and never ours."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from math import isfinite
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


def typed(kind: Any, value: Any) -> Any:
    """The value as that kind: a dataclass, a list, a tuple, a dict, a choice of kinds, or something plain.

    Fields that a dataclass does not have are passed over. TypeError or ValueError where it is no such value.
    """
    return _reader(kind)(value)


@cache
def _reader(kind: Any) -> Reader:
    """How a value is read as that kind, worked out once: a run's files hold a hundred thousand values."""
    if kind is Any:
        return lambda value: value
    if isinstance(kind, UnionType):
        return partial(_one_of, [_reader(each) for each in get_args(kind)])
    origin, of = get_origin(kind), get_args(kind)
    if origin is list or (origin is tuple and of[1:] == (...,)):
        return partial(_items, origin, _reader(of[0]))
    if origin is tuple:
        return partial(_each_its_own, [_reader(each) for each in of])
    if origin in {dict, Mapping}:
        return partial(_dict, _reader(str), _reader(of[1]))
    return partial(_way(kind), kind)


def _way(kind: Any) -> Callable[[Any, Any], Any]:
    if is_dataclass(kind):
        return _record
    if issubclass(kind, StrEnum):
        return _word
    return {int: _number, float: _number, NoneType: _nothing}.get(kind, _instance)


def _one_of(readers: list[Reader], value: Any) -> Any:
    for read in readers[:-1]:
        try:
            return read(value)
        except (TypeError, ValueError):
            continue
    return readers[-1](value)


def _items(kind: type, read: Reader, value: Any) -> Any:
    """A list, or `tuple[str, ...]`: any number of items of one kind."""
    return kind([read(each) for each in _sequence(kind, value)])


def _each_its_own(readers: list[Reader], value: Any) -> tuple[Any, ...]:
    """Any other tuple: as many items as it has kinds."""
    return tuple(read(each) for read, each in zip(readers, _sequence(tuple, value), strict=True))


def _sequence(kind: type, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise _none_such(kind, value)
    return value


def _dict(read_key: Reader, read: Reader, value: Any) -> dict[str, Any]:
    return {read_key(key): read(each) for key, each in _instance(Mapping, value).items()}


def _record(kind: Any, value: Any) -> Any:
    said = _instance(Mapping, value)
    values: dict[str, Any] = {}
    for name, read, is_needed in _fields(kind):
        if name in said:
            values[name] = read(said[name])
        elif is_needed:
            raise TypeError(f"{kind.__name__} has no {name}")
    return kind(**values)


@cache
def _fields(kind: Any) -> list[tuple[str, Reader, bool]]:
    """The name of each field, how it is read, and whether it has to be there."""
    hints = get_type_hints(kind)
    return [
        (each.name, _reader(hints[each.name]), each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    ]


def _instance(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise _none_such(kind, value)
    return value


def _word(kind: type[StrEnum], value: Any) -> StrEnum:
    return kind(_instance(str, value))


def _nothing(_: type, value: Any) -> None:
    if value is not None:
        raise _none_such(NoneType, value)


def _number(kind: type, value: Any) -> Any:
    is_one = isinstance(value, int) or (kind is float and isinstance(value, float))
    if not is_one or isinstance(value, bool) or not is_finite(value):
        raise _none_such(kind, value)
    return value


def _none_such(kind: type, value: Any) -> TypeError:
    return TypeError(f"{value!r:.80} is no {kind.__name__}")


def is_finite(value: float) -> bool:
    """Whether it is a number that counts: also no whole number that is larger than any float."""
    try:
        return isfinite(value)
    except OverflowError:
        return False
