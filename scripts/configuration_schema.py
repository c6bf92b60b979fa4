"""Writes fixtures/schemas/configuration.schema.json from the options of a run: `make docs`."""

import json
from pathlib import Path
from typing import Any

from scim_tests.options import OURS, RUN_OPTIONS, SEVERITIES, VARIABLES, Option

PATH = Path(__file__).parent.parent / "fixtures" / "schemas" / "configuration.schema.json"
TYPES = {bool: "boolean", int: "integer", str: "string"}
NOT_IN_A_FILE = {"--yes"}  # consent is given at the command


def main() -> None:
    PATH.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def schema() -> dict[str, Any]:
    """The JSON Schema of scim-tests.toml, and of [tool.scim-tests] in a pyproject.toml."""
    options = {
        each.flag.removeprefix("--"): _said(each) for each in RUN_OPTIONS if each.flag not in NOT_IN_A_FILE
    }
    here = {"$ref": "#/$defs/options"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "configuration.schema.json",
        "title": "Targets by name, with the options of a run; paths are relative to the file",
        "type": "object",
        "additionalProperties": False,
        "required": ["targets"],
        "properties": {
            "defaults": {**here, "description": "for every target that does not say otherwise"},
            "targets": {
                "type": "object",
                "additionalProperties": here,
                "propertyNames": {
                    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
                    "description": "A target's name has letters, digits, points, hyphens and underscores, 64 at most.",
                },
            },
        },
        "$defs": {"options": {"type": "object", "additionalProperties": False, "properties": options}},
    }


def _said(option: Option) -> dict[str, Any]:
    one: dict[str, Any] = {"type": TYPES[option.kind]}
    if option.name in VARIABLES:
        one["pattern"] = f"^{OURS.pattern}$"
    if option.name == "fail_on":
        one = {"enum": list(SEVERITIES)}
    said = {"type": "array", "items": one} if option.several else one
    begins = " It begins with SCIM_TESTS_." if option.name in VARIABLES else ""
    return {**said, "description": option.help + begins}


if __name__ == "__main__":
    main()
