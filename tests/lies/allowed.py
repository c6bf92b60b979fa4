"""What a requirement only allows no answer can break: instead a server that does so has to fail no check.

Each such requirement stands beside the module under `tests` that has one, and its name there.
"""

ANSWERS, WRITES, TARGETS = "allowances", "play/test_allowed_writes", "play/test_peculiar_targets"
TRAPS = "play/test_traps"

ALLOWED: dict[str, tuple[str, str]] = {
    "RFC7643-2.3.1-02": (TRAPS, "types that are not suggested are refused (RFC 7643 2.3.1)"),
    "RFC7643-2.3.7-06": (WRITES, "who is deleted stays a member (RFC 7643 2.3.7)"),
    "RFC7643-2.4-09": (ANSWERS, "one value under two types"),
    "RFC7643-2.5-03": (ANSWERS, "nulls and empty arrays for what has no value (RFC 7643 2.5)"),
    "RFC7643-3.3-02": (ANSWERS, "attributes and extensions nobody asked for"),
    "RFC7643-4.1.1-04": (ANSWERS, "name.formatted alone (RFC 7643 4.1.1)"),
    "RFC7643-4.2-05": (ANSWERS, "members that need a value (RFC 7643 4.2)"),
    "RFC7643-5-03": (ANSWERS, "a configuration with an id (RFC 7643 5)"),
    "RFC7643-6-03": (TARGETS, "resource types without ids (RFC 7643 6)"),
    "RFC7643-7-18": (ANSWERS, "userName in capitals (RFC 7643 7)"),
    "RFC7643-7-26": (ANSWERS, "uniqueness with 400 in updates (RFC 7643 7)"),
    "RFC7644-3.3-02": (ANSWERS, "a displayName the server makes up (RFC 7643 8.7.1)"),
    "RFC7644-3.4.2-05": (ANSWERS, "no Resources where nobody is (RFC 7644 3.4.2)"),
    "RFC7644-3.4.2.1-01": (ANSWERS, "no search at the root (RFC 7644 3.4.2.1)"),
    "RFC7644-3.4.2.3-01": (ANSWERS, "no sorting (RFC 7644 3.4.2.3)"),
    "RFC7644-3.4.2.4-07": (TARGETS, "fifty people a page at most (RFC 7644 3.4.2.4)"),
    "RFC7644-3.5.1-04": (WRITES, "a PUT gives defaults to what it leaves out (RFC 7644 3.5.1)"),
    "RFC7644-3.12-05": (ANSWERS, "no scimType where none is demanded"),
    "RFC7644-3.11-02": (ANSWERS, "/Me leads to the user (RFC 7644 3.11)"),
    "RFC7644-3.14-01": (ANSWERS, "no versions (RFC 7644 3.14)"),
    "RFC9865-2-06": (ANSWERS, "a short page by cursor (RFC 9865 2)"),
    "RFC9865-2-09": (ANSWERS, "cursors that lead back (RFC 9865 2)"),
    "RFC9865-2-13": (ANSWERS, "pages by cursor without a total (RFC 9865 2)"),
    "RFC9865-2.3-01": (ANSWERS, "a cursor that nobody asked for (RFC 9865 2.3)"),
}
