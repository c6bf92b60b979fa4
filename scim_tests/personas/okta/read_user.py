"""One person is read in three ways, by list, id and userName, and unknown people are asked for (okta:SPEC steps 1-5, 12)."""

from scim_tests.model.act import NOBODY, Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import get
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import get_, headers, list_page, look_up, read, user_path
from scim_tests.personas.okta.wording import Wording


@act(
    title="Read a person by list, id and userName",
    group="import users",
    sends=("GET /Users", "GET /Users/{id}"),
)
def read_user(scene: Scene) -> Performance:
    """Ask for an id and a name that nobody has, then for the first user of the list by id and by userName.

    Gives `id` and `name`. NotObserved where the target has nobody. Writes nothing.
    """
    nobody = f"{Wording.NOBODY}.{NOBODY}@{scene.profile.email_domain}"
    broken = f"/Users?filter=userName%20zz%20%22{Wording.BROKEN}%22&startIndex=1&count=1"
    listed = yield Independent((
        read(scene, "unknown_id", NOBODY),
        look_up(scene, "unknown_user_name", nobody),
        get_(scene, "broken_filter", broken),
        list_page(scene, "list", 1, 1),
    ))  # fmt: skip
    if not listed.resources:
        raise NotObserved("", "the target has nobody to read")
    user = listed.resources[0]
    user_id = id_of(listed, user)
    by_id = read(scene, "by_id", user_id), Step("no_token", "GET", user_path(user_id), headers(scene, ""))
    user_name = get(user, "userName")
    if not isinstance(user_name, str) or not user_name:
        yield Independent(by_id)
        return SceneResult(id=user_id, ended_early="the first user of the list shows no userName")
    yield Independent((*by_id, look_up(scene, "by_user_name", user_name)))
    return SceneResult(id=user_id, name=user_name)
