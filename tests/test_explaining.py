"""`explain`: from what Okta shows to the wire, offline."""

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.checks import catalogue
from scim_tests.cli import cli
from scim_tests.errors import ExitCode, NotKnownError
from scim_tests.knowledge.causes import Cause, signs
from scim_tests.knowledge.messages import Message, of_requests, standing
from scim_tests.knowledge.okta_effect import Kind, kinds
from scim_tests.knowledge.recognition import (
    CUT_OFF,
    OF_THE_TARGET,
    Recognised,
    cut_off,
    nearest,
    of_event,
    recognised,
)
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.knowledge.system_log import export
from scim_tests.session.selection import selected

ROOT = Path(__file__).parent.parent

# What admins have read (okta-protocol, section 5), with names filled in; and the table it must lead to.
SEEN = {
    "Error authenticating: null. The connector configuration could not be tested. Make sure that the URL, Authentication Parameters are correct and that there is an implementation available at the URL provided.": "probe.bare",
    "Error authenticating: Unauthorized. The connector configuration could not be tested.": "probe.401",
    "Error authenticating: Connect to scim.example.com:443 [scim.example.com/192.0.2.1] failed: Connect timed out": "probe.unreachable",
    "Received fatal alert: protocol_version": "tls",
    "No results for users returned": "no_results",
    "Could not verify the administrator credentials; check them": "could_not_verify",
    "Automatic provisioning of user ann@example.com to app Ziflow failed: Error while verifying if user ann@example.com exists: Unauthorized. Errors reported by remote server: no": "lookup.401",
    "Error while verifying if user exists: null": "lookup.silent",
    "failed: Error while creating user Ann Ames: Conflict. Errors reported by remote server: userName is taken": "create.409",
    "failed: Error while creating user Ann Ames: Bad Request. Errors reported by remote server: groups": "create.400",
    "Automatic provisioning of user ann@example.com to app X failed: Error while creating user Ann: Create new user returned empty user.": "create.empty",
    "Automatic provisioning of user ann@example.com to app X failed: Matching user not found.": "matching",
    "Matching user not found.": "matching",
    "Multiple users found by userName. Expected 0 or 1 results but was [7]": "multiple",
    "The credentials used to connect to the API were invalid; please check your configuration": "everywhere.401",
    "Automatic profile push of user Ann Ames to app X failed: Error while trying to push profile update for ann@example.com: Internal Server Error. Errors reported by remote server:": "push.500",
    "Unable to update Group Push mapping target App group Team A: Error while creating user group Team A: HTTP 403 Forbidden": "group_create.403",
    "Error while updating user group membership for group Team A Not Implemented. Errors reported by remote server: patch-REPLACE-operation not supported for group.members": "group_update.501",
    "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error': was expecting JSON; line: 1, column: 6": "everywhere.unreadable",
    "Push user deactivation to external application: FAILURE: Bad Gateway": "deactivate.502",
    "Rate Limit Exceeded": "everywhere.429",
    "User was assigned this application before Provisioning was enabled and not provisioned in the downstream application. Click Provision User.": "provision_user",
    "This choice creates a conflict.": "import_conflict",
    "3 profile updates have errors": "task_profile",
    "Application accounts need deprovisioning": "task_deprovisioning",
    "Known issue OKTA-1150897": "bug_import_with_entitlements",
    "OKTA-1149228": "bug_group_push_with_entitlements",
    "App assignment attempted for user 00u1 but user is in inactive status INACTIVE": "assigned_inactive",
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), SEEN.items(), ids=SEEN.values())
def test_every_message_seen_is_known(text: str, key: str) -> None:
    """The text leads to its table, with at least one cause."""
    found = known(text)
    assert found.message.key == key
    assert found.causes


def known(text: str) -> Recognised:
    found = recognised(text)
    assert found, text
    return found


def explained(text: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(cli, ["explain", text]).output


CREATE = (
    "Automatic provisioning of user Ann Ames to app X failed: Error while creating user ann@example.com: "
)
PUSH = "Automatic profile push of user Ann Ames to app X failed: Error while trying to push profile update for ann@example.com: "
GROUP = "Unable to update Group Push mapping target App group Team A: "
REMOTE = "Errors reported by remote server: "
READER = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false') at [Source: (String); line: 1, column: 9]"
# What an engineer had in hand, or may have: which request it was, and the cause that has to come first.
FIRST = {
    f"{GROUP}Error while creating user group X: Read timed out": ("group_create", "silent"),
    f"{GROUP}Bad Request. {REMOTE}externalId is required": ("group_update", "missing"),
    f"{PUSH}Bad Request. {REMOTE}username cannot be modified": ("push", "immutable"),
    f"{PUSH}No user returned for user 9067a2b4": ("push", "gone"),
    f"{PUSH}Not Found. {REMOTE}Resource 9067a2b4 not found": ("push", "gone"),
    f"{PUSH}Bad Request. {REMOTE}that is all": ("push", "value"),
    "Matching user not found.": ("matching", "create_off"),
    "The credentials used to connect to the API were invalid; please check your configuration": ("everywhere", "credentials"),
    f"{CREATE}The credentials used to connect to the API were invalid; please check your configuration": ("create", "credentials"),
    f"{CREATE}Unauthorized. {REMOTE}access token expired": ("create", "credentials"),
    f"{CREATE}Bad Request. {REMOTE}email has already been taken": ("create", "taken"),
    f"{CREATE}Internal Server Error. {REMOTE}duplicate key value violates unique constraint": ("create", "taken"),
    f"{CREATE}Conflict. {REMOTE}userName is taken": ("create", "taken"),
    f"{CREATE}Forbidden. {REMOTE}license limit exceeded": ("create", "limit"),
    f"{CREATE}Forbidden. {REMOTE}": ("create", "rights"),
    f"{CREATE}Too Many Requests. {REMOTE}slow down": ("create", "throttled"),
    f"{CREATE}Bad Gateway. {REMOTE}Invalid JSON: Unrecognized token 'error'": ("create", "gateway"),
    f"{CREATE}No schema's defined in scim user": ("create", "unsound"),
    f"Failed: Error while creating user group X: Bad Request. {REMOTE}group PATCH requires a members path": ("group_create", "unsupported"),
    "Error authenticating: sun.security.validator.ValidatorException: PKIX path building failed": ("probe", "tls"),
    "Error authenticating: Not Found. The connector configuration could not be tested.": ("probe", "gone"),
    f"Error while verifying if user ann@example.com exists: Bad Request. {REMOTE}Invalid filter": ("lookup", "filter"),
    "Error while downloading all users: Read timed out": ("import", "silent"),
    f"Error pushing password: Bad Request. {REMOTE}password is too short": ("password", "value"),
    f"Push user reactivation in external application: FAILURE: Not Found. {REMOTE}no such user exists": ("reactivate", "gone"),
    f"{CREATE}Bad Gateway. {REMOTE}Invalid JSON: Unrecognized token 'error': was expecting {READER}": ("create", "gateway"),
    f"Bad Gateway. {REMOTE}Invalid JSON: Unrecognized token 'error': was expecting {READER}": ("everywhere", "gateway"),
    f"{CREATE}Internal Server Error. {REMOTE}Unrecognized token 'upstream': was expecting {READER}": ("create", "not_json"),
    f"{CREATE}Bad Request. {REMOTE}Invalid JSON: Unrecognized token 'value': was expecting ('true', 'false' or 'null')": ("create", "not_json"),
    f"{REMOTE}Resource [GROUP]: with displayName already exists.": ("group_create", "taken"),
    "Error while verifying if user exists: null": ("lookup", "silent"),
    f"{CREATE}null": ("create", "silent"),
    f"{PUSH}null.": ("push", "silent"),
    "Sync user in external application FAILURE: null": ("sync", "counters"),
    f"{CREATE.replace('creating user', 'trying to push profile update for')}Bad Request. {REMOTE}no": ("push", "reactivation"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), FIRST.items(), ids=range(len(FIRST)))
def test_words_status_and_situation_choose_the_first_cause(text: str, answer: tuple[str, str]) -> None:
    """Okta's words say which request it was; the target's words, the status and the job decide what comes first."""
    found = known(text)
    assert (found.message.key.partition(".")[0], found.causes[0].name) == answer
    assert f"first by    {found.because}" in explained(text) if found.because else True


@pytest.mark.parametrize(
    ("text", "check"),
    {
        f"Error while creating user group Team A: Bad Request. {REMOTE}group PATCH requires a members path or a members value object": "push_group.members-come-and-go",
        f"{GROUP}Bad Request. {REMOTE}externalId is required": "push_group.create-answers-201",
        f"{GROUP}Bad Request. {REMOTE}no": "push_group.members-come-and-go",
    }.items(),
)  # fmt: skip
def test_what_the_target_says_of_a_group_push_tells_which_request_it_was(text: str, check: str) -> None:
    """Okta's words tell the job; a target that names PATCH, or the externalId of a create, was asked for that."""
    assert known(text).causes[0].checks[0] == check


@pytest.mark.parametrize("who", ["user ann@example.com", "user group Team A"])
def test_a_404_to_a_create_is_about_the_address(who: str) -> None:
    """A create names no id, so nothing was removed: the base URL or the endpoint is not there."""
    first = known(f"Error while creating {who}: HTTP 404 Not Found").causes[0]
    assert "names no id" in first.why
    assert "test_credentials.probe-answers-200" in first.checks


@pytest.mark.parametrize("message", of_requests(), ids=lambda each: each.key)
def test_what_a_message_says_literally_has_to_be_there(message: Message) -> None:
    """With any one of its words in another form, a text is not taken for that message."""
    for piece in message.pieces:
        text = message.text.replace("{", "").replace("}", "")
        word = max(re.findall(r"\w+", piece), key=len)
        changed = re.sub(re.escape(word), f"{word}ish", text, flags=re.IGNORECASE)
        found = recognised(changed)
        assert not found or found.message.key != message.key or word not in found.message.pieces


@pytest.mark.parametrize("kind", [kind for kind in kinds().values() if kind.says], ids=lambda kind: kind.name)
def test_no_check_for_a_server_error_where_the_target_refused(kind: Kind) -> None:
    """Where a status below 500 is named, no cause names the check that judges answers of 500 and more."""
    for status in (400, 401, 403, 404, 405, 409, 422, 429, 501):
        found = known(f"{kind.says[0]}: HTTP {status}")
        named = {check for cause in found.causes for check in cause.checks}
        assert "every_answer.is-no-server-error" not in named, (found, status)


def every_cause() -> list[Cause]:
    """Of every message, and of every sign."""
    return [
        *(cause for message in (*standing(), *of_requests()) for cause in message.causes),
        *(each.cause for each in signs()),
    ]


def test_every_cause_names_checks_and_sources_that_are() -> None:
    """No check and no source is named that there is not."""
    checks = {check.id for check in catalogue()} | {"request"}
    for cause in every_cause():
        assert set(cause.checks) <= checks, cause
        assert {OKTA + each for each in cause.sources} <= references().keys(), cause
    for kind in kinds().values():
        assert set(kind.checks) <= checks, kind.name
    for message in (*standing(), *of_requests()):
        own = [source for fact in message.own.values() for source in fact.sources]
        assert {OKTA + each for each in (*message.sources, *own)} <= references().keys(), message.key


def test_the_advice_how_to_tell_causes_apart_runs(tmp_path: Path) -> None:
    """The command that is named takes every check it names, and judges them; here at the reference server."""
    [said] = re.findall(r"--only (\S+)", explained("No results for users returned"))
    place = ["--report-dir", str(tmp_path / "out")]
    done = CliRunner().invoke(cli, ["run", "--reference", "--profile", "read-only", *place, "--only", said])
    assert done.exit_code == ExitCode.ALL_GOOD, done.output
    everything = {check for cause in every_cause() for check in cause.checks} - {"request"}
    assert {each.id for each in selected(catalogue(), sorted(everything), ())} == everything


# What targets and networks say, with no word of Okta's: the request, as far as they tell, and the first cause.
OF_A_TARGET = {
    "Failed to create user: email is required": ("create", "missing"),
    "Unable to deactivate user: user not found": ("deactivate", "gone"),
    "Cannot remove the last admin of the workspace": ("everywhere", "protected"),
    "Members cannot be added because they are not in the organization": ("everywhere", "gone"),
    "A user with this email belongs to another organization": ("everywhere", "taken"),
    "Email domain is not verified for this account": ("everywhere", "value"),
    "Value for attribute name.familyName cannot be empty": ("everywhere", "missing"),
    "The user's userName attribute can\u2019t be changed": ("everywhere", "immutable"),
    "Your plan does not include SCIM provisioning": ("everywhere", "scim_off"),
    "Maximum number of users reached": ("everywhere", "limit"),
    "You do not have permission to create users": ("create", "rights"),
    "Incoming request with IP/Token 192.0.2.1 is not allowed to access the account": ("everywhere", "firewall"),
    "PATCH operation not supported": ("everywhere", "unsupported"),
    '{"error": "invalid_token", "error_description": "The access token expired"}': ("everywhere", "credentials"),
    '{"detail": "Resource 4711 not found", "status": "404"}': ("everywhere", "gone"),
    '{"detail": "no", "scimType": "invalidValue", "status": "400"}': ("everywhere", "value"),
    "javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake": ("everywhere", "tls"),
    "java.net.UnknownHostException: scim.example.com": ("everywhere", "unreachable"),
    "Read timed out": ("everywhere", "silent"),
    "<html><head><title>502 Bad Gateway</title></head>": ("everywhere", "gateway"),
    "HTTP 412": ("everywhere", "refused"),
    "error 599": ("everywhere", "server_fault"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), OF_A_TARGET.items(), ids=range(len(OF_A_TARGET)))
def test_what_a_target_says_alone_is_taken_for_that(text: str, answer: tuple[str, str]) -> None:
    """Without Okta's words, what is said of people, groups or the connection, and why, still leads to a cause; the answer says so."""
    found = known(text)
    assert (found.message.key, found.causes[0].name) == answer
    assert found.message.known == "inferred"
    assert OF_THE_TARGET in found.because


@pytest.mark.parametrize("status", [407, 414, 418, 499, 511, 522, 599])
def test_a_status_that_nobody_expects_has_a_cause_too(status: int) -> None:
    """Whatever status is named, something is said of it, be it that the target refused."""
    for text in (f"Error while creating user Ann: HTTP {status}", f"API error: HTTP {status}"):
        assert re.search(r"^  (first by|1\.) ", explained(text), re.MULTILINE)


@pytest.mark.parametrize("length", range(0, 30, 3))
def test_a_message_that_is_cut_off_is_known_by_what_is_left(length: int) -> None:
    """A list of tasks cuts a text: what is left of the words for the request decides; with too little left it is said how it goes on."""
    text = f"{CREATE.partition('Error')[0]}{'Error while verifying if user'[:length]}…"
    if length >= CUT_OFF:
        assert known(text).message.key.partition(".")[0] == "lookup"
    else:
        assert recognised(text) is None
        assert "Error while verifying if user {user} exists" in cut_off(text)


@pytest.mark.parametrize(
    "text", ["Automatic provisioning of user Ann", "An error occurred while assigning this app."]
)
def test_a_text_that_ends_before_the_reason_is_not_explained(text: str) -> None:
    """No cause is named for a job alone: the text is said to be cut off, with what Okta's messages go on with."""
    done = CliRunner().invoke(cli, ["explain", text])
    assert isinstance(done.exception, NotKnownError)
    assert str(done.exception).splitlines() == [
        f"This text ends before it says what failed: {text}",
        "  Paste all of it. Messages that begin so go on with: Error while verifying if user {user} exists; Error while creating user {name}",
    ]


def test_names_of_groups_and_people_tell_nothing() -> None:
    """What an app, a group or a person is called does not choose a cause."""
    said = "Unable to update Group Push mapping target App group {0}: Error while creating user group {0}: Not Found"
    assert {known(said.format(name)).causes[0].name for name in ("A", "Suspended users", "Duplicates")} == {
        "gone"
    }


UNKNOWN = [
    "The printer is on fire", "Conflict", "zzz", "E0009999", "FATAL: role postgres does not exist", "user",
    "ModuleNotFoundError: No module named 'foo'", "Permission denied (publickey).", "Something went wrong", "Bad Request",
    "Disk quota exceeded", "KeyError: 'name'", "User successfully created", "All users were imported", "File exists",
    "npm ERR! code ERESOLVE could not resolve dependency", "Error: connect ECONNREFUSED 127.0.0.1:5432",
    "fatal: unable to access 'https://github.com/x/y.git/': Could not resolve host: github.com", "curl: (28) Operation timed out",
    "ssh: connect to host example.com port 22: Connection refused", "nginx: [emerg] bind() to 0.0.0.0:80 failed",
    "SyntaxError: Unexpected token < in JSON at position 0", "curl: (60) SSL certificate problem: self-signed certificate",
    "TypeError: x is not a function", "Sign in to continue", "It is required by law", "The page cannot be found",
]  # fmt: skip


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_is_said_with_a_code_of_its_own(text: str) -> None:
    """A text of something else ends with 7; the nearest message is named in one line, and not explained."""
    assert recognised(text) is None
    done = CliRunner().invoke(cli, ["explain", text])
    assert isinstance(done.exception, NotKnownError)
    assert done.exception.exit_code == ExitCode.NOT_KNOWN
    assert done.output == ""
    [said, near] = str(done.exception).splitlines()
    assert said == f"This text is not known: {text}"
    assert near.endswith(nearest(text).text)


@given(st.text(max_size=200) | st.text(alphabet='{}[]",:.\n eventType', max_size=80))
def test_whatever_is_pasted_is_answered_or_not_known(text: str) -> None:
    """No text ends in a traceback, and something is nearest to each."""
    told = export(text)
    for each in told.events if told else ():
        of_event(each.type, each.text)
    recognised(text)
    assert nearest(text)


@given(st.sampled_from(sorted(SEEN)), st.text(max_size=40))
def test_whatever_the_target_says_a_known_message_stays_known(text: str, words: str) -> None:
    """What stands behind Okta's words takes nothing away from them."""
    assert recognised(f"{text}. {REMOTE}{words}")


@pytest.mark.parametrize(("code", "cause"), {"E0000049": "unsound", "E0000051": "silent", "E0000055": "taken", "E0000047": "throttled"}.items())  # fmt: skip
def test_a_code_of_an_error_is_answered(code: str, cause: str) -> None:
    """Alone, or in a text that is not known otherwise, it tells what it stands for and who says it."""
    for text in (code, f"The API returned an error: {code}"):
        found = known(text)
        assert found.message.key == code
        assert [each.name for each in found.causes] == [cause]
        assert "“" in found.message.facts["when"].text


@pytest.mark.parametrize("name", ["push_user", "push_user:plain", "overlap_groups", "explore"])
def test_an_act_is_told_as_one(name: str) -> None:
    """With what it sends and who judges it; a scene of it as well."""
    said = explained(name)
    assert said.startswith(f"{name}\n")
    assert "`scim-tests list acts`" in said
    assert "  sends       " in said
    assert ("push_user.create-answers-201" in said) is name.startswith("push_user")
    assert "every_*" in said


@pytest.mark.parametrize("status", ["409", " 404\n", "500"])
def test_a_status_alone_is_told_as_one(status: str) -> None:
    """With what it can be a sign of, as `HTTP 409` is."""
    assert explained(status) == explained(f"HTTP {status.strip()}")


@pytest.mark.parametrize("text", ["7", "200", "{}", "[1]"])
def test_nothing_is_near_to_a_text_without_words(text: str) -> None:
    """No message is named that has nothing to do with it."""
    done = CliRunner().invoke(cli, ["explain", text])
    assert isinstance(done.exception, NotKnownError)
    assert "nearest" not in str(done.exception)


def test_the_page_shows_what_the_command_says() -> None:
    """The excerpt in docs/okta-failure.md is today's."""
    script = runpy.run_path(str(ROOT / "scripts" / "okta_failure.py"))
    page = (ROOT / "docs" / "okta-failure.md").read_text(encoding="utf-8")
    assert script["current"](page) == page
