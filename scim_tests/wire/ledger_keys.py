"""How the ledger calls users and groups, and by what it compares their names and ids."""

import unicodedata

USERS, GROUPS = "/Users", "/Groups"


def entry(endpoint: str, text: str) -> str:
    """How the ledger calls what has this name or id: users by it alone, all else by endpoint and it."""
    return text if endpoint == USERS and not text.startswith("/") else f"{endpoint}/{text}"


def name_key(user_name: str) -> str:
    """What userNames are compared by: without regard to case (RFC 7643 4.1.1) and Unicode form."""
    return unicodedata.normalize("NFKC", user_name.strip()).casefold()


def id_key(id_: str) -> str:
    """What ids are compared by, to know ours again: without regard to case and to noughts before a number.

    What may be written to is compared by the id itself.
    """
    place, slash, last = id_.casefold().rpartition("/")
    return f"{place}{slash}{(last.lstrip('0') or '0') if last.isdecimal() else last}"


def is_alike(one: str, other: str) -> bool:
    """Whether two ids are the same but for how a target writes them."""
    return id_key(one) == id_key(other)
