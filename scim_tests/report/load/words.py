"""How reports of a load say numbers: to two digits, with commas, in the unit that a person would choose; and what steps are."""

from math import floor, log10

MINUTE, HOUR = 60, 3600
STEPS = {
    "test_credentials.probe": "the credentials are tried",
    "push_user.lookup": "look-up before the create",
    "push_user.create": "create",
    "push_user.read": "read by id after the create",
    "push_user.find": "look-up by us, before and after the load",
    "bulk_assignment.lookup": "look-up before the create, by two jobs at once",
    "bulk_assignment.create": "create, by two jobs at once",
    "bulk_assignment.find": "look-up after both jobs",
    "deactivate_user.patch": "deactivation",
    "deactivate_user.read": "read before the deactivation",
    "deactivate_user.put": "deactivation",
    "deactivate_user.read_back": "read after the deactivation",
    "deactivate_user.find": "look-up after the deactivation",
    "update_user.read": "read before the rename",
    "update_user.put_renamed": "rename",
    "update_user.read_renamed": "read after the rename",
    "fill_group.lookup": "look-up of the group before its create",
    "fill_group.create": "create of the group, with nobody in it",
    "fill_group.after_create": "read of the empty group",
    "fill_group.fill": "members are put into the group",
    "fill_group.after_fill": "read of the group with its members",
    "fill_group.add_again": "a member is added once more, after the load",
    "import_users.page": "a page of the import",
}
AGAIN = "answered 429, and sent again"


def step_in_words(name: str) -> str:
    """What a step is: `look-up before the create`."""
    return AGAIN if name.endswith(".throttled") else STEPS.get(name, "")


def about(number: float) -> str:
    """To two digits at most: `0.83`, `0.8`, `25`, `1,200`."""
    if not number:
        return "0"
    places = 1 - floor(log10(abs(number)))
    said = f"{round(number, places):,.{max(places, 0)}f}"
    return said.rstrip("0").rstrip(".") if places > 0 else said


def span(seconds: float) -> str:
    """How long, in words: `64 ms`, `3.1 s`, `45 s`, `67 min`, `2 h 13 min`, `83 h`."""
    if seconds < 1:
        return f"{about(seconds * 1000)} ms"
    if seconds < 100:
        return f"{about(seconds)} s"
    minutes = round(seconds / MINUTE)
    if minutes < 100:
        return f"{about(seconds / MINUTE)} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{round(seconds / HOUR):,} h"


def milliseconds(number: float) -> str:
    """The same of milliseconds."""
    return span(number / 1000)


def share(part: float, whole: float) -> str:
    """`12 %`, `0.4 %`; of nothing it is 0 %."""
    return f"{about(100 * part / whole) if whole else 0} %"
