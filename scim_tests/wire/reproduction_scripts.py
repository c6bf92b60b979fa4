"""The scripts that show a failed check again: a shell script of curl lines, and the same in Python.

Both remove whom they made, as `clean` does: where the target refuses, people are deactivated. What the
target shows under another name than the script's is somebody else, and not touched.
"""

import json
import re
import shlex
from collections.abc import Iterator

from scim_tests.model.exchange import PASSWORD, TOKEN
from scim_tests.model.profile import Dialect
from scim_tests.model.record import RunRecord
from scim_tests.model.scim import PATCH_OP
from scim_tests.wire.curl import curl, quoted
from scim_tests.wire.reproduction import RUN, Line, Plot, Story

URL = "$SCIM_TESTS_URL"
GONE = "Name a base URL: the bundled server of the run is gone, and scim-tests serve starts another"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def reproductions(record: RunRecord) -> Iterator[tuple[str, str]]:
    """File names with their text: `<check>.sh` and `<check>.py` for each failed check that can be shown."""
    story = Story(record)
    for check in record.checks:
        if check.verdict == "fail" and (plot := story.plot(check)):
            yield f"{check.id}.sh", _shell(plot)
            yield f"{check.id}.py", _python(plot)


def _heading(plot: Plot) -> list[str]:
    finding = next(each for each in plot.check.findings if each.verdict == "fail")
    where = f" at {finding.where}" if finding.where else ""
    said = [
        f"{plot.check.id}: {plot.check.title}",
        f"Expected: {finding.expected}{where}",
        f"Got: {finding.got}",
        "Makes its own people, and removes or deactivates them.",
        "SCIM_TESTS_TOKEN holds the token; an argument names another base URL.",
    ]
    return [" ".join(CONTROL.sub(" ", text).split()) for text in said]


def _verdict(plot: Plot) -> str:
    """What to look for in the answers."""
    _, expected, got, *_ = _heading(plot)
    at = next(each.at for each in plot.check.findings if each.verdict == "fail")
    steps = dict.fromkeys(f"{place}" for place, line in enumerate(plot.lines, 1) if line.number in at)
    return f"{expected}. {got}, in the run. Look at {' and '.join(steps)}."


def _credentials(plot: Plot) -> tuple[str, str]:
    """The header that carries the token, as the run sent it."""
    pairs = (pair for line in plot.lines for pair in line.request.headers)
    return next((pair for pair in pairs if TOKEN in pair[1]), ("Authorization", f"Bearer {TOKEN}"))


SHELL = """\
#!/bin/sh
{heading}
set -eu
: "${{SCIM_TESTS_TOKEN:?Set it to the token of the target}}"
{url}
SCIM_TESTS_URL="$1"
SCIM_TESTS_RUN="$(date +%s)$$"
SCIM_TESTS_PASSWORD="Aa1$SCIM_TESTS_RUN"

id_of() {{
  grep -o '"id" *: *"\\{{0,1\\}}[^",}}]*' | head -n 1 | sed 's/.*: *"\\{{0,1\\}}//'
}}

ask() {{
  curl -sS -H {credentials} -H 'Content-Type: application/scim+json' "$@"
}}

status_of() {{
  ask -o /dev/null -w '%{{http_code}}' "$@" || true
}}

remove() {{
  test -n "$2" || set -- "$1" "$(ask "$SCIM_TESTS_URL$3" | id_of)"
  test -n "$2" || return 0
  place="$SCIM_TESTS_URL$1/$2" other=
  case "$(ask -f "$place" 2>/dev/null || true)" in
    *"$SCIM_TESTS_RUN"*) ;;
    *'Name"'*) echo "Not touched, for it shows somebody else: $1/$2" >&2; return 0 ;;
    *) other=$(ask "$SCIM_TESTS_URL$3" | id_of)
       case "$other" in ''|"$2") ;; *) remove "$1" "$other" "$3"; return 0 ;; esac ;;
  esac
  answered=$(status_of -X DELETE "$place")
  case "$answered" in
    2??) return 0 ;;
    404|410) test "$other" = "$2" || return 0 ;;
  esac
  test "$1" = /Users && case "$({deactivated})" in
    2??) echo "Deactivated, for DELETE was answered $answered: $1/$2" >&2; return 0 ;;
  esac
  echo "Still on the target, for DELETE was answered $answered: $1/$2" >&2
}}

clean_up() {{
  true
{clean_up}
}}
trap clean_up EXIT
{lines}

echo {verdict}
"""
INACTIVE = json.dumps({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False}}]})
DEACTIVATION = {
    Dialect.OIN: f"""status_of -X PATCH -d '{INACTIVE}' "$place\"""",
    Dialect.CUSTOM: """ask "$place" | sed 's/"active" *: *true/"active": false/' | status_of -X PUT -d @- "$place\"""",
}


def _shell(plot: Plot) -> str:
    removals = [
        f'  remove {path} "${{{variable[1:]}:-}}" {quoted(lookup)}'
        for variable, (path, lookup) in reversed([*plot.removed.items()])
    ]
    return SHELL.format(
        heading="\n".join(f"# {text}" for text in _heading(plot)),
        url=f"test $# -gt 0 || set -- {shlex.quote(plot.base_url)}"
        if plot.base_url
        else f': "${{1:?{GONE}}}"',
        credentials=quoted(": ".join(_credentials(plot))),
        deactivated=DEACTIVATION[Dialect(plot.dialect)],
        clean_up="\n".join(removals),
        verdict=shlex.quote(f"--- {_verdict(plot)}"),
        lines="\n".join(_shell_line(number, line) for number, line in enumerate(plot.lines, 1)),
    )


def _shell_line(number: int, line: Line) -> str:
    said = f"\necho {shlex.quote(f'--- {number}. {line.step}')}\n"
    command = curl(line.request, URL)
    if not line.learns:
        return f"{said}{command}\necho"
    answer = f'{line.learns[1:]}=$(printf %s "$answer" | id_of)'
    return f'{said}answer=$({command})\nprintf "%s\\n" "$answer"\n{answer}'


PYTHON = r'''"""{heading}"""

import os
import re
import sys
import time

import httpx

URL = sys.argv[1] if len(sys.argv) > 1 else {url}
RUN = f"{{int(time.time())}}{{os.getpid()}}"
KNOWN = {{"$SCIM_TESTS_TOKEN": os.environ["SCIM_TESTS_TOKEN"], {run!r}: RUN, {password!r}: f"Aa1{{RUN}}"}}
CREDENTIALS = {credentials!r}
# Each request: step, method, path, headers, body, and the variable its answer's id goes to.
REQUESTS = [
{requests}
]
MADE = {made!r}


def filled(text):
    known = {{f"${{name}}": value for name, value in os.environ.items() if name.startswith("SCIM_TESTS_HEADER_")}} | KNOWN
    return re.sub(r"\$SCIM_TESTS_(?:TOKEN|PASSWORD|RUN|ID_\d+|HEADER_[A-Z0-9_]+)", lambda name: known.get(name[0], name[0]), text)


def id_of(answer):
    try:
        shown = answer.json()
        identity = (shown["Resources"][0] if "Resources" in shown else shown)["id"]
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return str(identity) if isinstance(identity, str | int) else None


def remove(client, path, identity, lookup):
    name, value = CREDENTIALS
    headers = {{name: filled(value)}}
    listed = None
    if not identity or not client.get(f"{{URL}}{{path}}/{{identity}}", headers=headers).is_success:
        listed = id_of(client.get(URL + filled(lookup), headers=headers))
        identity = listed or identity
    if not identity:
        return None
    place = f"{{URL}}{{path}}/{{identity}}"
    shown = client.get(place, headers=headers)
    if RUN not in shown.text and 'Name"' in shown.text:
        return f"Not touched, for it shows somebody else: {{path}}/{{identity}}"
    gone = client.delete(place, headers=headers)
    if gone.is_success or (gone.status_code in (404, 410) and identity != listed):
        return None
    if path == "/Users" and {deactivated}:
        return f"Deactivated, for DELETE was answered {{gone.status_code}}: {{path}}/{{identity}}"
    return f"Still on the target, for DELETE was answered {{gone.status_code}}: {{path}}/{{identity}}"


def main():
    with httpx.Client(timeout=60) as client:
        client.headers.clear()  # nothing is sent but what stands here
        try:
            for step, method, path, headers, body, learns in REQUESTS:
                sent = {{name: filled(value) for name, value in headers}}
                answer = client.request(method, URL + filled(path), headers=sent, content=filled(body).encode())
                print(f"--- {{step}}: {{method}} {{filled(path)}}\n{{answer.status_code}} {{answer.reason_phrase}}\n{{answer.text}}")
                if learns and id_of(answer):
                    KNOWN[learns] = id_of(answer)
            print({verdict!r})
        finally:
            for variable, path, lookup in MADE:
                if said := remove(client, path, KNOWN.get(variable), lookup):
                    print(said, file=sys.stderr)


try:
    main()
except httpx.TransportError as error:
    sys.exit(f"{{URL}} gave no answer: {{error}}")
'''
DEACTIVATES = {
    Dialect.OIN: f"client.patch(place, headers=headers, json={json.loads(INACTIVE)!r}).is_success",
    Dialect.CUSTOM: 'client.put(place, headers=headers, json={**shown.json(), "active": False}).is_success',
}
NOT_OURS_TO_SEND = frozenset({"host", "content-length", "connection"})


def _python(plot: Plot) -> str:
    requests = []
    for line in plot.lines:
        sent = line.request
        headers = [pair for pair in sent.headers if pair[0].lower() not in NOT_OURS_TO_SEND]
        requests.append(f"    {(line.step, sent.method, sent.path, headers, sent.text, line.learns)!r},")
    return PYTHON.format(
        heading="\n".join(_heading(plot)).replace("\\", "\\\\").replace('"""', "'''"),
        url=repr(plot.base_url) if plot.base_url else f"sys.exit({GONE!r})",
        run=RUN,
        password=PASSWORD,
        credentials=_credentials(plot),
        deactivated=DEACTIVATES[Dialect(plot.dialect)],
        requests="\n".join(requests),
        verdict=f"--- {_verdict(plot)}",
        made=[(variable, *where) for variable, where in reversed([*plot.removed.items()])],
    )
