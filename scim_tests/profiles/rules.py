"""What a profile may say beyond its JSON Schema: the attributes that only a run itself sets are none of them.

A profile may be a stranger's file. So no value of it breaks a run, and none makes a run's people
somebody else's, or members of anything.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.forms import changes_the_method
from scim_tests.model.scim import ENTERPRISE_USER, Json
from scim_tests.profiles.toml_text import validator

# By these a run knows its own people and lets nobody else know them; they stand here in small letters.
SET_BY_THE_RUN = frozenset({
    "schemas", "id", "externalid", "meta", "username", "name", "displayname", "emails", "active", "password",
})  # fmt: skip
MEMBERSHIP = frozenset({"groups", "members", "memberof"})
AS_OKTA_SPELLS = {each.casefold(): each for each in ("locale", ENTERPRISE_USER)}
# A name of RFC 7643 2.1, or an extension's URN. No path into something else: `emails[type eq "work"].value`.
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_$-]*|urn:[A-Za-z0-9:._-]+", re.ASCII)
OF_SCIM_ITSELF = ("urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:")
# Headers that say something else: what Okta sends in them, or how HTTP carries the request.
NO_TOKEN_IN = frozenset({
    "accept", "accept-charset", "accept-encoding", "connection", "content-encoding", "content-length", "content-type",
    "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-scim-tests",
})  # fmt: skip


def check_email_domain(domain: str) -> None:
    """UsageError `bad-domain` for what a profile could not have as its domain either."""
    whole = validator("profile")
    people = whole.schema["properties"]["people"]["properties"]
    if not whole.evolve(schema=people["email_domain"]).is_valid(domain):
        hint = "Name the domain alone, 32 characters at most, such as scim-test.example.org."
        raise UsageError("bad-domain", f"--email-domain cannot be {domain!r:.200}.", hint)


def check_token_form(form: str) -> None:
    """UsageError `bad-header` where no token can be sent so: it is no form, and no header that may hold one."""
    whole = validator("profile")
    written = whole.evolve(schema=whole.schema["properties"]["authorization"]["items"]).is_valid(form)
    if not written or form.lower() in NO_TOKEN_IN or changes_the_method(form):
        hint = "There are bearer, raw, basic, and the names of headers that hold it alone, such as x-api-key."
        raise UsageError("bad-header", f"The token cannot be sent as {form!r:.80}.", hint)


def check(document: Mapping[str, Any], source: str) -> None:
    """UsageError `bad-profile` where a profile that the schema allows says what is not its to say.

    That is a header for the token that means something else, an unknown source, an attribute that a run sets itself.
    """
    for name in document.get("authorization", ()):
        if name.lower() in NO_TOKEN_IN or changes_the_method(name):
            message = (
                f"{source}: authorization cannot be {name!r}: that header says something else of a request."
            )
            raise UsageError(
                "bad-profile", message, "Name the header that holds the token, such as X-Api-Key."
            )
    if "guide" in document and OKTA + document["guide"]["source"] not in references():
        message = (
            f"{source}: guide.source is {document['guide']['source'][:200]!r}, which is no source known here."
        )
        raise UsageError("bad-profile", message, f"There are: {', '.join(_sources())}.")
    for name, why in _refused(document.get("people", {}).get("attributes", {})):
        message = f"{source}: people.attributes cannot have {name[:200]!r}: {why}."
        raise UsageError(
            "bad-profile", message, "Leave it out; others, such as title or roles, may be there."
        )


def _sources() -> list[str]:
    return sorted(known.removeprefix(OKTA) for known in references() if known.startswith(OKTA))


def _refused(attributes: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """The attributes that may not be, with the reason."""
    for name, value in attributes.items():
        known = name.casefold()
        if not ATTRIBUTE.fullmatch(name):
            yield name, "that is no name of an attribute, and no URN of an extension"
        elif known.startswith(OF_SCIM_ITSELF) or _is_the_runs(name):
            yield name, "a run sets it, and knows its own people by it"
        elif AS_OKTA_SPELLS.get(known, name) != name:
            yield name, f"Okta spells it {AS_OKTA_SPELLS[known]}"
        elif ":" in name and isinstance(value, Mapping):
            yield from ((each, "a run knows its own people by it") for each in value if _is_the_runs(each))
    yield from _further_refused(attributes)


def _is_the_runs(name: str) -> bool:
    """Also by its whole name, which begins with the URN of a schema."""
    return name.casefold().rpartition(":")[2] in SET_BY_THE_RUN


def _further_refused(value: Json) -> Iterator[tuple[str, str]]:
    """What may stand at no depth: a membership, and one name twice."""
    if isinstance(value, list):
        for each in value:
            yield from _further_refused(each)
    elif isinstance(value, Mapping):
        seen: set[str] = set()
        for name, member in value.items():
            known = name.casefold()
            if known.rpartition(":")[2] in MEMBERSHIP:
                yield name, "it could make people members of what no run made"
            if known in seen:
                yield name, "it is there already, in other letters"
            seen.add(known)
            yield from _further_refused(member)
