"""A run that a test suite of one's own asks for, against an app object or a URL: from what it says to the options of a run."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scim_tests.engine.listener import Silence
from scim_tests.errors import UsageError, did_you_mean
from scim_tests.options import RUN_OPTIONS, App, RunOptions
from scim_tests.session.run import perform
from scim_tests.wire.in_process import ASGI, WSGI

__all__ = ["Signals", "described", "perform", "run_options"]

ON_THE_COMMAND_LINE_ALONE = {"reference", "fault"}
OPTIONS = {each.name: each for each in RUN_OPTIONS if each.name not in ON_THE_COMMAND_LINE_ALONE}


class Signals(Silence):
    """Shows nothing, and counts how often Ctrl-C was heard: a suite ends then, too."""

    times = 0

    def interrupted(self, times: int) -> None:
        """Hear it."""
        self.times = times


def described(target: Any, on_the_command_line: RunOptions) -> RunOptions:
    """The options of a run against what the fixture `scim_target` gave; the command line's win.

    UsageError where it gave something else than what `play` is given, or chooses checks, which the command line does.
    """
    if not isinstance(target, Mapping):
        message = f"The fixture scim_target gave a {type(target).__name__}, and has to give a dictionary."
        raise UsageError(
            "no-target", message, 'For example {"app": app, "base_path": "/scim/v2", "token": "…"}.'
        )
    if chosen := {"only", "skip"} & set(target):
        message = f"The fixture scim_target describes a target, and {chosen.pop()!r} chooses checks."
        raise UsageError("unknown-option", message, "Give it on the command line, or choose with -k.")
    nothing = vars(RunOptions())
    said = {name: value for name, value in vars(on_the_command_line).items() if value != nothing[name]}
    return replace(run_options(**target), **said)


def run_options(
    app: Any = None, *, base_path: str = "", token: str = "", interface: str = "", **said: Any
) -> RunOptions:
    """The options of a run against an app of this process, or against a `target_url`; `said` are those of `scim-tests run`.

    UsageError for an option that there is not, for no target or two, and for an app that cannot be called.
    """
    for name in said:
        if name not in OPTIONS:
            raise UsageError("unknown-option", f"There is no option {name!r}.", did_you_mean(name, OPTIONS))
    options = RunOptions.from_mapping({name: _as_said(name, value) for name, value in said.items()})
    if app is None and not options.target_url:
        hint = 'For example app=app, base_path="/scim/v2", token="…".'
        raise UsageError("no-target", "Neither an app nor a target_url is given.", hint)
    if app is None:
        if base_path or interface:
            raise UsageError(
                "no-target",
                "base_path and interface are of an app, and none is given.",
                "A target_url has its path in it.",
            )
        return replace(options, token=token)
    if base_path and not base_path.startswith("/"):
        raise UsageError(
            "bad-url", f"base_path is a path, and {base_path!r} is none.", "For example /scim/v2."
        )
    return replace(options, token=token, app=App(app, base_path, interface_of(app, interface)))


def _as_said(name: str, value: Any) -> Any:
    """As a command line would say it: paths are text, and one word of several may stand alone."""
    option = OPTIONS[name]
    if option.several:
        return [value] if isinstance(value, str) else list(value)
    return str(value) if option.kind is str and value is not None else value


def interface_of(app: Any, said: str = "") -> str:
    """`asgi` or `wsgi`, as it was said, or by how the app is called.

    An ASGI app is a coroutine function, or takes three arguments (scope, receive, send); a WSGI app takes
    two (environ, start_response). UsageError where that cannot be seen.
    """
    if said in {ASGI, WSGI}:
        return said
    if said:
        raise UsageError("bad-app", f"There is no interface {said!r}.", "There are asgi and wsgi.")
    if not callable(app) or inspect.isclass(app):
        kind = app.__name__ if inspect.isclass(app) else f"a {type(app).__name__}"
        raise UsageError("bad-app", f"An app is an object that a server calls, and {kind} is none.",
                         "Give the app itself, for example `from shop.main import app`.")  # fmt: skip
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(app.__call__):
        return ASGI
    found = [name for name, count in ((ASGI, 3), (WSGI, 2)) if _takes(app, count)]
    if len(found) != 1:
        name = getattr(app, "__name__", type(app).__name__)
        message = f"It cannot be seen whether {name} is an ASGI or a WSGI app."
        raise UsageError("bad-app", message, 'Say interface="asgi" or interface="wsgi".')
    return found[0]


def _takes(app: Any, count: int) -> bool:
    try:
        inspect.signature(app).bind(*range(count))
    except (TypeError, ValueError):  # ValueError: it has no signature, as what is compiled
        return False
    return True
