"""The bundled reference server by itself, with everything that can be chosen about it."""

import shlex
from collections.abc import Mapping
from dataclasses import astuple, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reference_server.settings import Reading
from scim_tests.commands import say_who_reaches
from scim_tests.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from reference_server.settings import Login, Settings, Token
    from scim_tests.model.profile import Profile

CREDENTIALS = """\b
A --credentials FILE is TOML; each entry opens one tenant, and a tenant sees nothing of another:
  [[token]]                     [[login]]
  value = "s3cret"              user_name = "okta"
  tenant = "acme"               password = "s3cret"
  user_name = "ada@acme.test"   tenant = "acme"
tenant may be left out, and so may a token's user_name, which is the user that /Me stands for.
"""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _tell_limits(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's form
    """Each limit with its value, what it limits, and the answer beyond it; then nothing is served."""
    from reference_server.settings import LIMITS, Limits

    if asked:
        for name, (what, answer) in LIMITS.items():
            click.echo(f"{name:23}{getattr(Limits(), name):>10,}  {what}; beyond: {answer}")
        context.exit()


@click.command("serve", epilog=CREDENTIALS)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8484,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option("--base-path", default="/scim/v2", show_default=True, help="What comes before /Users.")
@click.option(
    "--public-url",
    metavar="URL",
    help="What every URL in an answer starts with, base path included (default: the address served).",
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="The bearer token to demand (default: from SCIM_TESTS_TOKEN, else a random one, printed).",
)
@click.option("--credentials", type=FILE, help="Several tokens, tenants and Basic logins; see below.")
@click.option(
    "--like",
    metavar="PROFILE",
    help="Have only what this profile has, and take the token as it sends it, to practise: the name of one or a TOML file.",
)
@click.option(
    "--raw-header", is_flag=True, help="Also take a token that stands in its header without Bearer."
)
@click.option("--closed-discovery", is_flag=True, help="Demand credentials for the discovery endpoints too.")
@click.option(
    "--interop",
    is_flag=True,
    help="Keep the SCIM 2.0 Interoperability Profile draft, without leniency for Okta and Entra.",
)
@click.option(
    "--reading",
    type=click.Choice([reading.value for reading in Reading]),
    multiple=True,
    help="Read the RFCs as a peer does that you have to match; may be repeated. patch-204: a PATCH is answered "
    "without the resource. members-unchecked: a group may have members that do not exist. remove-no-target: "
    "removing what a filter does not find is noTarget.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Answer 429 beyond so many requests a second of one tenant.",
)
@click.option("--schema-file", type=FILE, help="Further schemas and resource types, as JSON.")
@click.option(
    "--database", metavar="FILE", help="Keep the users in this SQLite file (default: a temporary one)."
)
@click.option(
    "--seed-users",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="First add so many made-up users, to the first tenant.",
)
@click.option(
    "--limits",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_limits,
    help="Print how much one request may ask for, and serve nothing.",
)
@click.option("--log", is_flag=True, help="Print a line for each request, without its secrets.")
@click.option("--fault", metavar="ID", multiple=True, help="Bend the server by this fault; may be repeated.")
def command(host: str, port: int, seed_users: int, **said: Any) -> int:
    """Serve the bundled reference server until Ctrl-C."""
    import sqlite3

    from reference_server.running import serve as serve_forever
    from scim_tests import profiles
    from scim_tests.session.target import bent

    like = profiles.load(said["like"]) if said["like"] else None
    settings, shown = _settings(like, said)
    around = bent(said["fault"])
    log = partial(click.echo, err=True) if said["log"] else None

    def announce(base_url: str) -> None:
        click.echo(f"Serving SCIM 2.0 at {base_url}")
        click.echo(shown)
        if like:
            click.echo(_likeness(like, said["like"], base_url))
        say_who_reaches(host)
        click.echo("Ctrl-C ends it.")

    if seed_users:
        click.echo(f"Making {seed_users:,} users first.", err=True)
    try:
        serve_forever(settings, host, port, announce, seed_users=seed_users, around=around, log=log)
    except sqlite3.Error as error:
        raise UsageError("no-database", f"The database {said['database']} cannot be used: {error}.") from None
    except OSError as error:
        raise UsageError("cannot-listen", f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError("bad-schemas", f"{error}.", "docs/reference-server.md shows such a file.") from None
    return ExitCode.ALL_GOOD


def _settings(like: "Profile | None", said: Mapping[str, Any]) -> tuple["Settings", str]:
    """What was chosen, and what to say of the credentials."""
    from reference_server.settings import RAW, Settings
    from scim_tests.session import practice

    likeness = practice.settings(like) if like else Settings()
    tokens, logins, shown = _credentials(said["token_file"], said["credentials"], like)
    settings = replace(
        likeness,
        tokens=tokens,
        logins=logins,
        token_forms=(*likeness.token_forms, *([RAW] if said["raw_header"] else [])),
        base_path=said["base_path"],
        database=Path(said["database"]) if said["database"] else None,
        public_url=_public_url(said["public_url"]),
        open_discovery=not said["closed_discovery"],
        interop=said["interop"],
        readings=frozenset(map(Reading, said["reading"])),
        rate_limit=said["rate_limit"],
        schema_file=said["schema_file"] or likeness.schema_file,
    )
    return settings, shown


def _credentials(
    token_file: str | None, credentials: Path | None, like: "Profile | None"
) -> tuple[tuple["Token", ...], tuple["Login", ...], str]:
    """The tokens and logins to demand, and what to say of them; a secret is never taken from an argument."""
    import os
    import secrets

    from reference_server.settings import Token
    from scim_tests.model.profile import BASIC
    from scim_tests.session.access import TOKEN_VARIABLE, find_token

    if credentials:
        if token_file:
            raise UsageError(
                "two-tokens", "Both --token-file and --credentials were given.", "Name one of them."
            )
        tokens, logins = _read(credentials)
        return tokens, logins, f"Credentials: {len(tokens) + len(logins)}, from {credentials}"
    given = bool(token_file or os.environ.get(TOKEN_VARIABLE))
    token = find_token(token_file) if given else secrets.token_urlsafe(24)
    if like and BASIC in like.authorization:
        return _name_and_password(token if given else f"okta:{token}", given=given)
    return (Token(token),), (), _shown(token, given=given)


def _name_and_password(token: str, *, given: bool) -> tuple[tuple["Token", ...], tuple["Login", ...], str]:
    """What opens the door where a profile sends `user:password` by HTTP Basic (RFC 7617 section 2)."""
    from reference_server.settings import Login

    user_name, colon, password = token.partition(":")
    if not colon:
        raise UsageError("bad-credentials", "The token is no user:password, which this profile sends.")
    return (), (Login(user_name, password),), _shown(token, given=given)


def _shown(token: str, *, given: bool) -> str:
    """A token of our own with the line that hands it to the terminal that plays."""
    from scim_tests.session.access import TOKEN_VARIABLE

    if given:
        return "Token: as given"
    return f"Token: {token}\nFor the terminal that plays: export {TOKEN_VARIABLE}={shlex.quote(token)}"


def _likeness(profile: "Profile", like: str, base_url: str) -> str:
    """What such a server has, what it lacks and why, and how to play against it."""
    lines = [f"Like {profile.name}: {profile.title}", f"Token forms: {', '.join(profile.authorization)}"]
    lines += [
        f"  not {each}: {profile.reasons.get(each, 'the profile does not have it')}"
        for each in profile.lacking
    ]
    asks = bool(profile.guide and any(case.limit for case in profile.guide.cases))
    probes = " --probe-unsupported" if asks else ""
    play = f"scim-tests run --target-url {base_url} --profile {shlex.quote(like)}{probes}"
    return "\n".join((*lines, f"Play against it: {play}"))


def _read(path: Path) -> tuple[tuple["Token", ...], tuple["Login", ...]]:
    """The tokens and logins of a credentials file; what is wrong with it is told without its secrets."""
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageError(
            "bad-credentials", f"The credentials file {path} is not TOML that can be read."
        ) from None
    try:
        return _entries(document)
    except (TypeError, AttributeError):
        hint = "It takes [[token]] entries with a value and [[login]] entries with user_name and password; see --help."
        raise UsageError(
            "bad-credentials", f"The credentials file {path} does not say whom to let in.", hint
        ) from None


def _entries(document: dict[str, Any]) -> tuple[tuple["Token", ...], tuple["Login", ...]]:
    """The entries of a credentials file; TypeError where one is not as it must be, or none is there."""
    from reference_server.settings import Login, Token

    tokens = tuple(Token(**entry) for entry in document.pop("token", ()))
    logins = tuple(Login(**entry) for entry in document.pop("login", ()))
    entries: tuple[Token | Login, ...] = (*tokens, *logins)
    texts = [text for entry in entries for text in astuple(entry) if text is not None]
    opened = [token.value for token in tokens] + [(login.user_name, login.password) for login in logins]
    if document or not opened or len(set(opened)) < len(opened):
        raise TypeError
    if not all(isinstance(text, str) and text for text in texts):
        raise TypeError
    return tokens, logins


def _public_url(url: str | None) -> str | None:
    if url is not None and not url.startswith(("http://", "https://")):
        raise UsageError(
            "bad-url", f"--public-url {url} is not a URL.", "It starts with http:// or https://."
        )
    return url
