"""Reads Okta's people from a file, for the matching of an import: CSV or JSON.

Columns (or keys) are Okta's own: `login`, `firstName`, `lastName`, `email`, and `assigned` (true or
yes: the person has the app already). Only `login` has to be there.
"""

import csv
import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.model.act import OktaPerson

COLUMNS = ("login", "firstName", "lastName", "email", "assigned")


def read_people(path: Path) -> list[OktaPerson]:
    """Everybody in the file. UsageError `bad-people` says what is wrong, and in which row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError("bad-people", f"The people file {path} cannot be read: {reason}.") from None
    rows = _json_rows(text, path) if text.lstrip().startswith(("[", "{")) else _csv_rows(text, path)
    return [_person(row, number, path) for number, row in enumerate(rows, 1)]


def _json_rows(text: str, path: Path) -> list[Any]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("bad-people", f"The people file {path} is not JSON: {error}.") from None
    if not isinstance(rows, list):
        raise UsageError("bad-people", f"The people file {path} has to be a JSON array of objects.", _hint())
    return rows


def _csv_rows(text: str, path: Path) -> list[Any]:
    try:
        return list(csv.DictReader(StringIO(text)))
    except csv.Error as error:
        raise UsageError("bad-people", f"The people file {path} is not CSV: {error}.") from None


def _person(row: Any, number: int, path: Path) -> OktaPerson:
    if not isinstance(row, Mapping) or not str(row.get("login") or "").strip():
        raise UsageError("bad-people", f"{path}, row {number}: there is no login.", _hint())
    login, given, family, email, assigned = (str(row.get(name) or "").strip() for name in COLUMNS)
    return OktaPerson(login, given, family, email or login, assigned.lower() in {"true", "yes", "1"})


def _hint() -> str:
    return f"Columns: {', '.join(COLUMNS)}."
