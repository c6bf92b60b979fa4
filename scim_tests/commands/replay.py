"""Recorded traffic, sent again."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scim_tests.commands import say
from scim_tests.commands.run import run_options
from scim_tests.options import GUARDED, RunOptions, some

if TYPE_CHECKING:
    from scim_tests.model.record import RunRecord
    from scim_tests.session.guarded import GuardedSession
    from scim_tests.traffic.replay import ReplayedExchange


@click.command("replay")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@run_options(some(*GUARDED, "--strict"))
def command(file: Path, **said: Any) -> int:
    """Send recorded requests (of any file that `judge` reads) again and show, exchange by exchange, which answers differ, and which checks changed.

    People and groups get new names; only what the replay creates is ever written to, and it is
    removed in the end.
    """
    options = RunOptions.from_mapping(said)
    from scim_tests.model.slots import TOKEN_SLOT
    from scim_tests.personas.okta.requests import credentials
    from scim_tests.session.finish import finish, still_there
    from scim_tests.session.guarded import guarded_session
    from scim_tests.session.report_folder import create_report_folder
    from scim_tests.session.run import profile_of, report_folder, run_name
    from scim_tests.session.target import target
    from scim_tests.traffic.judge import judged, recording_in
    from scim_tests.traffic.replay import again_as_recorded, mapping, replay

    recording = recording_in(file)
    before = judged(recording, options.profile, strict=options.strict)
    profile = profile_of(options)
    known = mapping(recording, run_name())
    key = credentials(profile.authorization[0], TOKEN_SLOT)
    sent: list[ReplayedExchange] = []
    with target(options, profile) as chosen:
        folder = create_report_folder(report_folder(options))
        done = guarded_session(
            options, chosen, profile, folder, lambda client: replay(recording, client, key, known, sent)
        )
    for each in recording.entries:
        done.kept(each.heard)  # who is in it is nobody of ours, under whatever name it was sent again
    answers = again_as_recorded(recording, sent, chosen.base_url)
    after = done.record(judged(answers, options.profile or before.profile.name, strict=options.strict))
    after = finish(after, folder)
    say("\n".join([*_exchanges(sent, done), "", *_checks(before, after), *still_there(after)]))
    say(f"{after.outcome.sentence}\nReport: {folder / 'report.html'}")
    return after.outcome.exit_code


def _exchanges(sent: "list[ReplayedExchange]", done: "GuardedSession") -> list[str]:
    lines = []
    for number, each in enumerate(sent, 1):
        asked = done.kept(each.entry.heard).request
        verdict = "not sent" if each.why else "differs" if each.differences else "same"
        lines.append(f"{number:>4}  {verdict:<8}  {asked.method} {asked.path}")
        said = [each.why] if each.why else each.differences
        lines += [f"                {done.masked(line)}" for line in said]
    return lines


def _checks(before: "RunRecord", after: "RunRecord") -> list[str]:
    was = {check.id: check.verdict for check in before.checks}
    changed = [check for check in after.checks if was.get(check.id, "not asked") != check.verdict]
    lines = [f"{check.id}: {was.get(check.id, 'not asked')} → {check.verdict}" for check in changed]
    return lines or ["No check changed."]
