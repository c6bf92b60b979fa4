"""Rules for every answer to a request with `attributes` or `excludedAttributes` (RFC 7644 3.4.2.5, 3.9): it shows those parts and no others.

What there is to show is what a read by id shows that asks for no parts.
"""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import is_alike, is_made_up, is_the_rfcs, weightiest
from scim_tests.checks.reading.paths import Paths, is_below, paths_of
from scim_tests.checks.reading.projections import Projection, projections
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, get
from scim_tests.model.transcript import Transcript

FREE = frozenset({"schemas"})  # RFC 7643 3 wants it everywhere, and no schema says how it is returned
SERVERS = ("meta",)  # what is more than was asked for, and misleads nobody


@check(
    "every_projection.shows-what-was-named",
    on=PLAY,
    title="With attributes, an answer shows what is named and what always comes",
    references=("RFC7643-3.1-10", "RFC7644-3.9-02", "RFC7644-3.10-01", "RFC7644-3.10-03", "RFC7644-3.10-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Show every attribute that is named, by whatever spelling, and id with it.",
)
def shows_what_was_named(transcript: Transcript) -> Finding | None:
    found = [each for each in projections(transcript) if each.attributes]
    if not found:
        raise NotObserved("", "no attributes were named")
    return weightiest(finding for each in found for finding in _missing(each))


def _missing(asked: Projection) -> Iterator[Finding]:
    for shown, whole in asked.shown:
        yield from _without_id(asked, shown)
        for path, value in paths_of(whole).items() if whole else ():
            is_due = is_below(path, asked.attributes) and (stands_still(path) or is_a_membership(path))
            if is_due and not _is_shown(path, shown, value):
                yield _lacks(asked, path, describe(value), shown)


def _is_shown(path: str, shown: Paths, value: Json) -> bool:
    """Whether a value is there; entries that have nothing of what is asked for may be missing."""
    return is_alike(f"$.{path}", *map(_said, (shown.get(path), value)))


def _said(value: Json) -> Json:
    return [each for each in value if each is not None] if isinstance(value, list) else value


def _without_id(asked: Projection, shown: dict[str, object]) -> Iterator[Finding]:
    for path in sorted(asked.always):
        if path not in shown and (path == "id" or (asked.whole_has(path))):
            yield _lacks(asked, path, "a value, which always comes", shown)


def _lacks(asked: Projection, path: str, wanted: str, shown: dict[str, object]) -> Finding:
    expected = f"{wanted}, since {asked.exchange.step} asks for {asked.said}"
    return Finding(
        expected,
        describe(shown.get(path)) if path in shown else "no value",
        _place(path),
        at=(asked.exchange,),
    )


@check(
    "every_projection.shows-nothing-else",
    on=PLAY,
    title="With attributes, an answer shows nothing that is not named",
    references=("RFC7643-7-24", "RFC7644-3.4.2.5-01", "RFC7644-3.9-01", "RFC7644-3.9-06"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave out what is not named, unless its schema says that it is always returned.",
)
def shows_nothing_else(transcript: Transcript) -> Finding | None:
    found = [each for each in projections(transcript) if each.attributes]
    if not found:
        raise NotObserved("", "no attributes were named")
    return weightiest(finding for each in found for finding in _too_much(each))


def _too_much(asked: Projection) -> Iterator[Finding]:
    """Of an attribute that is named in parts, another part misleads nobody, nor does what the target makes up."""
    for shown, _ in asked.shown:
        for path, value in shown.items():
            if path in FREE or is_below(path, asked.attributes) or is_below(path, asked.always):
                continue
            root = path.partition(".")[0]
            is_the_targets = root in SERVERS or not stands_still(path) or is_made_up(f"$.{path}")
            mild = is_the_targets or any(each.startswith(f"{root}.") for each in asked.attributes)
            expected = f"no value, since {asked.exchange.step} asks for {asked.said}"
            yield Finding(expected, describe(value), _place(path), at=(asked.exchange,), mild=mild)


@check(
    "every_projection.leaves-out-what-is-excluded",
    on=PLAY,
    title="With excludedAttributes, an answer leaves out what is named",
    references=("RFC7644-3.4.2.5-02", "RFC7643-7-24"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave out what excludedAttributes names, in every answer that shows a resource.",
)
def leaves_out_what_is_excluded(transcript: Transcript) -> Finding | None:
    found = [each for each in projections(transcript) if each.excluded and not each.attributes]
    if not found:
        raise NotObserved("", "no attributes were excluded")
    return weightiest(finding for each in found for finding in _kept(each))


def _kept(asked: Projection) -> Iterator[Finding]:
    """A list that is shown empty has no value (RFC 7643 2.5), and misleads all the same whoever takes it at its word: advice."""
    expected, at = f"no value, since {asked.exchange.step} excludes {asked.said}", (asked.exchange,)
    for shown, _ in asked.shown:
        for path, value in shown.items():
            if is_below(path, asked.excluded) and not is_below(path, asked.always) and path not in FREE:
                yield Finding(expected, describe(value), _place(path), at=at)
    for name, whole in asked.emptied:
        if name in asked.excluded and get(whole, name):
            yield Finding(expected, "an empty list, as if there were none", _place(name), at=at, mild=True)


@check(
    "every_projection.shows-what-is-not-excluded",
    on=PLAY,
    title="With excludedAttributes, an answer shows all else, and what always comes",
    references=("RFC7643-7-22", "RFC7644-3.4.2.5-04", "RFC7644-3.4.3-04", "RFC7644-3.9-03", "RFC7644-3.9-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave out nothing but what excludedAttributes names, and never what is always returned, such as id.",
)
def shows_what_is_not_excluded(transcript: Transcript) -> Finding | None:
    found = [each for each in projections(transcript) if each.excluded and not each.attributes]
    if not found:
        raise NotObserved("", "no attributes were excluded")
    return weightiest(finding for each in found for finding in _lost(each))


def _lost(asked: Projection) -> Iterator[Finding]:
    for shown, whole in asked.shown:
        yield from _without_id(asked, shown)
        for path, value in paths_of(whole).items() if whole else ():
            is_due = path not in FREE and stands_still(path) and asked.is_shown_by_default(path)
            if is_due and not is_below(path, asked.excluded) and not _is_shown(path, shown, value):
                yield _lacks(asked, path, describe(value), shown)


def _place(path: str) -> str:
    return f"$.{in_usual_letters(path)}"


def is_a_membership(path: str) -> bool:
    """Whether it says who is in a group: what is known of these is of a time when no group was written to."""
    return path.partition(".")[0] in {"groups", "members"}


def stands_still(path: str) -> bool:
    """Whether nobody but a client changes it: groups come and go, addresses of photos may be signed anew, and what the RFCs do not know may move."""
    root = path.partition(".")[0]
    dotted = (
        f"$.{path}"
        if not path.startswith("urn:")
        else f"$.{path.rpartition(':')[0]}.{path.rpartition(':')[2]}"
    )
    return root == "meta" or is_the_rfcs(dotted)
