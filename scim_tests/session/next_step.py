"""What to do next where Test API Credentials does not succeed: one sentence or two, by the likeliest cause."""

from urllib.parse import urlsplit

from scim_tests.model.exchange import ANSWERED, Heard
from scim_tests.report.text import one_line, shortened
from scim_tests.wire.failures import TOO_LATE

ENDINGS = ("/scim/v2", "/scim", "/v2")  # of base URLs
SHOWN = 300  # characters of what a server says
NEXT = {
    "unreachable": "Check host and port of the base URL, and whether this machine may reach them: a VPN, a proxy or a firewall may be in the way.",
    "tls": "Have the server show a certificate for this name from a public authority, which Okta demands. A test server can be run against in a terminal, with its authority as a file: scim-tests run --ca-bundle FILE.",
    "silent": "Press again. If it stays so, ask who runs the server why it gives no answer to the call below.",
    "credentials": "Copy the key anew, whole, and see that its owner is still an admin. If it is right, ask in which header the server takes it, and choose that form.",
    "rights": "Give the owner of the key the right to list users, or take the key of an admin.",
    "firewall": "Have the addresses of this machine, and those that Okta publishes, let through.",
    "throttled": "Wait a minute, and press again.",
    "gateway": "Press again in a minute. If it stays so, show the call below to who runs the server.",
    "server_fault": "Show the call below to who runs the server: it fails at the request by which Okta tests the key.",
    "https": "Name the base URL with https://, which Okta demands.",
}
ELSE = "Show the call below to who runs the server."
NOT_WHOLE = "Show the call below to who runs the server: an answer came, but it cannot be read to its end."
NO_TLS = (
    "wrong version number",
    "record layer failure",
    "packet length too long",
)  # as OpenSSL calls plain HTTP
TRY_HTTP = "What listens at this port seems to speak no TLS, as https:// needs. Try the port at which it does; for a test server, try http://."
TRY_HTTPS = "If the server speaks TLS at this port, try it with https://. Else ask who runs it why it gives no answer to the call below."
AT_THE_BASE_URL = frozenset({"gone", "not_json", "not_a_list", "redirect"})


def next_step(cause: str, heard: Heard | None) -> str:
    """For the cause of that name, as `explain` calls it, and what was heard of the probe, if any was sent."""
    if heard and not heard.answer and (said := _without_an_answer(heard)):
        return said
    if not heard or cause not in AT_THE_BASE_URL:
        return NEXT.get(cause, ELSE)
    where = heard.answer.header("Location") if heard.answer else None
    sends_on = f"It sends on to {shortened(one_line(where), SHOWN)}. " if where else ""
    ending = next((each for each in ENDINGS if urlsplit(heard.base_url).path.lower().endswith(each)), "")
    other = f"without {ending}" if ending else f"with {ENDINGS[0]} behind it"
    return f"{sends_on}See whether the base URL is the one that the server's guide names: what stands before /Users. Try it {other}."


def _without_an_answer(heard: Heard) -> str:
    """What the failure itself tells; empty where its cause tells more."""
    if heard.failure.startswith(ANSWERED):
        return NOT_WHOLE
    if heard.base_url.startswith("https:"):
        return TRY_HTTP if any(each in heard.failure for each in NO_TLS) else ""
    return "" if heard.unreachable or heard.failure.startswith(TOO_LATE) else TRY_HTTPS
