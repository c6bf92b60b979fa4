"""Users over HTTP: the life of a user, and each refusal with its scimType."""

from .conftest import BASE, ENTERPRISE, USER, Client, refused


def test_a_created_user_is_what_was_sent_with_id_and_meta(scim: Client) -> None:
    """201 with the whole resource, Location equal to meta.location, ETag equal to meta.version."""
    sent = {
        "schemas": [USER, ENTERPRISE],
        "userName": "Alice@Example.com",
        "name": {"givenName": "Alice", "familyName": "O'Hara"},
        "emails": [{"primary": True, "value": "alice@example.com", "type": "work"}],
        "externalId": "00u1",
        "groups": [],
        "password": "x7Kp2LqZ",
        "active": True,
        ENTERPRISE: {"department": "Tours"},
    }
    answer = scim.post("/Users", sent)
    user = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == user["meta"]["location"] == f"{BASE}/Users/{user['id']}"
    assert answer.headers["etag"] == user["meta"]["version"]
    assert user["meta"]["created"] == user["meta"]["lastModified"]
    kept = {name: value for name, value in sent.items() if name not in {"groups", "password"}}
    assert {name: user[name] for name in kept} == kept
    assert user.keys() == kept.keys() | {"id", "meta"}
    assert scim.get(f"/Users/{user['id']}").json() == user


def test_user_names_are_unique_whatever_their_letter_case(scim: Client) -> None:
    """409 uniqueness for the same name in other letters, also by PUT and PATCH, and the name is free after DELETE."""
    first = scim.user("Straße@example.com")
    second = scim.user("other")
    taken = {"schemas": [USER], "userName": "STRASSE@EXAMPLE.COM"}
    assert refused(scim.post("/Users", taken), 409, "uniqueness")
    assert refused(scim.put(f"/Users/{second['id']}", taken), 409, "uniqueness")
    rename = {"op": "replace", "path": "userName", "value": "STRASSE@EXAMPLE.COM"}
    assert refused(scim.patch(f"/Users/{second['id']}", rename), 409, "uniqueness")
    assert scim.get(f"/Users/{second['id']}").json() == second
    scim.delete(f"/Users/{first['id']}")
    assert scim.post("/Users", taken).status_code == 201


def test_a_deleted_user_is_gone_for_every_operation(scim: Client) -> None:
    """204, then 404 for GET, PUT, PATCH and DELETE, and absence from the list."""
    path = f"/Users/{scim.user()['id']}"
    assert scim.delete(path).status_code == 204
    body = {"schemas": [USER], "userName": "alice@example.com"}
    change = {"op": "replace", "path": "active", "value": False}
    answers = [scim.get(path), scim.put(path, body), scim.patch(path, change), scim.delete(path)]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert scim.found("/Users") == []


def test_put_replaces_and_ignores_what_is_read_only(scim: Client) -> None:
    """Attributes left out go, id, meta and groups stay the server's, and an equal PUT makes no version."""
    user = scim.user(title="Guide", nickName="Al")
    body = {**user, "title": "Chief", "id": "mine", "meta": {"version": "9"}, "groups": [{"value": "x"}]}
    del body["nickName"]
    answer = scim.put(f"/Users/{user['id']}", body)
    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["id"], changed["title"]) == (user["id"], "Chief")
    assert changed.keys() == user.keys() - {"nickName"}
    assert changed["meta"]["lastModified"] > user["meta"]["lastModified"]
    assert scim.put(f"/Users/{user['id']}", changed).json() == changed


def test_a_user_cannot_be_put_into_being(scim: Client) -> None:
    """PUT of an id that is not there is 404 and creates nothing."""
    body = {"schemas": [USER], "userName": "bob"}
    assert refused(scim.put("/Users/none", body), 404)
    assert scim.found("/Users") == []


def test_bodies_that_do_not_fit_are_refused_with_their_scim_type(scim: Client) -> None:
    """Each broken body is 400 with invalidSyntax for its form and invalidValue for its content."""
    syntax = [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff",
        b'{"a":1,"a":2}',
        b"[" * 5000,
        b"NaN",
        b'"\\ud800"',
    ]
    syntax += [b'{"schemas":["%s"],"userName":"a","USERNAME":"b"}' % USER.encode(), b'{"userName":"a"}']
    for body in syntax:
        assert refused(scim.request("POST", "/Users", content=body), 400, "invalidSyntax"), body
    values = [{}, {"userName": ""}, {"userName": " "}, {"userName": 7}, {"userName": None}]
    values += [{"userName": "a", "emails": {"value": "x"}}, {"userName": "a", "emails": [7]}]
    values += [{"userName": "a", "active": "maybe"}, {"userName": "a", "name": []}, {"userName": "a\x00"}]
    values += [{"userName": "a", "emails": [{"value": str(n), "primary": True} for n in range(2)]}]
    values += [
        {"userName": "a", "x509Certificates": [{"value": "?"}]},
        {"userName": "a", "profileUrl": "a b"},
    ]
    uris = ["http://[::1", "http://[zz]/", "http://a:port/", "http://a]", "http://a/%zz"]
    values += [{"userName": "a", "profileUrl": uri} for uri in uris]
    for value in values:
        assert refused(scim.post("/Users", {"schemas": [USER], **value}), 400, "invalidValue"), value


def test_what_is_unknown_is_passed_over(scim: Client) -> None:
    """An attribute or a schema that nobody defined is neither stored nor refused."""
    user = scim.user(favouriteColour="blue", schemas=[USER, "urn:acme:User"])
    assert "favouriteColour" not in user
    assert user["schemas"] == [USER]


def test_a_manager_is_found_by_the_reference_shown(scim: Client) -> None:
    """The server's or, where there is one, the client's."""
    boss = scim.user("boss")
    for name, manager in (("ann", {"value": boss["id"]}), ("bob", {"$ref": "x:y", "value": "7"})):
        user = scim.user(name, **{ENTERPRISE: {"manager": manager}})
        reference = user[ENTERPRISE]["manager"]["$ref"]
        assert scim.names(f'{ENTERPRISE}:manager.$ref eq "{reference}"') == [name]
    assert scim.names("manager.$ref pr") == ["ann", "bob"]


def test_null_and_the_empty_array_mean_unassigned(scim: Client) -> None:
    """They are left out of the resource (RFC 7643 section 2.5)."""
    user = scim.user(title=None, emails=[], name={}, **{ENTERPRISE: {"department": None}})
    assert user.keys() == {"schemas", "id", "userName", "active", "meta"}
