"""The page API key: the key is in the memory alone, is tested as Okta tests it, and is never shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import serving
from visiting import Shown, Visit

from reference_server.app import application
from reference_server.settings import Settings, Token

pytestmark = pytest.mark.usefixtures("no_page")

KEY = "zk-93hfQ7.Lw20x_Vb"


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """The bundled server on a socket."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        yield url


@pytest.fixture
def visit(tmp_path: Path, target: str) -> Visit:
    """Somebody who has chosen the server."""
    one = Visit(tmp_path / "reports")
    one.desk.choose(profile="okta", target_url=target)
    return one


def entered(visit: Visit, **changes: str) -> Shown:
    """The page's form, sent with these changes; whatever it answers with has no word of the key."""
    sent = visit.post("/key", visit.get("/key"), **changes)
    assert KEY not in sent.html + sent.place
    assert KEY not in visit.get("/key").html
    return sent


def test_a_key_is_tested_and_taken_on(visit: Visit, tmp_path: Path) -> None:
    """Entered and tested, the answer stands on the page, also when it is opened again; then it leads on. No file has it."""
    tested = entered(visit, key=f" {KEY}\n", do="test")
    assert (tested.status, tested.place) == (303, "/key")
    for _ in range(2):
        page = visit.get("/key")
        assert "Okta&#39;s button would succeed" in page.text
        assert "“Test API Credentials” of a catalogue app shows is not published" in page.text
        assert "A wrong key is refused, and so is no key" in page.text
    assert entered(visit, do="on").place == "/to-app"
    assert visit.desk.options.token == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "typed",
    [
        "Bearer {}",
        "Authorization: Bearer {}",
        "authorization:{}",
        "\ufeff{}\u200b",
        "\u200b bearer  {} \u200e",
    ],
)
def test_what_comes_along_with_a_copied_key_is_left_out(visit: Visit, typed: str) -> None:
    """The name of its header and its scheme, and what cannot be seen around it."""
    entered(visit, key=typed.format(KEY), do="on")
    assert visit.desk.options.token == KEY


def test_a_wrong_key_is_told_with_what_to_do(visit: Visit) -> None:
    """The answer has Okta's words, ours, and the next step; another key, or another server, makes it go away."""
    entered(visit, key="another-key", do="test")
    page = visit.get("/key").text
    assert "Okta&#39;s button would fail" in page
    assert "Error authenticating: Unauthorized." in page
    assert "What to do next: Copy the key anew" in page.replace(" </b>", "")
    entered(visit, key="", do="on")
    assert "The key that is kept was refused." in visit.get("/key").text
    assert "The key that is kept was refused when it was tested" in visit.get("/to-app").text
    entered(visit, key=KEY, do="on")
    assert "would fail" not in visit.get("/key").text


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"key": ""}, "key", "There is no key yet"),
        ({"key": "käy"}, "key", "The key has a character beyond ASCII at character 2, which no header can carry. Copy it anew."),
        ({"key": "ke\ny"}, "key", "The key has a line break at character 3"),
        ({"key": "a key"}, "key", "a blank at character 2"),
        ({"key": "ke\u200by"}, "key", "an invisible character (U+200B) at character 3"),
        ({"key": "••••••••"}, "key", "It is shown as dots"),
        ({"key": "zk-9…"}, "key", "copy it where the whole of it can be seen"),
        ({"key": KEY, "form": "header", "header": ""}, "header", "Name the header"),
        ({"key": KEY, "form": "header", "header": "x api key"}, "header", "cannot be sent as"),
        ({"key": KEY, "form": "header", "header": "Host"}, "header", "cannot be sent as"),
        ({"key": KEY, "form": "no such form"}, "header", "cannot be sent as"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_said_at_its_field(
    visit: Visit, changes: dict[str, str], field: str, said: str
) -> None:
    """One sentence there, and no key is kept."""
    sent = entered(visit, **changes, do="on")
    assert (sent.status, said in sent.wrong(field)) == (422, True)
    assert f'href="#{field}"' in sent.html
    assert re.search(rf'id="{field}"[^>]* autofocus aria-invalid="true"', sent.html)
    assert ('<details id="how" open>' in sent.html) is ("form" in changes)
    assert visit.desk.options.token == ""


def test_a_header_of_its_own_is_kept(visit: Visit) -> None:
    """Named once, it is chosen when the page is opened again, and an empty field keeps the key."""
    entered(visit, key=KEY, form="header", header="x-api-key", do="on")
    kept = visit.get("/key")
    assert {("form", "header"), ("header", "x-api-key")} <= set(kept.fields)
    entered(visit, do="on")
    assert (visit.desk.options.auth, visit.desk.options.token) == ("x-api-key", KEY)


def test_a_key_is_forgotten(visit: Visit) -> None:
    """Forgotten, it is gone from the memory, and the page asks for one."""
    entered(visit, key=KEY, do="on")
    assert visit.post("/key/forget").place == "/key"
    assert (visit.desk.options.token, visit.desk.pressed) == ("", None)
    assert "Paste it as the server gave it" in visit.get("/key").text


def test_where_the_key_is_stands_there(visit: Visit) -> None:
    """In the words of the guide that the profile follows, with its address; of other profiles nothing is said."""
    assert "API key from the user profile" not in visit.get("/key").text
    visit.desk.choose(profile="ziflow")
    page = visit.get("/key")
    assert "An admin copies the API key from the user profile." in page.text
    assert 'href="https://help.ziflow.com/' in page.html


def test_a_key_is_for_a_server(tmp_path: Path) -> None:
    """Where none is chosen yet, the page leads back to that."""
    visit = Visit(tmp_path / "reports")
    assert visit.get("/key").place == visit.post("/key", key=KEY).place == "/where"
    assert visit.desk.options.token == ""
