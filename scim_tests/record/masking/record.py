"""A record of traffic that was judged whole, without the people in it."""

from collections.abc import Callable
from dataclasses import replace

from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.part import Part
from scim_tests.model.record import ExchangeRecord, MessageRecord, RunRecord
from scim_tests.model.scim import Json
from scim_tests.record.build import message_record
from scim_tests.record.masking.mask import Mask
from scim_tests.wire.curl import curl

# What a record quotes of a conversation, by the name of the field.
QUOTED = frozenset({
    "expected", "got", "where", "why", "sentence", "scene", "name", "text", "failure", "request", "seen",
})  # fmt: skip
# Parts of a record that say nothing of what was said in it.
OURS = frozenset({"run", "target", "profile", "consequence", "references", "sources"})


def masked(record: RunRecord, mask: Mask) -> RunRecord:
    """The record as it may be kept: first everybody in it is got to know, then all is masked."""
    for each in record.exchanges:
        mask.heard(_heard(each))
    exchanges = [_exchange(each, mask) for each in record.exchanges]
    told = replace(record, exchanges=exchanges).to_json()
    return RunRecord.from_json(_quoted(told, mask.text))


def _heard(each: ExchangeRecord) -> Heard:
    sent, shown = each.request, each.response
    request = Request(each.method, each.path, _headers(sent), _body(sent), _unrecorded(sent))
    return Heard(request, Answer(each.status, _headers(shown), _body(shown), _unrecorded(shown)))


def _exchange(each: ExchangeRecord, mask: Mask) -> ExchangeRecord:
    """With its messages masked, and the command that sends it again as it stands then."""
    kept = mask.heard(_heard(each))
    base_url = each.url.removesuffix(each.path)
    return replace(
        each,
        path=kept.request.path,
        url=base_url + kept.request.path,
        request=message_record(kept.request),
        response=message_record(kept.answer) if kept.answer else each.response,
        curl=curl(kept.request, base_url),
    )


def _headers(message: MessageRecord) -> Headers:
    return tuple((name, value) for name, value in message.headers)


def _body(message: MessageRecord) -> bytes:
    return message.body.encode(errors="surrogatepass")


def _unrecorded(message: MessageRecord) -> frozenset[Part]:
    return frozenset(map(Part, message.unrecorded))


def _quoted(value: Json, mask: Callable[[str], str], key: str = "") -> Json:
    if isinstance(value, dict):
        return {
            name: member if name in OURS else _quoted(member, mask, name) for name, member in value.items()
        }
    if isinstance(value, list):
        return [_quoted(member, mask, key) for member in value]
    return mask(value) if isinstance(value, str) and key in QUOTED else value
