"""Lists: filters, index paging, and what a list says of itself."""

from collections.abc import Callable

from reference_server.settings import Limits

from .conftest import Client, refused


def test_a_lookup_finds_the_user_in_any_letter_case(scim: Client) -> None:
    """Okta's lookup, in both encodings of a blank, finds the one user and nobody else."""
    alice = scim.user("Alice+tag@example.com")
    scim.user("alice@example.com")
    for blank in ("%20", "+"):
        path = f"/Users?filter=userName{blank}eq{blank}%22ALICE%2Btag%40example.com%22&startIndex=1&count=100"
        body = scim.get(path).json()
        assert body["Resources"] == [alice]
        assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (1, 1, 1)


def test_nobody_found_is_an_empty_list(scim: Client) -> None:
    """200 with totalResults 0 and Resources []."""
    body = scim.get("/Users", filter='userName eq "nobody"').json()
    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 0,
        "Resources": [],
    }


def test_pages_of_any_size_visit_everybody_once_in_order(scim: Client) -> None:
    """Walks by 1, 2 and 7 see the list as one page does, also after deletions and with a filter."""
    people = [scim.user(f"user{number}") for number in range(20)]
    for person in people[3:6]:
        scim.delete(f"/Users/{person['id']}")
    whole = scim.found("/Users", count=100)
    assert [person["id"] for person in whole] == [p["id"] for p in people[:3] + people[6:]]
    for params in ({}, {"filter": "userName pr"}):
        for count in (1, 2, 7):
            pages = [
                scim.found("/Users", startIndex=start, count=count, **params) for start in range(1, 18, count)
            ]
            assert [person for page in pages for person in page] == whole


def test_paging_parameters_out_of_range_are_taken_as_the_rfc_says(scim: Client) -> None:
    """Below 1 is 1, a negative count is 0, past the end is empty, and the total stays true."""
    for number in range(3):
        scim.user(f"user{number}")
    expected = {
        (0, 2): (1, 2),
        (-5, 2): (1, 2),
        (1, 0): (1, 0),
        (1, -1): (1, 0),
        (4, 2): (4, 0),
        (10**30, 10**30): (2**53, 0),
    }
    for (start, count), (shown_start, items) in expected.items():
        for condition in ({}, {"filter": "userName pr"}):
            body = scim.get("/Users", startIndex=start, count=count, **condition).json()
            assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, shown_start, items)
    assert refused(scim.get("/Users", startIndex="one"), 400, "invalidValue")
    assert refused(scim.get("/Users", count="1.5"), 400, "invalidValue")


def test_broken_filters_are_refused_and_never_ignored(scim: Client) -> None:
    """400 invalidFilter with a detail, for bad grammar, unknown attributes and operators that do not fit."""
    broken = [
        "",
        " ",
        "userName",
        "userName eq",
        'eq "a"',
        'userName zz "a"',
        'userName eq "a" and',
        "userName eq a",
    ]
    broken += [
        '(userName eq "a"',
        'userName eq "a")',
        'userName eq "a"and active eq true',
        'not userName eq "a"',
    ]
    broken += [
        'shoeSize eq "7"',
        "userName eq 7",
        "active gt true",
        'active eq "maybe"',
        'name eq "a"',
        'emails[zz eq "a"]',
    ]
    broken += [
        'emails[type eq "work"',
        'userName[value eq "a"]',
        'password eq "a"',
        'meta.created gt "yesterday"',
    ]
    broken += [
        'userName eq "\\ud800"',
        'userName eq "a" or ' * 600 + "userName pr",
        "(" * 500 + "userName pr" + ")" * 500,
    ]
    broken += ["not (" * 500 + "userName pr" + ")" * 500, "emails[" * 500 + "value pr" + "]" * 500]
    for text in broken:
        assert refused(scim.get("/Users", filter=text), 400, "invalidFilter"), text[:80]


def test_filters_may_nest(scim: Client, serve: Callable[..., Client]) -> None:
    """As deeply as the limits allow; and what the database cannot nest is invalidFilter, never a defect."""
    scim.user("ann")
    for depth in (15, 63, 64):
        text = 'not (title pr or emails eq "z" or ' * depth + "userName pr" + ")" * depth
        assert scim.names(text) == ([] if depth % 2 else ["ann"]), depth
    for inner, names in (("userName pr", ["ann"]), ("emails pr", []), ('emails[type eq "x"]', [])):
        text = "(title pr or (active eq true and " * 31 + inner + "))" * 31
        assert scim.names(text) == names
    loose = serve(limits=Limits(max_depth=110, max_filter_comparisons=5000))
    for text in (
        "(title pr or (active eq true and " * 55 + "userName pr" + "))" * 55,
        "title pr or " * 2000 + "userName pr",
    ):
        assert refused(loose.get("/Users", filter=text), 400, "invalidFilter"), text[:80]


def test_every_operator_compares_as_the_type_says(scim: Client) -> None:
    """A table of filters with whom they find."""
    scim.user(
        "ann",
        title="Émile",
        emails=[{"value": "ann@x.org", "type": "work", "primary": True}],
        externalId="A1",
    )
    scim.user(
        "bob",
        active=False,
        name={"familyName": "de Boer"},
        emails=[{"value": "bob@home.org", "type": "home"}],
    )
    scim.user(
        "cid",
        title="",
        **{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Tours"}},
    )
    table = {
        'USERNAME EQ "ANN"': ["ann"],
        'urn:ietf:params:scim:schemas:core:2.0:user:username eq "ann"': ["ann"],
        'userName ne "ann"': ["bob", "cid"],
        'userName co "o"': ["bob"],
        'userName sw "C"': ["cid"],
        'userName ew "N"': ["ann"],
        'title eq "ÉMILE"': ["ann"],
        "title pr": ["ann"],
        "not (title pr)": ["bob", "cid"],
        'externalId eq "a1"': [],
        'externalId eq "A1"': ["ann"],
        "active eq false": ["bob"],
        "active ne false": ["ann", "cid"],
        'name.familyName eq "DE BOER"': ["bob"],
        'emails co "org"': ["ann", "bob"],
        'emails.type eq "home"': ["bob"],
        'emails[type eq "work" and value ew "x.org"]': ["ann"],
        'emails[type eq "work" and value ew "home.org"]': [],
        'name[familyName eq "de boer"]': ["bob"],
        'name[givenName ne "zz"]': ["bob"],
        'name[not (givenName eq "zz")]': ["bob"],
        'meta[resourceType eq "User" and created pr]': ["ann", "bob", "cid"],
        "emails[primary eq false]": ["bob"],
        "emails[not (primary eq true)]": ["bob"],
        'userName eq "ann" or userName eq "bob" and active eq true': ["ann"],
        '(userName eq "ann" or userName eq "bob") and active eq false': ["bob"],
        'userName gt "ann"': ["bob", "cid"],
        'userName le "bob"': ["ann", "bob"],
        'meta.created gt "2020-01-01T00:00:00Z"': ["ann", "bob", "cid"],
        'meta.lastModified lt "2020-01-01T00:00:00+02:00"': [],
        'meta.resourceType eq "User"': ["ann", "bob", "cid"],
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours"': ["cid"],
        'department eq "tours"': ["cid"],
        "title eq null": ["bob"],
        "emails eq null": ["cid"],
    }
    for text, names in table.items():
        assert scim.names(text) == names, text
