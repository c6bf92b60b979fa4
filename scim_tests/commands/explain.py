"""What Okta shows somebody, a check, or a requirement of the RFCs, in words."""

import re
import sys
from typing import TYPE_CHECKING

import click

from scim_tests.commands import say
from scim_tests.errors import SHOW_CHECKS, ExitCode, UsageError, did_you_mean

if TYPE_CHECKING:
    from scim_tests.knowledge.messages import Message
    from scim_tests.knowledge.requirements import Requirement
    from scim_tests.model.act import Act
    from scim_tests.model.check import Check

CHECK_ID = re.compile(r"[a-z_]+\.[a-z0-9-]+")
REQUIREMENT = re.compile(r"(RFC\d{4}|INTEROP|IPSIE)-\S*", re.IGNORECASE)


@click.command("explain")
@click.argument("words", metavar="TEXT|CHECK-ID|REQUIREMENT|-", nargs=-1, required=True)
def command(words: tuple[str, ...]) -> int:
    """Say what on the wire is behind what Okta shows, what a check demands, or who judges a requirement.

    TEXT is an error message or the text of a task; - reads a message, or an export of the System Log
    (JSON or CSV), from standard input. REQUIREMENT is a statement of an RFC, such as RFC7644-3.3-04.
    Nothing is sent anywhere.
    """
    text = " ".join(words)
    if text == "-":
        text = sys.stdin.read()
    if CHECK_ID.fullmatch(text.strip()):
        say(explanation(_check(text.strip())))
    elif REQUIREMENT.fullmatch(text.strip()):
        say(_demand(_requirement(text.strip().upper())))
    else:
        say(_told(text))
    return ExitCode.ALL_GOOD


def _check(check_id: str) -> "Check":
    from scim_tests.session.run import catalogue

    known = {check.id: check for check in catalogue()}
    if check_id not in known:
        hint = did_you_mean(check_id, known, SHOW_CHECKS)
        raise UsageError("unknown-check", f"There is no check {check_id!r}.", hint)
    return known[check_id]


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
        plays = [
            any(not each.why_not(act.name, act.capability, writes=act.writes) for act in acts)
            for each in (usual, doubting)
        ]
        if any(plays):
            playing.append(name if plays[0] else f"{name} with --probe-unsupported")
    return [_line("asked by", ", ".join(told)), _line("profiles", ", ".join(playing))]


def _plays(act: "Act", check: "Check") -> bool:
    """Whether steps of that act alone are judged by the check."""
    return any(each.partition(".")[0] == act.name for each in check.on)


def _told(text: str) -> str:
    from scim_tests.knowledge import messages

    if not text.strip():
        raise UsageError("nothing-to-explain", "There is no text to explain.", "Paste what Okta shows.")
    events = messages.events(text)
    if events:
        about = [(f"{each.type}: {each.text}".rstrip(": "), messages.of_event(each)) for each in events]
    else:
        about = [(text, messages.known_as(text))]
    return "\n\n".join(_answer(said, found) for said, found in about)


def _answer(said: str, found: "list[Message]") -> str:
    from scim_tests.knowledge import messages

    if found:
        return "\n".join([*(line for each in found[:1] for line in _causes(each)), *_more(found)])
    near = messages.nearest(said)
    lines = [f"This text is not known: {' '.join(said.split())[:200]}", "", "The nearest that are:"]
    lines += [f"  {each.text}" for each in near]
    return "\n".join([*lines, "", f"Of these, `{near[0].text}` would mean:", "", *_causes(near[0])])


def _more(found: "list[Message]") -> list[str]:
    """The same words may stand for more than one thing."""
    others = [each for each in found[1:] if each.causes != found[0].causes]
    return [line for each in others for line in ("", *_causes(each))]


def _causes(message: "Message") -> list[str]:
    from scim_tests.knowledge import messages
    from scim_tests.session.run import catalogue

    known = {check.id: check for check in catalogue()}
    lines = [message.text, _line("known", f"{message.known} ({', '.join(message.sources)})")]
    facts = message.facts
    lines += [_line(about, facts[about].text) for about in ("when", "task", "retry", "do") if about in facts]
    lines += ["", "Likely causes on the wire, in order:"]
    for number, cause in enumerate(message.causes, 1):
        lines.append(_line(f"{number}.", cause.why))
        lines += [line for key in cause.sources for line in _source(key)]
        for check in (known[each] for each in cause.checks):
            lines += [_line("", f"{check.id}: {check.title}."), _line("", f"fix: {check.fix}")]
            lines.append(_line("", f"demanded by {', '.join(check.references)}"))
    checks = list(messages.checks_of([message]))
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
    return [_line("", f"known from {key}: {source.statement}"), f"{'':14}{source.url}".rstrip()]


def _line(label: str, text: str) -> str:
    import textwrap

    return textwrap.fill(
        text, 100, initial_indent=f"  {label:<12}", subsequent_indent=" " * 14,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
