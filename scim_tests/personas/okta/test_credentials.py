"""Test API Credentials: one probe (okta:LAB-KR), and what no admin tries: a wrong token, and none.

Where it is not known in which form an app of Okta's catalogue sends the token, the profile's forms are
tried first, in their order.
"""

from collections.abc import Generator, Iterator

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import UNSIGNED_TOKEN, WRONG_TOKEN, Exchange, Headers, NotObserved
from scim_tests.model.profile import BASIC, BEARER, SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import SEARCH_REQUEST
from scim_tests.model.slots import IN_OTHER_LETTERS, TOKEN_SLOT
from scim_tests.personas.okta.requests import credentials, dump, headers

NO_WAY_IN = frozenset({401, 403, 404})  # the credentials or the URL are wrong
PROBE = "/Users?startIndex=1&count=2"
# What a target may have left open beside the list.
UNGUARDED = {
    "no_token": PROBE,
    "no_token_filter": "/Users?filter=userName%20eq%20%22nobody%22&startIndex=1&count=1",
    "no_token_groups": "/Groups?startIndex=1&count=1",
}

SEARCH = dump({"schemas": [SEARCH_REQUEST], "filter": 'userName eq "nobody"', "startIndex": 1, "count": 1})


@act(
    title="Press Test API Credentials",
    group="credentials",
    sends=("GET /Users", "GET /Groups", "POST /Users/.search"),
)
def test_credentials(scene: Scene) -> Performance:
    """Send the probe with the token, with wrong ones, and questions without any.

    Gives the `form` of the token that was taken, and a `remark` where several may be tried. NotObserved where the
    credentials are refused, or nothing is there; where the probe alone fails, the rest may work all the same.
    """
    result = yield from probing(scene)
    yield Independent(_tries(scene, result.form))
    return result


def probing(scene: Scene) -> Performance:
    """What the button itself sends. Gives the `form`, and a `remark`, as `test_credentials` does."""
    form, remark = yield from _form(scene)
    probe = yield Step("probe", "GET", PROBE, headers(scene, form=form))
    if probe.status in NO_WAY_IN:
        probe.page  # noqa: B018 -- says what came instead of a list
    return SceneResult(form=form, remark=remark)


def _tries(scene: Scene, form: str) -> Iterator[Step]:
    """The probe with what is no token of ours or none, and with the scheme in small letters."""
    yield Step("wrong_token", "GET", PROBE, headers(scene, WRONG_TOKEN, form=form))
    if form != BASIC:  # base64 may be read without what is none (RFC 4648 3.3)
        yield Step("longer_token", "GET", PROBE, headers(scene, f"{TOKEN_SLOT}.", form=form))
        yield Step("other_letters", "GET", PROBE, headers(scene, IN_OTHER_LETTERS, form=form))
    for name, path in UNGUARDED.items():
        yield Step(name, "GET", path, headers(scene, ""))
    if SPECIFICATION in scene.profile.capabilities:
        yield Step("no_token_search", "POST", "/Users/.search", headers(scene, "", body=True), SEARCH)
    if form == BEARER:
        yield Step("lower_case", "GET", PROBE, _authorized(scene, f"bearer {TOKEN_SLOT}"))
        yield Step("unsigned_token", "GET", PROBE, _authorized(scene, f"Bearer {UNSIGNED_TOKEN}"))


def _authorized(scene: Scene, value: str) -> Headers:
    """Okta's headers with another Authorization."""
    return tuple((name, value if name == "Authorization" else said) for name, said in headers(scene))


def _form(scene: Scene) -> Generator[Step, Exchange, tuple[str, str]]:
    """The first of the profile's forms that is answered with a list, else with 200, and how each was; one alone is not tried."""
    forms = scene.profile.authorization
    if len(forms) == 1:
        return forms[0], ""
    others: list[str] = []
    let_in: list[str] = []
    for form in forms:
        tried = yield Step(f"form_{form}", "GET", PROBE, headers(scene, form=form))
        if tried.heard.unreachable:  # no form would help, and the probe shows what Okta meets
            return form, ""
        header, value = credentials(form, "<token>")
        if is_a_list(tried):
            return form, "; ".join([f"the target takes the token as “{header}: {value}”", *others])
        let_in += [form] if tried.status == 200 else []
        others.append(f"“{header}: {value}” was answered {tried.answer.phrase}")
    said = "no form of the token was answered with a list" if let_in else "no form of the token was taken"
    return (*let_in, *forms)[0], "; ".join([said, *others])


def is_a_list(answered: Exchange) -> bool:
    """Whether it shows people with 200, or says how many there are: a login page may come with that status, too."""
    try:
        return answered.status == 200 and (bool(answered.page.ids) or answered.page.total is not None)
    except NotObserved:
        return False
