"""Versions: ETags of resources, and requests that depend on them (RFC 7644 section 3.14)."""

import httpx

from .conftest import USER, Client


def test_a_get_of_a_known_version_is_304(scim: Client) -> None:
    """With If-None-Match of the current version there is no body, and after a change there is one."""
    user = scim.user()
    path, etag = f"/Users/{user['id']}", user["meta"]["version"]
    for known in (etag, f'"x", {etag}', "*", etag.removeprefix("W/")):
        answer = scim.request("GET", path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.headers["etag"]) == (304, etag)
        assert answer.headers["content-location"] == user["meta"]["location"]
    scim.patch(path, {"op": "replace", "path": "title", "value": "T"})
    assert scim.request("GET", path, headers={"If-None-Match": etag}).status_code == 200


def test_the_version_is_the_resources_and_not_the_views(scim: Client) -> None:
    """The ETag is the same whatever attributes are asked for."""
    user = scim.user()
    answer = scim.get(f"/Users/{user['id']}", attributes="userName")
    assert answer.headers["etag"] == user["meta"]["version"]


def test_writes_depend_on_the_version_they_name(scim: Client) -> None:
    """PUT, PATCH and DELETE with If-Match of another version are 412 and change nothing; of the current one they work."""
    user = scim.user()
    path = f"/Users/{user['id']}"
    body = {"schemas": [USER], "userName": "alice@example.com", "title": "T"}
    change = {"op": "replace", "path": "title", "value": "U"}
    for stale in ({"If-Match": 'W/"99"'}, {"If-None-Match": "*"}, {"If-None-Match": user["meta"]["version"]}):
        answers = [
            scim.put(path, body, **stale),
            scim.patch(path, change, **stale),
            scim.delete(path, **stale),
        ]
        assert [answer.status_code for answer in answers] == [412] * 3
    assert scim.get(path).json() == user
    put = scim.put(path, body, **{"If-Match": user["meta"]["version"]})
    assert put.status_code == 200
    assert scim.patch(path, change, **{"If-Match": user["meta"]["version"]}).status_code == 412
    assert scim.patch(path, change, **{"If-Match": f'"7", {put.headers["etag"]}'}).status_code == 200
    assert scim.delete(path, **{"If-Match": "*"}).status_code == 204


def test_versions_may_come_in_several_headers(scim: Client) -> None:
    """They are one list (RFC 9110 section 5.3)."""
    user = scim.user()
    path, tags = f"/Users/{user['id']}", ['"7"', user["meta"]["version"]]
    known = httpx.Headers([("If-None-Match", tag) for tag in tags])
    assert scim.request("GET", path, headers=known).status_code == 304
    wanted = httpx.Headers([("If-Match", tag) for tag in tags])
    assert scim.request("DELETE", path, headers=wanted).status_code == 204


def test_a_failed_write_makes_no_version(scim: Client) -> None:
    """After a refused PUT and PATCH the version is what it was."""
    user = scim.user()
    scim.put(f"/Users/{user['id']}", {"schemas": [USER]})
    scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": "x"})
    assert scim.get(f"/Users/{user['id']}").json() == user


def test_a_get_that_demands_another_version_is_412_even_if_it_has_this_one(scim: Client) -> None:
    """If-Match is looked at before If-None-Match (RFC 9110 section 13.2.2)."""
    user = scim.user()
    headers = {"If-Match": 'W/"77"', "If-None-Match": user["meta"]["version"]}
    assert scim.request("GET", f"/Users/{user['id']}", headers=headers).status_code == 412
