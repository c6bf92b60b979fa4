"""A group whose displayName is to be left out and removed, which every group has to have (RFC 7643 4.2)."""

from collections.abc import Generator

from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import GROUP
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import (
    create_group,
    delete_group,
    group_path,
    patch_group,
    put_group,
    read_group,
)
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import dump, headers
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.operations import remove


def take_the_name(scene: Scene, *, patches: bool) -> Generator[Step, Exchange, None]:
    """Make a group, put it without a name and remove the name; where that is taken the name is given back at once."""
    name = f"{scene.crowd[0].user_name.partition('@')[0]}.{Wording.CREW}"
    group_id = id_given((yield create_group(scene, "group_create", name, ())))
    if not group_id:
        return
    yield read_group(scene, "group_proof", group_id)
    body = dump({"schemas": [GROUP], "id": group_id, "members": []})
    sent = headers(scene, body=True)
    steps = [Step("group_without_name", "PUT", group_path(group_id), sent, body, about=group_id)]
    if patches:
        steps.append(patch_group(scene, "group_name_removed", group_id, remove("displayName")))
    for step in steps:
        if (yield step).is_success:
            yield put_group(scene, f"{step.name}_put_right", group_id, name, (), renames=name)
    yield read_group(scene, "group_after", group_id)
    if deletes_reach(scene):
        yield delete_group(scene, "group_delete", group_id)
