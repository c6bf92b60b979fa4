"""A schema of an extension with every type and characteristic that RFC 7643 section 7 has, for a server to publish."""

import json
from pathlib import Path
from typing import Any

import reference_server

LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"


def attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """A definition with every characteristic."""
    told = {"name": name, "type": kind, "multiValued": False, "required": False, "description": "For tests."}
    told |= {"mutability": "readWrite", "returned": "default"}
    of_texts = {"caseExact": False, "uniqueness": "none"} if kind in {"string", "reference", "binary"} else {}
    return {**told, **of_texts, **more}


ATTRIBUTES = [
    attribute("ratio", "decimal"),
    attribute("floor", "integer"),
    attribute("remote", "boolean"),
    attribute("hired", "dateTime"),
    attribute("picture", "binary", caseExact=True),
    attribute("homepage", "reference", referenceTypes=["external"], caseExact=True),
    attribute("badge", mutability="immutable"),
    attribute("number", uniqueness="server"),
    attribute("color", canonicalValues=["red", "green"]),
    attribute("tags", multiValued=True),
    attribute("floors", "integer", multiValued=True),
    attribute(
        "desk",
        "complex",
        subAttributes=[
            attribute("place"),
            attribute("height", "decimal"),
            attribute("note", mutability="readOnly"),
        ],
    ),
    attribute(
        "devices",
        "complex",
        multiValued=True,
        subAttributes=[
            attribute("value"),
            attribute("type", canonicalValues=["phone", "laptop"]),
            attribute("primary", "boolean"),
            attribute("weight", "decimal"),
        ],
    ),
    attribute("computed", mutability="readOnly"),
    attribute("hidden", mutability="writeOnly", returned="never"),
    attribute("onRequest", returned="request"),
    attribute("adminLevel"),
    attribute("site", required=True),
]


def lab(folder: Path) -> Path:
    """A file with that extension of users, for `Settings.schema_file`."""
    types = Path(reference_server.__file__).parent / "schemas" / "resource_types.json"
    user = json.loads(types.read_text(encoding="utf-8"))["resourceTypes"][0]
    user["schemaExtensions"].append({"schema": LAB, "required": False})
    schema = {"id": LAB, "name": "Lab", "description": "For tests.", "attributes": ATTRIBUTES}
    file = folder / "lab.json"
    file.write_text(json.dumps({"schemas": [schema], "resourceTypes": [user]}), encoding="utf-8")
    return file
