"""A reproduction as a shell script: its curl lines on top, and below them what proves, cleans up and compares."""

import json
import shlex
from collections.abc import Iterable

from scim_tests.model.profile import Dialect
from scim_tests.report.reproduction.embedding import embedded
from scim_tests.report.reproduction.question import question
from scim_tests.report.reproduction.reproduction import Line, Made, Reproduction
from scim_tests.report.reproduction.scripted import answers, likeness, places, reader, verdicts
from scim_tests.report.reproduction.scripted.answers import LEAVING, PATCH_OFF
from scim_tests.wire.curl import Call, command, quoted
from scim_tests.wire.parts import Text, Variable

URL = Variable("SCIM_TESTS_URL")

SHELL = r"""#!/bin/sh
{heading}
set +e -u
BASE_URL={base_url}

steps() {{
{steps}
}}

# Whom the steps made, the latest first: its id, where it lives, what finds it by name, whether it was made, and removed.
clean_up() {{
{clean_up}
}}

# Headers and bodies are no arguments of the program itself: those can be read by everybody on the machine.
curl() {{
  headers= body= left=$#
  while test "$left" -gt 0; do
    case "$1" in
      -H) headers="${{headers:+$headers
}}$2" ;;
      --data-raw) body="@$KEPT/sent"; printf %s "$2" >"$KEPT/sent" ;;
      --data-binary) body="@$KEPT/sent"; cat >"$KEPT/sent" ;;
      *) set -- "$@" "$1"; shift; left=$((left - 1)); continue ;;
    esac
    shift 2; left=$((left - 2))
  done
  command curl -q --max-time 60 -H @- ${{body:+--data-binary "$body"}} "$@" 2>"$KEPT/trouble" <<HEADERS
$headers
HEADERS
}}
read_json() {{ python3 -I -S "$KEPT/read.py" "$@"; }}
ask() {{
  rm -f "$KEPT/own.failed"
  curl -sS -i{credentials} -H 'Accept: application/scim+json' "$@" >"$KEPT/own" || :>"$KEPT/own.failed"
}}

say() {{ read_json say "$@"; }}
stop() {{
  SAID=$(read_json gone "$KEPT")
  test -z "$SAID" || {{ CODE=0; exit; }}
  SAID="Not asked: $1"; exit 2
}}

# Shows how a step was answered, after curl ended with $2; 5, 6 and 7 are no connection, 35 and 60 no TLS.
heard() {{
  case "$2" in
    0) ;;
    5|6|7) stop "$SCIM_TESTS_URL gave no answer: $(cat "$KEPT/trouble")." ;;
    35|60) stop "$SCIM_TESTS_URL gave no answer: there is no TLS with it, and curl ends with $2." ;;
    *) :>"$KEPT/$1.failed" ;;
  esac
  read_json show "$KEPT/$1" || stop "the answer to step $1 could not be read."
}}

need() {{
  test -n "$1" && return
  why=$(read_json refused "$KEPT")
  stop "${{why:-step $2 needs what no answer told in a form that can be sent.}}"
}}

look() {{ ask "$SCIM_TESTS_URL$1"; }}

# Nothing is written to, and nobody is put into a group, but who shows the name of this script when read by id.
prove() {{
  need "$2" "$3"
  look "$1/$2"
  accept "$1" "$2" "$3" own
}}
accept() {{
  read_json ours "$KEPT/$4" "$1" "$2" ||
    stop "an id in step $3 does not show whom this script made (it got $(read_json status "$KEPT/$4")), so nothing was written."
  PROVEN="$PROVEN $1/$2 "
}}

# Whether the answer to look shows whom this script made: by name, or without any since a step took it away.
ours() {{
  case "$PROVEN" in *" $1/$2 "*) proven=proven ;; *) proven= ;; esac
  read_json ours "$KEPT/own" "$1" "$2" $proven
}}

answered() {{ ask "$@"; read_json status "$KEPT/own"; }}

# Removes whom a read by id has shown: $1 where they live, $2 their id, $3 what finds them.
remove() {{
  place="$1/$2" GONE="$GONE $1/$2 "
  {off}
  status=$(answered -X DELETE "$SCIM_TESTS_URL$place")
  case "$status" in 2??) echo "$1 $2 $status $3" >>"$KEPT/removed"; return ;; esac
  if test "$1" = /Users; then
    case "$(answered -X {method} -H 'Content-Type: application/scim+json' --data-raw "$off" "$SCIM_TESTS_URL$place")" in
      2??) say "Deactivated, for DELETE was answered $status: $3" >&2; return ;;
    esac
  fi
  say "Still on the target, for DELETE was answered $status: $3" >&2
}}

# Removes whom a step made: $1 where it lives, $2 its id, $3 what finds it, $4 the step, $5 whether a step removed it.
forget() {{
  test -f "$KEPT/$4" || return 0
  case "$GONE" in *" $1/$2 "*) return 0 ;; esac
  said=""
  if test -n "$2"; then
    look "$1/$2"
    if ours "$1" "$2"; then remove "$1" "$2" "$3"; return; fi
    case "$(read_json status "$KEPT/own")" in
      2??) said="Not touched, for it does not show whom this script made: $3" ;;
    esac
  fi
  look "$3"
  for other in $(read_json found "$KEPT/own"); do
    case "$GONE" in *" $1/$other "*) continue ;; esac
    look "$1/$other"
    if ours "$1" "$other"; then remove "$1" "$other" "$3"; return; fi
  done
  case "$(read_json status "$KEPT/$4")$5" in
    2??) say "${{said:-Perhaps still on the target, for it is not found by its id or name: $3}}" >&2 ;;
    *) test -z "$said" || say "$said" >&2 ;;
  esac
}}

# Looks for whom it removed: some targets only deactivate whom they are told to delete, or take their time.
look_again() {{
  test ! -f "$KEPT/removed" || while read -r kind id status whom; do
    look "$kind/$id"
    ! ours "$kind" "$id" ||
      say "Still on the target, where it can be read although DELETE was answered $status: $whom. Remove it there, if it stays." >&2
  done <"$KEPT/removed"
}}

finish() {{
  trap - EXIT
  clean_up
  look_again
  say "$SAID"
  rm -rf "$KEPT"
  exit "$CODE"
}}

refuse() {{ echo "Not asked: $1."; exit 2; }}

SCIM_TESTS_URL="${{1:-$BASE_URL}}" SCIM_TESTS_URL="${{SCIM_TESTS_URL%/}}"
test -n "$SCIM_TESTS_URL" || refuse "Name a base URL. The server of the run is gone, and scim-tests serve starts another"
{needed}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || refuse "python3 is needed, 3.8 or later"
SCIM_TESTS_RUN="$(date +%s)$$"
SCIM_TESTS_PASSWORD="Aa1$SCIM_TESTS_RUN"
{variables}
export SCIM_TESTS_URL SCIM_TESTS_RUN SCIM_TESTS_PASSWORD {names}
SAID="Not asked: it was stopped." CODE=2 GONE= PROVEN=
KEPT=$(mktemp -d) || refuse "there is no place for the answers"
cat >"$KEPT/question.json" <<'QUESTION'
{question}
QUESTION
cat >"$KEPT/read.py" <<'PYTHON'
{program}
PYTHON
trap finish EXIT
trap 'exit 2' HUP INT TERM
steps
verdict=$(read_json verdict "$KEPT")
code=$?
test -n "$verdict" || stop "the answers could not be read."
SAID=$verdict
case "$code" in 0|1) CODE=$code ;; esac
exit
"""


def shell_script(
    reproduction: Reproduction, heading: Iterable[str], credentials: list[tuple[str, Text]]
) -> str:
    """The whole script, for a POSIX shell with curl and Python; `heading` and `credentials` as in `python_script`."""
    program = embedded(answers, likeness, places, verdicts, reader)
    used = sorted(
        {
            part.name
            for line in reproduction.lines
            for _, value in line.call.headers
            for part in value
            if isinstance(part, Variable)
        }
        - {line.tag.name for line in reproduction.lines if line.tag}
        | {part.name for _, value in credentials for part in value if isinstance(part, Variable)}
    )
    patches = Dialect(reproduction.dialect) is Dialect.OIN
    ids = [each.variable.name for each in reproduction.made]
    learnt = [*ids, *(line.tag.name for line in reproduction.lines if line.tag)]
    return SHELL.format(
        heading="\n".join(f"# {text}" for text in heading),
        base_url=shlex.quote(reproduction.base_url),
        steps="\n\n".join(_step(number, line) for number, line in enumerate(reproduction.lines, 1)),
        clean_up="\n".join(map(_forget, reversed(reproduction.made))) or "  :",
        credentials="".join(f" -H {quoted((f'{name}: ', *value))}" for name, value in credentials),
        off=f"off={shlex.quote(PATCH_OFF)}" if patches else 'off=$(read_json inactive "$KEPT/own")',
        method="PATCH" if patches else "PUT",
        needed="\n".join(
            [
                *(f'test -n "${{{name}:-}}" || refuse "{name} is not set"' for name in used),
                *(
                    [f'test "${{SCIM_TESTS_LEAVE_USERS:-}}" = yes || refuse {shlex.quote(LEAVING)}']
                    if reproduction.leaves_users
                    else []
                ),
            ]
        ),
        variables=" ".join(f"{name}=" for name in learnt),
        names=" ".join(ids),
        question=json.dumps({**question(reproduction), "paths": _paths(reproduction)}),
        program="\n\n\n".join([*program, "sys.exit(main(*sys.argv[1:]))"]),
    )


def _step(number: int, line: Line) -> str:
    """Its line of curl, and around it what has to be so before, and what is kept of the answer."""
    call = line.call
    path = [part for part in call.url if isinstance(part, Variable) and part.name.startswith("SCIM_TESTS_ID")]
    proven = [(kind, each) for kind, each in line.proven]
    headers = [part for _, value in call.headers for part in value]
    needed = dict.fromkeys(
        part
        for part in (*path, *call.body, *headers)
        if isinstance(part, Variable) and part.name.startswith(("SCIM_TESTS_ID", "SCIM_TESTS_VERSION"))
    )
    said = [
        f"# {number}. {line.exchange.step}",
        f"echo {shlex.quote(f'--- {number}. {line.exchange.step}')}",
        *(f"prove {kind} {quoted((each,))} {number}" for kind, each in proven),
        *(f"need {quoted((each,))} {number}" for each in needed if each not in [one for _, one in proven]),
        f'{command(Call(call.method, (URL, *call.url), call.headers, call.body))} >"$KEPT/{number}"',
        f"heard {number} $?",
        *(f"accept {kind} {quoted((each,))} {number} {number}" for kind, each in line.shown),
        *([f'{line.tag.name}=$(read_json tag "$KEPT/{number}")'] if line.tag else []),
        *([f'{line.learns.name}=$(cat "$KEPT/{number}.id")'] if line.learns else []),
    ]
    return "\n".join(f"  {each}" for each in said[1:])


def _forget(made: Made) -> str:
    removed = "removed" if made.is_removed else "''"
    return f"  forget {made.kind} {quoted((made.variable,))} {quoted(made.lookup)} {made.number} {removed}"


def _paths(reproduction: Reproduction) -> dict[int, list[tuple[str, str]]]:
    """The paths that were asked, each in its words and variables."""
    return {
        number: [
            ("variable", part.name) if isinstance(part, Variable) else ("word", part)
            for part in line.call.url
        ]
        for number, line in enumerate(reproduction.lines, 1)
    }
