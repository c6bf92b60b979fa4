"""Who may ask and for what: credentials, tenants, discovery open and closed, the rate limit, URLs that cannot be bent."""

import base64
from collections.abc import Callable

import httpx
import pytest

from reference_server.limiting import RateLimit
from reference_server.settings import Login, Token

from .conftest import BASE, USER, Client, refused


def _asked(client: Client, *values: str) -> httpx.Response:
    """A list asked for with these Authorization headers alone."""
    client.headers = {}
    return client.request(
        "GET", "/Users", headers=httpx.Headers([("Authorization", value) for value in values])
    )


def test_bearer_tokens_open_the_door_whatever_the_case_of_the_scheme(scim: Client) -> None:
    """The right token is let in with `bearer` in any letters."""
    assert [_asked(scim, f"{scheme} secret").status_code for scheme in ("Bearer", "bearer", "BEARER")] == [
        200
    ] * 3


def test_without_valid_credentials_the_answer_is_401_with_a_challenge(scim: Client) -> None:
    """WWW-Authenticate names Bearer and a realm, and an error only if a token was sent (RFC 6750 section 3.1)."""
    no_error = ([], [""], ["secret"], ["Basic eDp5"], ["Negotiate x"])
    with_error = (["Bearer wrong"], ["Bearer secre"], ["Bearer secret2"], ["bearer Secret"])
    for expected, cases in (
        ('Bearer realm="scim"', no_error),
        ('Bearer realm="scim", error="invalid_token"', with_error),
    ):
        for values in cases:
            answer = _asked(scim, *values)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, expected)
    assert _asked(scim, "Bearer secret", "Bearer secret").status_code == 400
    bare = _asked(scim, "bearer ")
    assert (bare.status_code, bare.headers["www-authenticate"]) == (
        400,
        'Bearer realm="scim", error="invalid_request"',
    )


def test_also_unknown_endpoints_are_behind_the_door(scim: Client) -> None:
    """Without credentials nobody learns what exists: 401 for any path but discovery, and for any method."""
    scim.headers = {}
    for method, path in (
        ("GET", "/nothing"),
        ("POST", "/Users"),
        ("DELETE", "/Users/1"),
        ("POST", "/Bulk"),
        ("GET", "/Me"),
    ):
        assert scim.request(method, path).status_code == 401


def test_basic_and_bare_tokens_are_options(serve: Callable[..., Client]) -> None:
    """With a login Basic is taken and announced; with the form raw a token without a scheme; otherwise neither."""
    basic = f"basic {base64.b64encode(b'okta:pass:word').decode()}"
    assert _asked(serve(), basic).status_code == 401
    client = serve(logins=(Login("okta", "pass:word"),))
    assert _asked(client, basic).status_code == 200
    refusal = _asked(client, "Basic !!")
    assert refusal.headers["www-authenticate"] == 'Bearer realm="scim", Basic realm="scim"'
    schemes = client.get("/ServiceProviderConfig").json()["authenticationSchemes"]
    assert [scheme["type"] for scheme in schemes] == ["oauthbearertoken", "httpbasic"]
    raw = serve(token_forms=("bearer", "raw"))
    assert [_asked(raw, value).status_code for value in ("secret", "Bearer secret", "wrong")] == [
        200,
        200,
        401,
    ]


def test_tenants_see_nothing_of_each_other(serve: Callable[..., Client]) -> None:
    """One tenant's users are absent, 404, no conflict, and no possible member for the other."""
    ours = serve(tokens=(Token("a", "one"), Token("b", "two"), Token("c", "one")))
    alice = ours.user()
    group = ours.group("Team", alice["id"])
    ours.headers = {"Authorization": "Bearer b"}
    assert ours.found("/Users") == ours.found("/") == []
    change = {"op": "replace", "path": "active", "value": False}
    path = f"/Users/{alice['id']}"
    answers = [
        ours.get(path),
        ours.put(path, {"schemas": [USER], "userName": "x"}),
        ours.patch(path, change),
        ours.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert ours.get(f"/Groups/{group['id']}").status_code == 404
    twin = ours.user()
    assert twin["id"] != alice["id"]
    theirs = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "G",
        "members": [{"value": alice["id"]}],
    }
    assert refused(ours.post("/Groups", theirs), 400, "invalidValue")
    ours.headers = {"Authorization": "Bearer c"}
    assert ours.found("/Users") == [ours.get(path).json()]


def test_discovery_is_open_or_closed_as_chosen(serve: Callable[..., Client]) -> None:
    """Open by default; closed it needs the token; other endpoints are never open."""
    for is_open in (True, False):
        client = serve(open_discovery=is_open)
        client.headers = {}
        for path in ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes/User"):
            assert client.get(path).status_code == (200 if is_open else 401)
        assert client.get("/SchemasX").status_code == 401


def test_too_many_requests_are_429_with_seconds_to_wait(serve: Callable[..., Client]) -> None:
    """A tenant that sends more than its share is told to wait, in whole seconds, while another is served."""
    client = serve(tokens=(Token("a", "one"), Token("b", "two")), rate_limit=2)
    answers = [client.get("/Users") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200, 429}
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert refusal.headers["retry-after"] == "1"
    client.headers = {"Authorization": "Bearer b"}
    assert client.get("/Users").status_code == 200


def test_the_bucket_of_a_tenant_fills_with_time() -> None:
    """After the seconds it was told to wait, a tenant may ask again."""
    moment = [0.0]
    limit = RateLimit(lambda *_: None, per_second=1, clock=lambda: moment[0])  # type: ignore[arg-type, return-value]
    assert (limit._wait("a"), limit._wait("a")) == (0.0, 1.0)
    moment[0] = 1.0
    assert limit._wait("a") == 0.0


def test_urls_come_from_the_settings_and_never_from_the_request(serve: Callable[..., Client]) -> None:
    """Whatever Host and X-Forwarded-Host say, locations start with the public URL."""
    client = serve(public_url="https://scim.example.com/tenant/scim/v2/")
    client.base_url = BASE
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = client.request("POST", "/Users", json={"schemas": [USER], "userName": "a"}, headers=evil)
    assert answer.headers["location"] == answer.json()["meta"]["location"]
    assert answer.headers["location"].startswith("https://scim.example.com/tenant/scim/v2/Users/")
    config = client.request("GET", "/ServiceProviderConfig", headers=evil).json()
    assert config["meta"]["location"] == "https://scim.example.com/tenant/scim/v2/ServiceProviderConfig"


@pytest.mark.parametrize("base_path", ["", "/v2", "/a/b/scim"])
def test_the_base_path_can_be_chosen(serve: Callable[..., Client], base_path: str) -> None:
    """Everything answers below it, and locations lead back."""
    client = serve(base_path=base_path)
    user = client.user()
    assert user["meta"]["location"] == f"http://localhost{base_path}/Users/{user['id']}"
    assert client.get(f"/Users/{user['id']}").json() == user
    assert client.found("/") == [user]


def test_what_is_not_there_is_a_scim_error(scim: Client) -> None:
    """Unknown endpoints are 404, wrong methods 405 with Allow, another version invalidVers, wrong media types 415."""
    assert (
        scim.get("/Nothing").status_code
        == scim.get("/Users/").status_code
        == scim.get("/Users/a/b").status_code
        == 404
    )
    for method, path, allowed in (
        ("PUT", "/Users", "GET, HEAD, POST"),
        ("OPTIONS", "/Users", "GET, HEAD, POST"),
        ("POST", "/Users/1", "DELETE, GET, HEAD, PATCH, PUT"),
        ("BREW", "/Users/.search", "POST"),
        ("GET", "/Users/.search", "POST"),
        ("DELETE", "/Groups/.search", "POST"),
        ("DELETE", "/ServiceProviderConfig", "GET, HEAD"),
        ("POST", "/Schemas", "GET, HEAD"),
    ):
        answer = scim.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    scim.base_url = BASE.replace("v2", "v1")
    assert refused(scim.get("/Users"), 400, "invalidVers")
    scim.base_url = BASE
    for kind in (
        "text/xml",
        "application/x-www-form-urlencoded",
        "application/scim+json; charset=latin-1",
        "application/json-patch+json",
    ):
        answer = scim.request("POST", "/Users", content=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 415
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert scim.request("POST", "/Users", content=b"{}", headers=packed).status_code == 415
    for kind in (
        "application/scim+json; charset=utf-8",
        "application/json",
        'Application/SCIM+JSON;charset="UTF-8"',
        "application/scim+json;charset=UTF-8;foo=bar",
    ):
        headers = {"Content-Type": kind, "Content-Encoding": "Identity"}
        answer = scim.request("POST", "/Users", content=b"{}", headers=headers)
        assert refused(answer, 400, "invalidSyntax")


def test_whatever_is_accepted_is_answered_in_scim_json(scim: Client) -> None:
    """No Accept header is refused with 406."""
    for accept in ("application/scim+json", "application/json", "*/*", "text/html", ""):
        assert scim.request("GET", "/Users", headers={"Accept": accept}).status_code == 200


def test_a_body_beyond_the_limit_is_413(scim: Client) -> None:
    """10 MB are refused with a detail that names the limit, announced or not."""
    big = b'{"schemas":["' + b"x" * 10_000_000 + b'"]}'

    def pieces() -> list[bytes]:
        return [big[start : start + 100_000] for start in range(0, len(big), 100_000)]

    async def stream():  # noqa: ANN202 - an async generator
        for piece in pieces():
            yield piece

    for content in (big, stream()):
        answer = scim.request("POST", "/Users", content=content)
        assert refused(answer, 413)
        assert "maxPayloadSize" in answer.json()["detail"]


def test_me_is_the_user_the_credential_speaks_for(serve: Callable[..., Client]) -> None:
    """GET, PUT, PATCH and DELETE act on that user and name its place; unbound it is 501, and 404 before it exists."""
    client = serve(tokens=(Token("secret", user_name="Me@Example.com"), Token("nobody")))
    assert client.get("/Me").status_code == 404
    created = client.post("/Me", {"schemas": [USER], "userName": "me@example.com"})
    assert created.status_code == 201
    location = f"{BASE}/Users/{created.json()['id']}"
    for answer in (
        client.get("/Me"),
        client.patch("/Me", {"op": "replace", "path": "title", "value": "T"}),
        client.put("/Me", {"schemas": [USER], "userName": "me@example.com"}),
    ):
        assert (answer.status_code, answer.headers["location"], answer.json()["meta"]["location"]) == (
            200,
            location,
            location,
        )
    assert client.delete("/Me").status_code == 204
    assert client.found("/Users") == []
    client.headers = {"Authorization": "Bearer nobody"}
    assert client.get("/Me").status_code == 501


def test_only_schemes_that_open_the_door_are_named(serve: Callable[..., Client]) -> None:
    """Without bearer tokens the challenge and the configuration name Basic alone."""
    scim = serve(tokens=(), logins=(Login("okta", "secret"),))
    assert scim.get("/Users").headers["www-authenticate"] == 'Basic realm="scim"'
    schemes = scim.get("/ServiceProviderConfig").json()["authenticationSchemes"]
    assert [scheme["type"] for scheme in schemes] == ["httpbasic"]
