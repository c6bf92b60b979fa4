"""What is left out where a query asks for a part or for an order."""

from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest
from reference_server.faults.import_users import Listing
from reference_server.faults.shown_user import Users

COMMON = frozenset({"externalId"})  # stands in no schema


class AttributesAreCaseExact(
    Fault,
    id="attributes-param-case-sensitive",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/7413",
    on=("GET /Users*", "GET /Groups*"),
):
    """The parameter attributes knows names in the schema's letter case only, and passes over others."""

    def when(self, asked: Asked) -> bool:
        return "attributes" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        known = COMMON | _names((await honest(asked.of("GET", "", kind="Schemas"))).resources)
        misspelt = {each.lower() for each in known}

        def is_read(path: str) -> bool:
            parts = path.strip().rpartition(":")[2].split(".")
            return all(part in known or part.lower() not in misspelt for part in parts)

        read = filter(is_read, asked.query["attributes"].split(","))
        return await honest(asked.asking(attributes=",".join(read) or "id"))


class ExclusionDropsExtensions(
    Users,
    id="excludedattributes-drops-extension",
    severity="wrong-data",
    source="https://github.com/scimmyjs/scimmy/issues/37",
    on="GET /Users*",
):
    """Where any attribute is excluded, extensions are left out, too."""

    def when(self, asked: Asked) -> bool:
        return "excludedAttributes" in asked.query

    def change(self, user: dict[str, Any]) -> None:
        for name in [each for each in user if each.startswith("urn:")]:
            del user[name]


class SortingDropsUsers(
    Listing,
    id="sort-drops-users-without-attribute",
    severity="wrong-data",
    source="https://github.com/osiam/server/issues/251",
):
    """A sorted list leaves out whoever has no value to sort by, and counts them."""

    def when(self, asked: Asked) -> bool:
        return "sortBy" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        everybody = await honest(asked)
        has_value = f"{asked.query['sortBy']} pr"
        condition = f"({asked.filter}) and {has_value}" if asked.filter else has_value
        sorted_ones = await honest(asked.asking(filter=condition))
        return (
            sorted_ones.having(totalResults=everybody.json.get("totalResults"))
            if sorted_ones.ok
            else everybody
        )


def _names(definitions: list[dict[str, Any]]) -> set[str]:
    """The names of all attributes and sub-attributes, as schemas spell them."""
    attributes = [each for schema in definitions for each in schema["attributes"]]
    subs = [sub for each in attributes for sub in each.get("subAttributes", [])]
    return {each["name"] for each in [*attributes, *subs]}
