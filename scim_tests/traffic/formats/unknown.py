"""Says what a file looks like that is no recording, and what to do with such a file."""

import re

from scim_tests.traffic.formats.source import Source, listed, member

MAGIC = (
    (rb"\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x0a\x0d\x0d\x0a|\x4d\x3c\xb2\xa1", "is a capture of packets (pcap), in which TLS hides what was said; record with a proxy instead"),
    (rb"PK\x03\x04", "is a zip archive (Fiddler's .saz is one): unpack it, or export as HAR"),
    (rb"\x1f\x8b", "is compressed with gzip: unpack it first (gunzip)"),
    (rb"SQLite format 3\x00", "is a SQLite database"),
    (rb"%PDF|\x89PNG|\xff\xd8\xff", "is a picture or a page, not text"),
)  # fmt: skip
SYSTEM_LOG = "is an export of Okta's System Log: give it to `scim-tests explain -`"
INSOMNIA = "is an Insomnia collection, which holds no answers: export it as HAR, which does"
TEXTS = (
    (r"<!doctype html|<html", "is an HTML page"),
    (r"<\?xml[\s\S]{0,2000}<(?:charles|items)", "is a session of Charles or Burp as XML: export it as HAR"),
    (r"<\?xml|<\w+[^>]*>", "is XML"),
    (r"[\s\S]{0,4000}\bcollection\.insomnia\.rest/", INSOMNIA),
    (r"""[\s\S]{0,4000}(?:\beventType\b|\bevent_type\b|transaction\.id)""", SYSTEM_LOG),
    (r"(?:\$ |# )?curl ", "holds a curl command and no answer: run it with -v, and keep what it writes (2>&1)"),
    (r"\S+ \S+ \S+ \[[^\]]+\] \"[A-Z]+ ", "is an access log, which keeps neither headers nor bodies"),
)  # fmt: skip


SAVE = "holds no saved responses: save one of each request (Save Response), and export the collection again"
# What stands in a JSON document, or in the first member of a list.
MEMBERS = (
    (("info", "schema"), f"is a Postman collection, and {SAVE}"),
    (("collection", "info"), f"is of Postman, and {SAVE}"),
    (("_postman_variable_scope",), "is a Postman environment: export the collection, with saved responses"),
    (("__export_format",), INSOMNIA),
    (("eventType",), SYSTEM_LOG),
    (("openapi",), "is an OpenAPI description"),
    (("swagger",), "is an OpenAPI description"),
    (("root_causes",), "is the run.json of a run: give exchanges.har, which stands beside it"),
    (("schemas",), "is one SCIM message by itself, without the request that it belongs to"),
)  # fmt: skip


def looks_like(source: Source) -> str:
    """A predicate, such as `is an HTML page`."""
    if not source.data.strip():
        return "is empty"
    for magic, said in MAGIC:
        if re.match(magic, source.data):
            return said
    if source.document is not None and (said := _as_json(source)):
        return said
    start = source.text.lstrip("\ufeff \t\r\n")
    for pattern, said in TEXTS:
        if re.match(pattern, start, re.IGNORECASE):
            return said
    if source.document is not None or start.startswith(("{", "[")):
        return "is JSON, but no recording: it holds no request with its answer"
    return "is no recording: it holds no request with its answer" if _is_text(source.data) else "is no text"


def _as_json(source: Source) -> str:
    first = next(iter(listed(source.document)), source.document)
    return next((said for path, said in MEMBERS if member(first, *path) is not None), "")


def _is_text(data: bytes) -> bool:
    return b"\x00" not in data[:4096]
