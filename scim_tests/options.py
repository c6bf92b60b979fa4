"""The options of a run, said once for both doors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scim_tests.errors import UsageError

MINUTES, STEPS = 5.0, 40  # of an exploration, unless it is said otherwise


@dataclass(frozen=True)
class Option:
    """One option: `kind` is bool (a flag), int or str; `help` says what it does, and its default."""

    flag: str
    kind: type
    help: str
    metavar: str = ""
    several: bool = False  # may be given more than once
    short: str = ""

    @property
    def name(self) -> str:
        """As parsers call it: `target_url` for `--target-url`."""
        return self.flag.removeprefix("--").replace("-", "_")

    def is_path(self, value: Any) -> bool:
        """Whether this value of it leads to a file or a folder: a profile may be a name as well."""
        named = self.metavar == "NAME|FILE" and str(value).endswith(".toml")
        return named or self.metavar in {"FILE", "DIR"}


WORDS = "check ids, acts, severities, capabilities, requirements; * stands for anything, a comma separates"
SEVERITIES = ("stops-provisioning", "security", "wrong-data", "degraded", "cosmetic")  # worst first

RUN_OPTIONS = (
    Option("--reference", bool, "Play against the bundled reference server, started for the run."),
    Option("--fault", str, "Bend the bundled server by this fault; may be repeated.", "ID", several=True),
    Option("--target-url", str, "Play against the SCIM server at this base URL.", "URL"),
    Option("--profile", str, "A profile's name or a TOML file (default: okta).", "NAME|FILE"),
    Option("--report-dir", str, "Where the reports go (default: reports/<time>-…).", "DIR"),
    Option("--parallel", int, "How many acts, and requests, may be under way at once (default: 4).", "N"),
    Option(
        "--deadline",
        int,
        "Seconds after which the play is ended (default: 3600; of a load twice the time it should take, and some minutes).",
        "N",
    ),
    Option("--seed", int, "Makes the same people again (default: random, and printed).", "N"),
    Option("--strict", bool, "Advice, blocked checks and outdated entries of a baseline fail the run too."),
    Option(
        "--exitfirst",
        bool,
        "Stop at the first failure that fails the run; who was made is removed.",
        short="-x",
    ),
    Option("--only", str, f"Judge only what these words name: {WORDS}.", "WORD", several=True),
    Option(
        "--skip",
        str,
        "Do not judge what these words name; the same words as for --only.",
        "WORD",
        several=True,
    ),
    Option(
        "--fail-on", str, f"The least severe failure that fails the run: {', '.join(SEVERITIES)}.", "SEVERITY"
    ),
    Option(
        "--baseline",
        str,
        "Known failures with reason, owner and expiry (TOML); only others fail the run.",
        "FILE",
    ),
    Option("--max-new-users", int, "How many users are made at most (default: what the profile says).", "N"),
    Option(
        "--email-domain",
        str,
        "The domain of the users that are made (default: as the profile says, example.com).",
        "DOMAIN",
    ),
    Option(
        "--without",
        str,
        "Play as if this feature were not enabled under To App in Okta, such as push_groups; may be repeated.",
        "CAPABILITY",
        several=True,
    ),
    Option("--probe-unsupported", bool, "Also ask, harmlessly, for what the profile says the target lacks."),
    Option(
        "--write-every-attribute",
        bool,
        "Write whatever the target declares of users, although it is not on this machine (profile scim).",
    ),
    Option("--yes", bool, "Write to a target that is not on this machine without asking."),
    Option(
        "--people", str, "Okta's people, CSV or JSON, to match an import against (default: made up).", "FILE"
    ),
    Option("--keep-personal-data", bool, "Keep in the reports who people are whom the run did not create."),
    Option("--ca-bundle", str, "Trust the certificate authorities in this PEM file too.", "FILE"),
    Option("--client-cert", str, "Show the target this certificate (PEM, with its key).", "FILE"),
    Option("--insecure", bool, "Do not verify the target's certificate; every report says so."),
    Option("--token-file", str, "Read the token from this file.", "FILE"),
    Option(
        "--token-env",
        str,
        "Read the token from this environment variable (default: SCIM_TESTS_TOKEN).",
        "NAME",
    ),
    Option(
        "--auth",
        str,
        "How the token is sent: bearer, raw, basic (it is user:password), or a header's name (default: as the profile says).",
        "FORM",
    ),
    Option(
        "--token-url",
        str,
        "Get tokens here by OAuth 2.0 client credentials.",
        "URL",
    ),
    Option(
        "--client-id-env",
        str,
        "Read the client's id for it from this variable (default: SCIM_TESTS_CLIENT_ID).",
        "NAME",
    ),
    Option(
        "--client-secret-env",
        str,
        "Read the client's secret from this variable (default: SCIM_TESTS_CLIENT_SECRET).",
        "NAME",
    ),
    Option("--token-scope", str, "The scope to ask for there.", "SCOPE"),
    Option(
        "--header",
        str,
        "A further header; $SCIM_TESTS_HEADER_… in it is read from there, and kept secret.",
        "'NAME: VALUE'",
        several=True,
    ),
)
# No other variable is read, so that no file can have the secret of another program sent.
OURS = re.compile(r"SCIM_TESTS_[A-Z0-9_]+")
VARIABLES = ("token_env", "client_id_env", "client_secret_env")


def some(*flags: str) -> tuple[Option, ...]:
    """The options of a run that mean something to another command, too."""
    return tuple(option for option in RUN_OPTIONS if option.flag in flags)


ACCESS = (
    "--ca-bundle",
    "--client-cert",
    "--insecure",
    "--token-file",
    "--token-env",
    "--auth",
    "--token-url",
    "--client-id-env",
    "--client-secret-env",
    "--token-scope",
    "--header",
)  # how to reach a target
# What those are told that send to a target what is no play of ours.
GUARDED = (
    "--reference",
    "--fault",
    "--target-url",
    "--profile",
    "--report-dir",
    "--yes",
    "--keep-personal-data",
    *ACCESS,
)


@dataclass(frozen=True)
class App:
    """An app of this process: what is called, the path that SCIM has in it, and how it is called (asgi or wsgi).

    `raised` takes what it raises while it is played, by kind and place.
    """

    call: Any
    base_path: str
    interface: str
    raised: dict[str, BaseException] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class RunOptions:
    """What a door was told. `None` and False mean: not said. An app and a token are only ever given from Python."""

    reference: bool = False
    fault: tuple[str, ...] = ()
    target_url: str | None = None
    profile: str | None = None
    report_dir: str | None = None
    parallel: int | None = None
    deadline: int | None = None
    seed: int | None = None
    strict: bool = False
    exitfirst: bool = False
    max_new_users: int | None = None
    email_domain: str | None = None
    without: tuple[str, ...] = ()
    probe_unsupported: bool = False
    write_every_attribute: bool = False
    yes: bool = False
    people: str | None = None
    keep_personal_data: bool = False
    ca_bundle: str | None = None
    client_cert: str | None = None
    insecure: bool = False
    token_file: str | None = None
    token_env: str | None = None
    auth: str | None = None
    token_url: str | None = None
    client_id_env: str | None = None
    client_secret_env: str | None = None
    token_scope: str | None = None
    header: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    fail_on: str | None = None
    baseline: str | None = None
    app: App | None = None
    token: str = field(default="", repr=False)

    @classmethod
    def from_mapping(cls, said: dict[str, Any]) -> "RunOptions":
        """From whatever a door's parser gives; unknown keys are left out. UsageError for a number that is none."""
        several = {each.name: _words(said.get(each.name)) for each in RUN_OPTIONS if each.several}
        several["header"] = tuple(said.get("header") or ())  # whose values may hold commas
        told = cls(**{each.name: said[each.name] for each in RUN_OPTIONS if each.name in said} | several)
        if told.parallel is not None and told.parallel < 1:
            raise UsageError("bad-number", "--parallel has to be 1 or more.")
        if told.deadline is not None and told.deadline < 1:
            raise UsageError("bad-number", "--deadline has to be 1 or more.")
        if told.seed is not None and told.seed < 0:
            raise UsageError("bad-number", "--seed has to be 0 or more.")
        for name in VARIABLES:
            if (variable := getattr(told, name)) is not None and not OURS.fullmatch(variable):
                flag = f"--{name.replace('_', '-')}"  # what was said may be the secret itself
                message = f"{flag} has to name an environment variable that begins with SCIM_TESTS_."
                raise UsageError("bad-variable", message, "For example SCIM_TESTS_STAGING_TOKEN.")
        if told.token_env and told.token_file:
            raise UsageError(
                "two-tokens", "Both --token-env and --token-file were given.", "Name one of them."
            )
        if told.fail_on is not None and told.fail_on not in SEVERITIES:
            hint = f"There are, worst first: {', '.join(SEVERITIES)}."
            raise UsageError("bad-severity", f"--fail-on knows no severity {told.fail_on!r}.", hint)
        return told


def _words(said: Sequence[str] | None) -> tuple[str, ...]:
    """The words of an option that may be given several times, each time with several of them."""
    return tuple(word.strip() for each in said or () for word in each.split(",") if word.strip())
