"""Conditional requests: what is not modified, what is outdated, and how a version is written."""

from bending import body, each_user, header, put, raw, status

from lies import Lie
from scim_tests.model.exchange import Heard


def of_the_state_before(heard: Heard) -> Heard:
    """A write is answered with the ETag that the client named."""
    named = heard.request.header("If-Match")
    return header("ETag", named)(heard) if named else heard


not_supported = body(lambda document: document["etag"].update(supported=False))
NOT_MODIFIED: Lie = ("keep_versions.unchanged", status(200))

LIES: dict[str, Lie] = {
    "every_version.is-an-entity-tag": ("keep_versions.read", header("ETag", "1")),
    "every_version.not-modified-has-no-body": ("keep_versions.unchanged", raw(b"{}")),
    "every_version.content-location-is-the-location": (
        "keep_versions.read",
        header("Content-Location", "https://example.com/Users/another"),
    ),
    "every_version.of-a-write-is-the-new-one": ("keep_versions.patch", of_the_state_before),
    "every_version.is-one-through-every-door": (
        "arrange_users.whole",
        each_user(lambda one: one["meta"].update(version='W/"0"')),
    ),
    "every_end.takes-no-write": ("keep_versions.group_put_gone", status(200)),
    "every_version.stands-in-a-header": ("keep_versions.create", header("ETag", None)),
    "keep_versions.sends-an-etag": ("keep_versions.after_put", header("ETag", None)),
    "keep_versions.shows-the-version": (
        "keep_versions.read",
        body(lambda document: document["meta"].pop("version") and None),
    ),
    "keep_versions.unchanged-is-304": NOT_MODIFIED,
    "keep_versions.unchanged-is-304-in-every-form": ("keep_versions.unchanged_in_list", status(200)),
    "keep_versions.changed-is-shown": ("keep_versions.changed", status(304)),
    "keep_versions.outdated-write-is-refused": ("keep_versions.outdated_put", status(200)),
    "keep_versions.current-write-is-done": ("keep_versions.put", status(412)),
    "keep_versions.one-of-several-is-enough": ("keep_versions.put_of_several", status(412)),
    "discovery.config-names-the-scheme-that-is-taken": (
        "discovery.config",
        put(authenticationSchemes=[{"type": "httpbasic", "name": "Basic", "description": "A password."}]),
    ),
    "keep_versions.only-one-of-two-is-done": ("keep_versions.put_at_once", status(200)),
    "keep_versions.gone-is-not-unchanged": ("keep_versions.gone", status(304), raw(b"")),
    "keep_versions.configuration-admits-it": ("keep_versions.config", not_supported),
}

ROWS: dict[str, Lie] = {
    "RFC7643-3.1-21": LIES["every_version.content-location-is-the-location"],
    "RFC7643-3.1-22 (in lists)": LIES["every_version.is-one-through-every-door"],
    "RFC7643-3.1-22": LIES["every_version.of-a-write-is-the-new-one"],
    "RFC7643-3.1-23": ("keep_versions.read", header("ETag", 'w/"1"')),
    "RFC7644-3.12-13": ("keep_versions.outdated_patch", status(409)),
    "RFC7644-3.14-02": LIES["keep_versions.sends-an-etag"],
    "RFC7644-3.6-02 (written to)": LIES["every_end.takes-no-write"],
    "RFC7644-3.14-02 (of writes)": LIES["every_version.stands-in-a-header"],
    "RFC7644-3.14-03": LIES["keep_versions.shows-the-version"],
    "RFC7644-3.14-04": NOT_MODIFIED,
    "RFC7644-3.14-05": LIES["keep_versions.outdated-write-is-refused"],
    "RFC7644-3.14-06": LIES["every_version.of-a-write-is-the-new-one"],
}
