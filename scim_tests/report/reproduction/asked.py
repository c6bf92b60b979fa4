"""What a request of a run asked for, and what it was told: names, ids, and the version of what was shown."""

import json
import re
from collections.abc import Iterable

from scim_tests.model.record import ExchangeRecord, FindingRecord
from scim_tests.model.scim import Json, name_of, strings
from scim_tests.report.reproduction.scripted.answers import id_of, tag_of
from scim_tests.wire.parts import Text

CONDITIONS = frozenset({"if-match", "if-none-match"})
SHOWS = re.compile(r"\?(?:(?:attributes|excludedAttributes)=[^&]*(?:&|$))+$", re.IGNORECASE)
IN_A_FILTER = re.compile(r'value eq "([^"]*)"')


def json_of(text: str) -> Json:
    """A body as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def aim(each: ExchangeRecord) -> str:
    """Where a request goes: its path, without the parameters that say only what the answer of a write is to show."""
    return SHOWS.sub("", each.path)


def name_given(each: ExchangeRecord) -> str:
    """The userName or displayName that a request writes."""
    return name_of(json_of(each.request.body))


def id_told(each: ExchangeRecord) -> str:
    """The id that an answer shows, if it can be written to."""
    return id_of(json_of(each.response.body)) if 200 <= each.status < 300 else ""


def texts_of(create: ExchangeRecord) -> set[str]:
    """The texts by which somebody may be sought, in lower case."""
    texts = (*strings(json_of(create.request.body)), *strings(json_of(create.response.body)))
    return {text.lower() for text in texts}


def version_told(each: ExchangeRecord) -> str:
    """The version that an answer shows, if it can be sent back."""
    return tag_of({"headers": each.response.headers, "body": each.response.body})


def versions_sent(each: ExchangeRecord) -> set[str]:
    """Those that a request makes its condition."""
    return {value for name, value in each.request.headers if name.lower() in CONDITIONS}


def ids_in(each: ExchangeRecord) -> set[str]:
    """What may be an id in the body of a request."""
    said = list(strings(json_of(each.request.body)))
    return {*said, *(found for text in said for found in IN_A_FILTER.findall(text))}


def due_in(at: Iterable[ExchangeRecord], finding: FindingRecord) -> set[str]:
    """Who may be due in the lookups of a finding, by path: their ids are words of what was expected."""
    endpoints = {
        endpoint for each in at for endpoint, _, query in [each.path.partition("?")] if "filter=" in query
    }
    return {f"{endpoint}/{word}" for endpoint in endpoints for word in re.split(r"[\s,]+", finding.expected)}


def called(name: Text) -> str:
    """A name as it is called in a likeness."""
    return "".join(part if isinstance(part, str) else "(RUN)" for part in name)
