"""What Okta sends about groups: bodies with their order and encoding, in both dialects.

Facts: okta-protocol, section 2.10 (okta:S20, okta:BLOG, okta:LAB-KR, okta:ROSTR). A member carries
`value` and `display` and nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scim_tests.model.act import Scene, Step
from scim_tests.model.scim import GROUP, PATCH_OP, Json, Resource
from scim_tests.personas.okta.requests import dump, get_, headers, quoted

Operation = dict[str, Json]


class Member(NamedTuple):
    """Somebody in a group: the id on the target, and what Okta shows for it."""

    id: str
    display: str | None

    def json(self) -> dict[str, Json]:
        """The member as Okta writes it; `display` can be null in a PUT (okta:SDK419, okta:SG95)."""
        return {"value": self.id, "display": self.display}


def look_up_group(scene: Scene, name: str, display_name: str) -> Step:
    """The lookup before a group is pushed; Okta leaves it out where it holds a fresh list (okta:ROSTR, okta:S20)."""
    escaped = display_name.replace("\\", "\\\\").replace('"', '\\"')
    value = quoted('"' + escaped + '"')
    page_size = scene.profile.limits.page_size
    return get_(scene, name, f"/Groups?filter=displayName%20eq%20{value}&startIndex=1&count={page_size}")


def list_groups(scene: Scene, name: str, start_index: int, count: int, **more: Json) -> Step:
    """A page of groups, startIndex before count (okta:S20, okta:LAB-KR); `more` are further fields of the step."""
    return get_(scene, name, f"/Groups?startIndex={start_index}&count={count}", **more)


def read_group(scene: Scene, name: str, group_id: str) -> Step:
    """A GET by id: before a change in a custom app (okta:LAB-KR), and ours to see what became of one."""
    return get_(scene, name, group_path(group_id))


def create_group(scene: Scene, name: str, display_name: str, members: Iterable[Member]) -> Step:
    """A create; the ledger hears of it before it leaves."""
    body = dump({"schemas": [GROUP], **_content(display_name, members)})
    return Step(name, "POST", "/Groups", headers(scene, body=True), body, creates=display_name)


def put_group(  # noqa: PLR0913 -- what Okta puts, and to which step it belongs
    scene: Scene, name: str, group_id: str, display_name: str, members: Iterable[Member], *, renames: str = ""
) -> Step:
    """The whole group, as an app made with the wizard gets it (okta:LAB-KR); with the id, as captured."""
    body = dump({"schemas": [GROUP], "id": group_id, **_content(display_name, members)})
    sent = headers(scene, body=True)
    return Step(name, "PUT", group_path(group_id), sent, body, creates=renames, about=group_id)


def patch_group(scene: Scene, name: str, group_id: str, *operations: Operation, renames: str = "") -> Step:
    """A PATCH of a group; `renames` is the displayName the operations give, which the ledger hears of before."""
    body = dump({"schemas": [PATCH_OP], "Operations": list(operations)})
    sent = headers(scene, body=True)
    return Step(name, "PATCH", group_path(group_id), sent, body, creates=renames, about=group_id)


def delete_group(scene: Scene, name: str, group_id: str) -> Step:
    """Okta's, when the admin unlinks a group and has it deleted in the target app (okta:S20, okta:LAB-KR).

    It carries a Content-Type, although it has no body (okta:OLD).
    """
    return Step(
        name, "DELETE", group_path(group_id), headers(scene, typed=True), about=group_id, removes=True
    )


def remove_one(member: Member) -> Operation:
    """One operation for each who leaves, without a value (okta:S20, okta:SDK757)."""
    escaped = member.id.replace("\\", "\\\\").replace('"', '\\"')
    return {"op": "remove", "path": f'members[value eq "{escaped}"]'}


def add_all(members: Sequence[Member]) -> Operation:
    """One operation for all who join (okta:S20, okta:BLOG)."""
    return {"op": "add", "path": "members", "value": [member.json() for member in members]}


def replace_all(members: Sequence[Member]) -> Operation:
    """Push now overwrites; an empty group is an empty list (okta:SDK757)."""
    return {"op": "replace", "path": "members", "value": [member.json() for member in members]}


def name_it(group_id: str, display_name: str, **more: Json) -> Operation:
    """A new name, or the old one once more: no path, and the id among the values (okta:S20, okta:SG111)."""
    return {"op": "replace", "value": {"id": group_id, "displayName": display_name, **more}}


def group_path(group_id: str) -> str:
    """The path of one group, its id percent-encoded."""
    return f"/Groups/{quoted(group_id)}"


def _content(display_name: str, members: Iterable[Member]) -> Resource:
    return {"displayName": display_name, "members": [member.json() for member in members]}
