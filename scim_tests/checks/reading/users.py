"""Which users an answer shows, for the checks that look at users."""

from collections.abc import Callable
from urllib.parse import urlsplit

from scim_tests.checks.reading.parameters import shows_parts
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import several
from scim_tests.model.scim import Resource

# Steps that PUT a whole user. A password push is not among them: a target may refuse passwords.
USER_PUTS = (
    "link_user.put",
    "deactivate_user.put",
    "reactivate_user.put*",
    "update_user.put*",
    "push_group.push_member",
)
NO_USER = "no answer showed a user"


def users_of(exchange: Exchange) -> list[Resource]:
    """The users an answer shows; of many only the sample that is judged one by one."""
    if not exchange.is_success or not exchange.answer.body or exchange.request.method == "DELETE":
        return []
    if shows_parts(exchange):
        return []  # a part of a user is judged by what was asked for
    endpoint = exchange.request.endpoint
    if endpoint == "/Users/.search" or (endpoint == "/Users" and exchange.request.method == "GET"):
        return exchange.resources[: exchange.sample]
    return [exchange.resource] if endpoint.startswith("/Users") else []


def ids_of(exchange: Exchange) -> str:
    """Whom a list holds, in words."""
    return several(exchange.page.ids, "user")


def shows_users(exchange: Exchange) -> bool:
    """Whether there is a user to judge; a refusal has none. For the `when` of a check."""
    return bool(users_of(exchange))


def is_off_the_base(exchange: Exchange, location: str) -> bool:
    """Whether a location on the target's own host is not below the base URL, so that it may lead nowhere."""
    try:
        there, base = urlsplit(location), urlsplit(exchange.heard.base_url)
    except ValueError:
        return False
    return bool(there.netloc) and there.netloc == base.netloc and not there.path.startswith(f"{base.path}/")


def each_user(exchange: Exchange, judge: Callable[[Resource], Finding | None]) -> Finding | None:
    """The first user's finding, with how many more there are of the kind."""
    return each_resource(users_of(exchange), judge)


def each_resource(resources: list[Resource], judge: Callable[[Resource], Finding | None]) -> Finding | None:
    """The weightiest finding about one of them, with how many more there are of the kind."""
    found = [finding for finding in map(judge, resources) if finding is not None]
    if len(found) < 2:
        return found[0] if found else None
    first = min(found, key=lambda finding: finding.mild)
    return Finding(
        first.expected,
        f"{first.got} (and {len(found) - 1} more of {len(resources)})",
        first.where,
        mild=first.mild,
    )


def user_of(exchange: Exchange) -> Resource:
    """The one user an answer is about: the resource itself, or a lookup's only hit. NotObserved for none or several."""
    if not (exchange.request.endpoint == "/Users" and exchange.request.method == "GET"):
        return exchange.resource
    if len(exchange.resources) != 1:
        raise NotObserved(exchange.step, f"showed {len(exchange.resources)} users")
    return exchange.resources[0]
