"""A write that leaves everything as it was shows nothing: the play sends one only where that is what it tries."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pytest
from playing import ENTITLEMENTS, Play, honest_play, specified_play

from scim_tests.checks.reading.compare import without
from scim_tests.checks.reading.outcomes import Passage, passages
from scim_tests.checks.reading.patching import CORE, patched
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Resource, get

META = frozenset({"meta"})
MEANT = (
    "link_user.put", "update_user.put_unchanged", "*.put_custom", "send_odd_requests.*_unknown",  # PUTs of what is there
    "patch_user.same_value", "project_users.patch_of_nothing*", "write_in_forms.nothing_new*", "patch_entries.one_twice", "overlap_*.same_twice",
    "push_group.same_name", "push_group.*_again", "push_group.empty_without_path",
    "*_group.rename", "*_group.take_name", "overlap_groups.rename*",  # Okta sends the id beside the name
    "live_together.group_after_half",  # members who are there
    "patch_user.active_as_a_string",  # whether it is taken at all
    "*.schemas_first", "write_in_forms.extension_again",  # the schemas, as Entra sends them first
)  # fmt: skip


def in_vain(played: Play) -> Iterator[str]:
    """The writes with something in them that was there already, between reads by id and one after the other."""
    for passage in passages(played.conductor.transcript):
        if not passage.is_at_once and passage.before:
            yield from _in_vain(passage)


def _in_vain(passage: Passage) -> Iterator[str]:
    first, *others = passage.taken or passage.writes
    if first.request.method == "PUT" and not others:
        was, now = (without(each, META) for each in (passage.was, passage.after.resource))
        if was == now:
            yield first.step
    state = passage.was
    for patch in passage.taken:
        if patch.request.method != "PATCH":
            return
        for path, operation in _each(patch):
            after = patched(state, [operation])
            if after == state:
                yield f"{patch.step} ({path})"
            state = after or state


def _each(patch: Exchange) -> Iterator[tuple[str, Resource]]:
    """Its operations by their paths, those without a path taken apart, and what they write to an extension."""
    for operation in patch.request.operations:
        value, path = get(operation, "value"), get(operation, "path")
        named = {path: value} if path else value
        for key, each in named.items():
            is_extension = key.lower().startswith("urn:") and key.lower() not in CORE
            parts = (
                {f"{key}:{name}": one for name, one in each.items()}
                if is_extension and isinstance(each, Mapping)
                else {key: each}
            )
            for one, wanted in parts.items():
                yield one, {**operation, "path": one, "value": wanted} if value is not None else operation


@pytest.mark.parametrize("of_okta", [True, False])
def test_each_write_changes_what_it_names(*, of_okta: bool) -> None:
    """On the honest server, but for those that are meant to change nothing."""
    played = honest_play(schema_file=ENTITLEMENTS) if of_okta else specified_play()
    assert [
        each for each in in_vain(played) if not any(fnmatchcase(each.partition(" ")[0], one) for one in MEANT)
    ] == []
