"""What Okta shows somebody, a check, an act, or a requirement of the RFCs, in words."""

import re
import sys
from typing import TYPE_CHECKING

import click

from scim_tests.commands import say
from scim_tests.errors import SHOW_CHECKS, ExitCode, NotKnownError, UsageError, did_you_mean

if TYPE_CHECKING:
    from scim_tests.knowledge.recognition import Recognised
    from scim_tests.knowledge.requirements import Requirement
    from scim_tests.knowledge.system_log import Event
    from scim_tests.model.act import Act
    from scim_tests.model.check import Check

CHECK_ID = re.compile(r"[a-z_]+\.[a-z0-9-]+")
SCENE = re.compile(r"([a-z_]+)(?::([\w-]+))?")
STATUS = re.compile(r"[45]\d\d")
REQUIREMENT = re.compile(r"(RFC\d{4}|INTEROP|IPSIE)-\S*", re.IGNORECASE)


@click.command("explain")
@click.argument("words", metavar="TEXT|CHECK-ID|ACT|REQUIREMENT|-", nargs=-1, required=True)
def command(words: tuple[str, ...]) -> int:
    """Say what on the wire is behind what Okta shows, what a check demands, or who judges an act or a requirement.

    TEXT is an error message, the text of a task, a type of event, a status or a code such as E0000049; - reads one,
    or an export of the System Log (JSON, a line each or CSV), from standard input. What is not known ends with 7.
    ACT is one of `scim-tests list acts`, or a scene of it. REQUIREMENT is a statement of an RFC, such as RFC7644-3.3-04. Nothing is sent anywhere.
    """
    text = " ".join(words)
    if text == "-":
        text = sys.stdin.read()
    if CHECK_ID.fullmatch(text.strip()):
        say(explanation(_check(text.strip())))
    elif REQUIREMENT.fullmatch(text.strip()):
        say(_demand(_requirement(text.strip().upper())))
    elif act := _act(text.strip()):
        say(_of_an_act(act, text.strip()))
    elif STATUS.fullmatch(text.strip()):
        say(_told(f"HTTP {text.strip()}"))
    else:
        say(_told(text))
    return ExitCode.ALL_GOOD


def _check(check_id: str) -> "Check":
    from scim_tests.checks import whole_catalogue

    known = {check.id: check for check in whole_catalogue()}
    if check_id not in known:
        hint = did_you_mean(check_id, known, SHOW_CHECKS)
        raise UsageError("unknown-check", f"There is no check {check_id!r}.", hint)
    return known[check_id]


def _act(name: str) -> "Act | None":
    """The act of that name, or of a scene that is called so."""
    from scim_tests.personas.play import EVERY_ACT

    named = SCENE.fullmatch(name)
    return next((each for each in EVERY_ACT if named and each.name == named[1]), None)


def _of_an_act(act: "Act", name: str) -> str:
    """An act in words: what it sends, and who judges it."""
    from scim_tests.checks import whole_catalogue

    own = [each.id for each in whole_catalogue() if _plays(act, each)]
    rules = "the rules for every answer, every_*"
    lines = [
        name,
        _line("", act.title),
        "",
        _line("is", f"{'an act' if name == act.name else f'a scene of the act {act.name}'}; `scim-tests list acts` shows them all"),
        _line("sends", ", ".join(sorted(act.sends))),
        _line("judged by", f"{', '.join(own)}, and {rules}" if own else rules),
    ]  # fmt: skip
    return "\n".join(lines)


def _requirement(row: str) -> "Requirement":
    from scim_tests.knowledge.requirements import requirements

    known = requirements()
    if row not in known:
        hint = did_you_mean(row, known, "docs/coverage.md has them all.")
        raise UsageError("unknown-requirement", f"There is no requirement {row!r}.", hint)
    return known[row]


def _demand(row: "Requirement") -> str:
    """A requirement in words: what it says, how it shows, and who judges it, or why nobody does."""
    from scim_tests.knowledge.requirements import judging, not_judged
    from scim_tests.session.run import catalogue

    source = row.source
    checks = judging(row, catalogue())
    lines = [
        row.id,
        _line("", row.statement),
        "",
        _line("stands in", f"{source.source} {source.url}".rstrip()),
        _line("level", f"{row.level}; binds {'servers' if row.is_of_servers else 'clients alone'}"),
        _line("shows in" if row.is_seen_from_outside else "not seen", row.how),
    ]
    if not checks:
        why = not_judged().get(row.id, "It does not bind a server, or no answer shows it.")
        return "\n".join([*lines, _line("not judged", why)])
    for number, each in enumerate(checks):
        lines.append(_line("" if number else "judged by", f"{each.id}: {each.title}."))
    if row.is_optional:
        lines.append(_line("", "It is allowed: no answer can break it."))
    elif row.binds:
        lines.append(_line("", "Seen to fail on a lie against it."))
    return "\n".join([*lines, *_players(checks)])


def _players(checks: "list[Check]") -> "list[str]":
    """Which acts ask for what the checks judge, and under which profiles."""
    from scim_tests import profiles
    from scim_tests.personas.play import ACTS

    acts = [act for act in ACTS if any(_plays(act, each) for each in checks)]
    told = [act.name for act in acts]
    if any(each.is_a_rule for each in checks):
        told.append("every act whose answers show it")
    playing = [] if acts else ["all that have such an act"]
    for name in profiles.names():
        usual, doubting = (profiles.load(name).with_overrides(probes=each) for each in (False, True))
        plays = [any(not act.why_not(each) for act in acts) for each in (usual, doubting)]
        if any(plays):
            playing.append(name if plays[0] else f"{name} with --probe-unsupported")
    return [_line("asked by", ", ".join(told)), _line("profiles", ", ".join(playing))]


def _plays(act: "Act", check: "Check") -> bool:
    """Whether steps of that act alone are judged by the check."""
    return any(each.partition(".")[0] == act.name for each in check.on)


def _told(text: str) -> str:
    from scim_tests.knowledge.recognition import of_event, recognised
    from scim_tests.knowledge.system_log import export, is_empty
    from scim_tests.report.record_index import many

    if not text.strip():
        raise UsageError("nothing-to-explain", "There is no text to explain.", "Paste what Okta shows.")
    if is_empty(text):
        hint = "Choose a longer time in the System Log, or another filter, and export again."
        raise UsageError("nothing-to-explain", "This export holds no events.", hint)
    log = export(text)
    if log is None:
        found = recognised(text)
        if found is None:
            raise _not_known(text)
        return "\n".join(_causes(found))
    if not log.events:
        return f"{many(log.went_well, 'event')}, and none tells of a failure."
    grouped: dict[object, list[tuple[Event, list[Recognised]]]] = {}
    for event in log.events:
        about = of_event(event.type, event.text)
        grouped.setdefault((event.type, *map(_alike, about)), []).append((event, about))
    told = [_group(each) for each in grouped.values() if each[0][1]]
    strange = [event for each in grouped.values() for event, about in each if not about]
    if not told:
        raise _not_known(f"{strange[0].type} {strange[0].text}")
    others = f"Beside these {len(strange)} of other types, which are not known to be about provisioning."
    return "\n\n".join([*told, *([others] if strange else [])])


def _alike(found: "Recognised") -> tuple[str, tuple[str, ...]]:
    """By what two failures are told as one: who was meant does not count."""
    return found.message.key, tuple(each.why for each in found.causes)


def _group(alike: "list[tuple[Event, list[Recognised]]]") -> str:
    """The events that say the same, told once."""
    event, about = alike[0]
    often = f" ({len(alike)} times)" if len(alike) > 1 else ""
    said = f"{event.type}{often}: {' '.join(event.text.split())}".removesuffix(": ")
    head = [] if [each.message.text for each in about] == [said] else [said, ""]
    return "\n".join(head) + "\n" * bool(head) + "\n\n".join("\n".join(_causes(each)) for each in about)


def _not_known(text: str) -> NotKnownError:
    from scim_tests.knowledge.recognition import cut_off, nearest

    said = " ".join(text.split())
    if ends := cut_off(text):
        hint = f"Paste all of it. Messages that begin so go on with: {'; '.join(ends)}"
        return NotKnownError("cut-off", f"This text ends before it says what failed: {said[:200]}", hint)
    hint = f"The nearest message that is known, and may be quite another: {nearest(text).text}"
    if not re.search(r"[^\W\d_]", said):
        hint = "There is no word in it: paste the whole message of which it is a part."
    return NotKnownError("not-known", f"This text is not known: {said[:200]}", hint)


def _causes(found: "Recognised") -> list[str]:
    from scim_tests.knowledge.recognition import checks_of
    from scim_tests.session.run import catalogue

    known = {check.id: check for check in catalogue()}
    message = found.message
    lines = [message.text, _line("known", f"{message.known} ({', '.join(message.sources)})")]
    facts = message.facts
    lines += [_line(about, facts[about].text) for about in ("when", "task", "retry", "do") if about in facts]
    lines += ["", "Likely causes on the wire, in order:"]
    if found.because:
        lines.append(_line("first by", found.because))
    for number, cause in enumerate(found.causes, 1):
        lines.append(_line(f"{number}.", cause.why))
        lines += [line for key in cause.sources for line in _source(key)]
        for check in (known[each] for each in cause.checks):
            lines += [_line("", f"{check.id}: {check.title}."), _line("", f"fix: {check.fix}")]
            lines.append(_line("", f"demanded by {', '.join(check.references)}"))
    checks = list(checks_of(found.causes))
    if checks:
        command = f"SCIM_TESTS_TOKEN=… scim-tests run --target-url URL --only {','.join(checks)}"
        lines += ["", "To tell them apart:", f"  {command}"]
    return lines


def explanation(check: "Check") -> str:
    """A check in words, at most 100 columns wide."""
    from scim_tests.knowledge.reference import references

    consequence = check.consequence
    lines = [
        check.id,
        _line("", check.title),
        "",
        _line("judged on", ", ".join(check.on)),
        _line("strength", f"{check.strength}; {check.severity}; demanded by {check.demanded_by}"),
        _line("then", f"{consequence.text} ({consequence.known})"),
    ]
    if consequence.admin_sees:
        lines.append(_line("admin sees", consequence.admin_sees))
    lines.append(_line("fix", check.fix))
    for reference in (references()[each] for each in check.references):
        text = f"{reference.id} ({reference.source}): {reference.statement} {reference.url}"
        lines.append(_line("reference", text.rstrip()))
    return "\n".join(lines)


def _source(key: str) -> list[str]:
    """What a key of `sources.toml` stands for, and its address in one piece."""
    from scim_tests.knowledge.reference import OKTA, references

    source = references()[OKTA + key]
    address = [f"{'':14}{source.url}"] if source.url else []
    return [_line("", f"known from {key}: {source.statement}"), *address]


def _line(label: str, text: str) -> str:
    import textwrap

    return textwrap.fill(
        text, 100, initial_indent=f"  {label:<12}", subsequent_indent=" " * 14,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
