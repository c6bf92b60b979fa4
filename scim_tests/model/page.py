"""What a page of a list says of itself."""

from dataclasses import dataclass

from scim_tests.model.scim import Json


@dataclass(frozen=True)
class Page:
    """One page of a list: its counters as the target gave them, and the ids in order."""

    total: Json
    start_index: Json
    items_per_page: Json
    ids: tuple[str, ...]
