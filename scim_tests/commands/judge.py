"""Recorded traffic, judged without a target."""

from pathlib import Path

import click

from scim_tests.commands import say


@click.command("judge")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--profile", metavar="NAME|FILE", help="A profile's name or a TOML file (default: by dialect).")
@click.option(
    "--report-dir", metavar="DIR", help="Where the reports go (default: reports/<time>-<file's name>)."
)
@click.option(
    "--keep-personal-data", is_flag=True, help="Keep what the reports would mask of people; they then say so."
)
@click.option("--strict", is_flag=True, help="Advice and blocked checks fail, too.")
def command(
    file: Path,
    profile: str | None,
    report_dir: str | None,
    *,
    keep_personal_data: bool,
    strict: bool,
) -> int:
    """Judge recorded traffic: a HAR of any tool, Postman, `curl -v`, mitmproxy, ngrok, JSON lines of a middleware.

    Okta's steps are recognised from the requests. What the recording lacks (credentials, bodies, headers) is said
    first and judged neither way. Credentials, cookies and passwords are taken out before anything is kept, and
    people get stand-ins.
    """
    from scim_tests.session.finish import conclude
    from scim_tests.traffic.judge import judge_file, told

    record, folder = judge_file(
        file, profile, report_dir, strict=strict, keep_personal_data=keep_personal_data
    )
    say(told(record))
    return conclude(record, folder)
