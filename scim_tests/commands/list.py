"""What there is: checks, acts, profiles, faults."""

from typing import Any

import click

from scim_tests.errors import ExitCode, UsageError


@click.command("list")
@click.argument("what", type=click.Choice(["checks", "acts", "profiles", "faults"]))
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(what: str, name: str | None, as_json: bool) -> int:  # noqa: FBT001 -- a flag of the command line
    """List the checks, the acts, the profiles or the faults of the bundled server.

    With the NAME of a profile, print its TOML: the beginning of one of your own.
    """
    if name:
        click.echo(_profile_text(what, name), nl=False)
        return ExitCode.ALL_GOOD
    rows = {"checks": _checks, "acts": _acts, "profiles": _profiles, "faults": _faults}[what]()
    if as_json:
        import json

        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            click.echo(f"{row['name']:<{width}}  {row['title']}")
        click.echo(f"\n{len(rows)} {what}")
    return ExitCode.ALL_GOOD


def _profile_text(what: str, name: str) -> str:
    from scim_tests import profiles

    if what != "profiles":
        hint = f"`scim-tests explain {name}` tells what there is to know of a check."
        raise UsageError("not-a-profile", "Only a profile is printed by its name.", hint)
    return profiles.text(name)


def _checks() -> list[dict[str, Any]]:
    from scim_tests.checks import whole_catalogue
    from scim_tests.session.run import group_of

    return [
        {
            "name": check.id,
            "title": check.title,
            "story": group_of(check),
            "on": list(check.on),
            "strength": check.strength,
            "severity": check.severity,
            "demanded_by": check.demanded_by,
            "references": list(check.references),
        }
        for check in whole_catalogue()
    ]


def _acts() -> list[dict[str, Any]]:
    from scim_tests.personas.play import ACTS

    return [
        {
            "name": act.name,
            "title": act.title,
            "story": act.group,
            "capability": act.capability,
            "writes": act.writes,
        }
        for act in ACTS
    ]


def _profiles() -> list[dict[str, Any]]:
    from scim_tests import profiles

    loaded = [profiles.load(name) for name in profiles.names()]
    return [
        {
            "name": profile.name,
            "title": profile.title,
            "dialect": profile.dialect,
            "capabilities": sorted(profile.capabilities),
            "clean_up": profile.clean_up,
        }
        for profile in loaded
    ]


def _faults() -> list[dict[str, Any]]:
    from reference_server.faults import faults

    return [
        {"name": fault.id, "title": fault.says(), "severity": fault.severity, "source": fault.source}
        for fault in faults().values()
    ]
