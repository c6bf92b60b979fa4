"""Lines of a journal: an exchange as one, and any of them without strangers in it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.record import ImportRow
from scim_tests.model.scim import Json
from scim_tests.record.masking.mask import Mask

Line = dict[str, Any]
# Where a line or a part of one quotes what the target said.
QUOTING = frozenset({
    "why", "finding", "expected", "got", "where", "remark", "ended_early", "not_looked_at", "left_behind", "limits",
    "broken", "unfinished",
})  # fmt: skip

AT = "at"  # of a finding: the exchanges it is about, by scenes of ours, which may be called as somebody is


def heard_line(heard: Heard) -> Line:
    """An exchange as a line; bytes that are not UTF-8 stand as lone surrogates, and come back as they were."""
    request, answer = heard.request, heard.answer
    return {
        "request": {"method": request.method, "path": request.path, **_message(request)},
        "answer": {"status": answer.status, **_message(answer)} if answer else None,
        "failure": heard.failure,
        "unreachable": heard.unreachable,
        "started": heard.started,
        "seconds": heard.seconds,
    }


def heard_in(line: Line) -> Heard:
    """The exchange that `heard_line` wrote, without its base URL."""
    asked, said = line["request"], line["answer"]
    return Heard(
        Request(asked["method"], asked["path"], _headers(asked), _body(asked)),
        Answer(said["status"], _headers(said), _body(said)) if said else None,
        line["failure"],
        line["unreachable"],
        line["started"],
        line["seconds"],
    )


def masked_line(line: Line, mask: Mask) -> Line:
    """The line, as far as strangers are known by now."""
    match line["event"]:
        case "heard":
            judgements = [_quoting(each, mask) for each in line["judgements"]]
            return {**line, **heard_line(mask.heard(heard_in(line))), "judgements": judgements}
        case "over":
            failed = [_quoting(each, mask) for each in line.get("failed", [])]
            return {**_quoting(line, mask), "result": _result(line["result"], mask), "failed": failed}
        case "judged" | "ended":
            return _quoting(line, mask)
    return line


def _result(result: Line, mask: Mask) -> Line:
    kept = _quoting(result, mask)
    if imported := result.get("imported"):
        rows = mask.rows(ImportRow(**each) for each in imported["rows"])
        kept["imported"] = {**imported, "rows": [asdict(each) for each in rows]}
    return kept


def _quoting(part: Mapping[str, Json], mask: Mask) -> Line:
    return {key: _texts(value, mask) if key in QUOTING else value for key, value in part.items()}


def _texts(value: Json, mask: Mask) -> Json:
    """Every string in it as a sentence is masked."""
    if isinstance(value, str):
        return mask.text(value)
    if isinstance(value, Mapping):
        return {key: each if key == AT else _texts(each, mask) for key, each in value.items()}
    return [_texts(each, mask) for each in value] if isinstance(value, list | tuple) else value


def _message(message: Request | Answer) -> Line:
    return {"headers": message.headers, "body": message.body.decode(errors="surrogateescape")}


def _headers(line: Line) -> Headers:
    return tuple((name, value) for name, value in line["headers"])


def _body(line: Line) -> bytes:
    body: str = line["body"]
    return body.encode(errors="surrogateescape")
