"""A target's URL is taken as people paste it, or refused in words that say what to paste instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.errors import UsageError
from scim_tests.wire.address import base_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://scim.example.com/scim/v2", "https://scim.example.com/scim/v2"),
        ("  https://scim.example.com/scim/v2/ \n", "https://scim.example.com/scim/v2"),
        ("HTTPS://SCIM.Example.com:443//", "https://scim.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.1:8000/scim/v2//", "http://127.0.0.1:8000/scim/v2"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://my_host.example.com/Scim/V2", "https://my_host.example.com/Scim/V2"),
        ("https://example.com/~a/b%2Fc;d=1/é", "https://example.com/~a/b%2Fc;d=1/%C3%A9"),
        ("https://bücher.example/v2", "https://xn--bcher-kva.example/v2"),
        ("https://example.com/users/v2", "https://example.com/users/v2"),
    ],
)
def test_is_normalised(text: str, expected: str) -> None:
    """Blanks, slashes at the end, capitals in the host and the usual port go; the path stays as it is."""
    assert base_url(text) == expected
    assert base_url(expected) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("scim.example.com/v2", "has no http:// or https://", "Did you mean https://scim.example.com/v2?"),
        ("localhost:8000/v2", "has no http:// or https://", "Did you mean https://localhost:8000/v2?"),
        ("ftp://example.com", "has no http:// or https://", "for example https://"),
        ("", "An empty URL", "for example https://"),
        ("https://", "names no host", "for example https://"),
        ("https:///scim/v2", "names no host", "for example https://"),
        ("https://example.com/v2?tenant=1", "has a query", "begins at ?"),
        ("https://example.com/v2#top", "has a query or a fragment", "begins at #"),
        ("https://example.com/v2/Users", "is an endpoint", "Leave out /Users."),
        ("https://example.com/v2/groups/", "is an endpoint", "Leave out /groups."),
        ("https://example.com/v2/Users?startIndex=1", "has a query", "begins at ?"),
        ("https://example.com:port/", "is no URL", "for example https://"),
        ("https://example.com:99999/", "is no URL", "for example https://"),
        ("https://[::1/", "is no URL", "for example https://"),
        ("https://1.2.3.999", "is no URL", "for example https://"),
        ("https://exa mple.com", "has a blank", "for example https://"),
        ("https://example.com/a b\tc", "has a blank", "for example https://"),
    ],
)
def test_is_refused(text: str, message: str, hint: str) -> None:
    """A URL that cannot be a base URL is refused with what is wrong and what to do."""
    with pytest.raises(UsageError) as refused:
        base_url(text)
    assert refused.value.code == "bad-url"
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "https://okta:s3cret@example.com/v2",
        "https://okta:s3cret@example.com:port/v2",
        "okta:s3cret@example.com/v2",
        "https://s3cret@example.com",
        "https://example.com/v2?token=s3cret",
        "example.com/v2?token=s3cret",
        "https://example.com:port/v2?token=s3cret",
    ],
)
def test_a_secret_in_a_url_is_not_shown(text: str) -> None:
    """Credentials in a URL are refused, and what is said does not repeat them."""
    with pytest.raises(UsageError) as refused:
        base_url(text)
    assert "s3cret" not in str(refused.value)


@given(st.text() | st.text(alphabet="htps:/[]@?#%.1aé \\").map("https://".__add__))
def test_takes_or_refuses_anything(text: str) -> None:
    """Whatever is pasted is either a base URL that stays the same when read again, or refused."""
    try:
        url = base_url(text)
    except UsageError:
        return
    assert base_url(url) == url
    assert not url.endswith("/")
