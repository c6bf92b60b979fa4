"""Rules for every answer: it gives no secret back."""

import re

from scim_tests.checks.rules.every_answer import has_body, is_answered
from scim_tests.knowledge.consequences import LEAKED_SECRET
from scim_tests.model.check import BOTH, MUST, SECURITY, Finding, advice, check
from scim_tests.model.exchange import PASSWORD, TOKEN, Exchange
from scim_tests.model.scim import get

MEANT_AS_A_TOKEN = 16  # characters

# What crypt(3), Argon2, Django and LDAP make of a password; each names itself at the beginning.
HASH = re.compile(
    r'"(\$2[abxy]\$\d\d\$|\$(?:argon2(?:id?|d)|5|6|y)\$|pbkdf2_sha\d+\$\d+\$|scrypt:\d+:|\{S?SHA\d*\})[^"]{15,}"'
)


@check(
    "every_answer.shows-no-password",
    on="*.*",
    when=is_answered,
    title="The password is never returned",
    references=("RFC7643-4.1.1-13", "RFC7643-4.1.1-21", "RFC7643-7-21"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=LEAKED_SECRET,
    fix="Store only a hash, and leave `password` out of every answer (returned: never).",
)
def shows_no_password(exchange: Exchange) -> Finding | None:
    """The pipe puts a placeholder where the password comes back, so that is what to look for."""
    answer = exchange.answer
    if PASSWORD in answer.text or any(PASSWORD in value for _, value in answer.headers):
        return Finding("no password", "the password that this run sent", "$..password")
    if _password_attribute(exchange):
        return Finding("no password attribute", "one with a value", "$..password")
    hashed = exchange.is_success and HASH.search(answer.text)
    return Finding("no password in any form", f"a hash of one, {hashed[1]}…", "$") if hashed else None


def _password_attribute(exchange: Exchange) -> bool:
    if not exchange.is_success or not has_body(exchange):
        return False
    body = exchange.json
    users = [body, *(get(body, "Resources") or [])] if isinstance(get(body, "Resources"), list) else [body]
    return any(isinstance(get(user, "password"), str) and get(user, "password") != "" for user in users)


@check(
    "every_answer.shows-no-token",
    on="*.*",
    when=is_answered,
    title="The bearer token is never returned",
    references=("RFC7644-7.4-02",),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=LEAKED_SECRET,
    fix="Do not echo request headers in answers or error texts.",
)
def shows_no_token(exchange: Exchange) -> Finding | None:
    """A token that was refused may be a right one elsewhere, or mistyped by a letter: advice."""
    refused = (exchange.request.header("Authorization") or "").rpartition(" ")[2]
    if len(refused) >= MEANT_AS_A_TOKEN and TOKEN not in refused and refused in exchange.answer.text:
        return advice("no token", "the one that was refused", "$")
    answer = exchange.answer
    if TOKEN in answer.text:
        return Finding("no token", "the token of this run, in the body")
    leaking = [name for name, value in answer.headers if TOKEN in value]
    return Finding("no token", "the token of this run", leaking[0]) if leaking else None
