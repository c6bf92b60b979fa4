"""What a check leans on: a normative statement by its id, or an Okta fact by its source key."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO

OKTA = "okta:"


def fixtures() -> Traversable:
    """The data folder: inside the package when installed, at the project's root in a checkout."""
    package = files("scim_tests")
    shipped = package / "fixtures"
    return shipped if shipped.is_dir() else package / ".." / "fixtures"


@dataclass(frozen=True)
class Reference:
    """One reference, in words: `id` as checks give it, `source` like `RFC 7644 §3.3`."""

    id: str
    source: str
    statement: str
    url: str = ""
    level: str = ""  # RFC 2119's word; empty of a fact of Okta's


@cache
def references() -> dict[str, Reference]:
    """Every known reference by id: `requirements.csv` and, as `okta:KEY`, `sources.toml`. Read once."""
    known = {reference.id: reference for reference in map(_requirement, _rows())}
    sources = tomllib.loads((fixtures() / "okta" / "sources.toml").read_text(encoding="utf-8"))
    for key, source in sources.items():
        known[OKTA + key] = Reference(OKTA + key, "Okta", source["title"], source.get("url", ""))
    return known


def _rows() -> list[dict[str, str]]:
    text = (fixtures() / "spec" / "requirements.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text)))


def _requirement(row: dict[str, str]) -> Reference:
    source, section = row["source"], row["section"]
    if not source.startswith("RFC"):
        return Reference(row["id"], f"{source} §{section}", row["statement"], level=row["level"])
    number = source.removeprefix("RFC")
    url = f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
    return Reference(row["id"], f"RFC {number} §{section}", row["statement"], url, row["level"])
