"""Okta's official suites, run by us."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scim_tests.commands import say
from scim_tests.commands.run import run_options
from scim_tests.errors import ExitCode, UsageError
from scim_tests.options import GUARDED, RunOptions, some

if TYPE_CHECKING:
    from scim_tests.model.profile import Profile
    from scim_tests.model.record import Outcome, RunRecord
    from scim_tests.session.guarded import GuardedSession
    from scim_tests.session.target import Target
    from scim_tests.traffic.okta_suite import Row, Suite


@click.command("official")
@click.argument("file", metavar="FILE.json", type=click.Path(path_type=Path))
@click.option("--pause", type=click.FloatRange(0), default=0.0, show_default=True, help="Pauses last as long as the suite says, times this.")  # fmt: skip
@click.option("--variable", "given", metavar="NAME=VALUE", multiple=True, help="A variable the suite expects of its environment.")  # fmt: skip
@run_options(some(*GUARDED))
def command(file: Path, pause: float, given: tuple[str, ...], **said: Any) -> int:
    """Run one of Okta's official suites (the JSON exports it publishes) and print the table vendors send.

    What needs an Okta org is named as not run. Whom the suite creates is removed again. The answers
    are judged by our checks, too, and the report shows both.
    """
    options = RunOptions.from_mapping(said)
    from dataclasses import replace

    from scim_tests.session.finish import finish, still_there
    from scim_tests.session.report_folder import create_report_folder
    from scim_tests.session.run import profile_of, report_folder
    from scim_tests.session.target import target
    from scim_tests.traffic.okta_suite import read_suite, retold
    from scim_tests.traffic.okta_suite_table import suite_record, table

    suite = read_suite(file)
    profile = profile_of(options)
    values = dict(_pair(each) for each in given)
    rows: list[Row] = []
    with target(options, profile) as chosen:
        folder = create_report_folder(report_folder(options))
        done, known = _performed(suite, options, profile, chosen, folder, values, pause, rows)
    record = done.record(_judged(suite, rows, options, chosen))
    rows = retold(rows, known, done.kept, done.masked)
    numbers = {each.number: each.exchange for each in record.suites[0].rows}
    record = replace(record, suites=[suite_record(suite, rows, numbers)])
    record = finish(record, folder, further={"official.md": table(suite, rows, chosen.base_url)})
    say("\n".join(_console(rows)))
    say(f"\n{record.outcome.sentence}")
    for line in still_there(record):
        say(line, err=True)
    say(f"Table for Okta: {folder / 'official.md'}\nReport: {folder / 'report.html'}")
    return record.outcome.exit_code


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError("bad-variable", f"--variable {text} has no value.", "Write --variable NAME=VALUE.")
    return name, value


def _performed(  # noqa: PLR0913, PLR0917 -- what a suite is run with
    suite: "Suite",
    options: RunOptions,
    profile: "Profile",
    chosen: "Target",
    folder: Path,
    values: dict[str, str],
    pause: float,
    rows: "list[Row]",
) -> "tuple[GuardedSession, dict[str, str]]":
    """How it ended, and the variables with which the suite began."""
    from scim_tests.model.slots import TOKEN_SLOT
    from scim_tests.personas.okta.requests import credentials
    from scim_tests.session.guarded import guarded_session
    from scim_tests.session.run import run_name
    from scim_tests.traffic.okta_suite import play, variables

    run = run_name()
    begun = variables(run, credentials(profile.authorization[0], TOKEN_SLOT)[1], values)

    async def work(client: Any) -> None:
        if chosen.bundled:
            await _precondition(client, profile, run)
        begun.update(await _entitlements(client, profile, begun))
        await play(suite, client, dict(begun), pause, rows)

    return guarded_session(options, chosen, profile, folder, work), begun


async def _precondition(client: Any, profile: "Profile", run: str) -> None:
    """Okta's suite wants a server with at least one user (okta:SPEC); the bundled one begins empty."""
    from scim_tests.model.act import Scene
    from scim_tests.personas.okta.people import Casting, cast
    from scim_tests.personas.okta.push_user import push_user
    from scim_tests.personas.okta.requests import create

    person = cast(Casting(profile, run, 0))["plain"]
    await client.send(create(Scene(push_user, profile, person), "precondition", person), push_user.sends)


async def _entitlements(client: Any, profile: "Profile", known: dict[str, str]) -> dict[str, str]:
    """The endpoint of roles or entitlements, where the target has one and nobody named it (okta:ENT)."""
    from scim_tests.model.act import Scene
    from scim_tests.model.entitlement_type import entitlement_types
    from scim_tests.model.exchange import Exchange, NotObserved
    from scim_tests.personas.okta.discovery import discovery
    from scim_tests.personas.okta.requests import get_
    from scim_tests.traffic.okta_suite import ENDPOINT

    if ENDPOINT in known:
        return {}
    asked = get_(Scene(discovery, profile), "resource_types", "/ResourceTypes")
    heard = await client.send(asked, discovery.sends)
    try:
        offered = entitlement_types(Exchange("discovery.resource_types", "", heard))
    except NotObserved:
        return {}
    return {ENDPOINT: offered[0].endpoint} if offered else {}


def _judged(suite: "Suite", rows: "list[Row]", options: RunOptions, chosen: "Target") -> "RunRecord":
    """The suite's rows, and beside them what our checks say of the same conversation."""
    from dataclasses import replace

    from scim_tests.model.profile import DEFAULT_PROFILE
    from scim_tests.traffic.har_reader import Entry, Recording
    from scim_tests.traffic.judge import judged_with_numbers
    from scim_tests.traffic.okta_suite_table import suite_record

    sent = [row for row in rows if row.heard]
    entries = [
        Entry(row.heard, "test_credentials.no_token", "test_credentials")
        if row.other_token
        else Entry(row.heard)
        for row in sent
        if row.heard
    ]
    record, numbers = judged_with_numbers(
        Recording(chosen.base_url, entries), options.profile or DEFAULT_PROFILE
    )
    at = {row.number: number for row, number in zip(sent, numbers, strict=True)}
    return replace(record, suites=[suite_record(suite, rows, at)], outcome=_outcome(rows, record.outcome))


def _outcome(rows: "list[Row]", of_checks: "Outcome") -> "Outcome":
    """The worse of the suite's and our checks'. A failed optional test fails nothing: Okta lists the app without it."""
    from scim_tests.model.record import Outcome
    from scim_tests.traffic.okta_suite_table import summary

    sentence = f"Okta's suite: {summary(rows)} Our checks on the same answers: {of_checks.sentence}"
    if any(row.result == "failed" and not row.is_optional for row in rows):
        return Outcome(int(ExitCode.CONFORMANCE_FAILURES), "failed", sentence)
    if not any(row.result == "passed" for row in rows):
        return Outcome(int(ExitCode.NOTHING_JUDGED), "empty", f"Okta's suite: {summary(rows)}")
    return Outcome(of_checks.exit_code, of_checks.verdict, sentence)


def _console(rows: "list[Row]") -> list[str]:
    lines = []
    for row in rows:
        lines.append(f"{row.number:>3}  {row.result:<8}  {row.title}")
        wrong = [each for each in row.assertions if not each.good]
        lines += [f"               {each.text}: got {each.got}" for each in wrong]
        lines += [f"               {each}" for each in (row.why, *row.notes) if each]
    return lines
