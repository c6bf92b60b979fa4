"""What a suite of one's own says of its target becomes the options of a run, or a sentence that says what is wrong."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette

from scim_tests.errors import UsageError
from scim_tests.options import RunOptions
from scim_tests.session.own_suite import described, interface_of, run_options


async def coroutine(scope: Any, receive: Any, send: Any) -> None: ...


def returns_a_coroutine(scope: Any, receive: Any, send: Any) -> Any: ...


def wsgi(environ: Any, start_response: Any) -> Any: ...


def either(*arguments: Any) -> Any: ...


def neither(scope: Any) -> Any: ...


@pytest.mark.parametrize(
    ("app", "interface"),
    [
        (Starlette(), "asgi"), (FastAPI(), "asgi"), (ASGIHandler.__new__(ASGIHandler), "asgi"),
        (coroutine, "asgi"), (partial(coroutine), "asgi"), (returns_a_coroutine, "asgi"),
        (Flask("shop"), "wsgi"), (WSGIHandler.__new__(WSGIHandler), "wsgi"), (wsgi, "wsgi"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_an_interface_is_seen(app: Any, interface: str) -> None:
    """Apps of four frameworks and plain functions are told apart by how they are called."""
    assert interface_of(app) == interface


@pytest.mark.parametrize("app", [either, neither])
def test_an_interface_that_cannot_be_seen_is_asked_for(app: Any) -> None:
    """An app that takes any arguments, or none of the two kinds, has to be told apart by the user, who can."""
    with pytest.raises(
        UsageError, match=r"whether \w+ is an ASGI or a WSGI app\.\n  Say interface=\"asgi\" or"
    ):
        interface_of(app)
    assert interface_of(app, "wsgi") == "wsgi"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Neither an app nor a target_url is given."),
        ({"app": "shop.main:app"}, "An app is an object that a server calls, and a str is none."),
        ({"app": Starlette}, "An app is an object that a server calls, and Starlette is none."),
        ({"app": wsgi, "interface": "cgi"}, "There is no interface 'cgi'."),
        ({"app": wsgi, "base_path": "scim/v2"}, "base_path is a path, and 'scim/v2' is none."),
        ({"app": wsgi, "onyl": "push_user"}, "There is no option 'onyl'.\n  Did you mean only?"),
        ({"app": wsgi, "reference": True}, "There is no option 'reference'."),
        ({"app": wsgi, "parallel": 0}, "--parallel has to be 1 or more."),
        ({"target_url": "http://localhost", "base_path": "/v2"}, "base_path and interface are of an app, and none is given."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(said: dict[str, Any], told: str) -> None:
    """Each mistake is one sentence, and a misspelt option has the nearest one beside it."""
    with pytest.raises(UsageError) as refused:
        run_options(**said)
    assert told in str(refused.value)


def test_options_are_those_of_a_run() -> None:
    """A word may stand alone where several may stand, paths are taken, and the token is in no `repr`."""
    told = run_options(
        wsgi, base_path="/v2", token="tk-7hXq2mVb", only="push_user", report_dir=Path("out"), seed=0
    )
    assert told == RunOptions(
        only=("push_user",), report_dir="out", seed=0, app=told.app, token="tk-7hXq2mVb"
    )
    assert told.app
    assert (told.app.call, told.app.base_path, told.app.interface) == (wsgi, "/v2", "wsgi")
    assert "tk-7hXq2mVb" not in repr(told)


def test_the_command_line_wins_over_the_fixture() -> None:
    """What was said there takes the place of what the fixture says; all else stays."""
    target = {"app": wsgi, "token": "tk-7hXq2mVb", "profile": "scim", "seed": 1}
    told = described(target, RunOptions(profile="read-only", seed=0, skip=("push_group",)))
    assert (told.profile, told.seed, told.skip, told.token) == (
        "read-only",
        0,
        ("push_group",),
        "tk-7hXq2mVb",
    )


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (wsgi, "The fixture scim_target gave a function, and has to give a dictionary."),
        ({"app": wsgi, "only": "push_user"}, "describes a target, and 'only' chooses checks."),
    ],
)
def test_a_fixture_describes_a_target(target: Any, told: str) -> None:
    """It gives what `play` is given, and leaves to the command line which checks are judged."""
    with pytest.raises(UsageError) as refused:
        described(target, RunOptions())
    assert told in str(refused.value)


def test_no_plugin_gives_a_token_or_an_app() -> None:
    """An option of that name, which another plugin of pytest may have, is not read."""
    assert RunOptions.from_mapping({"app": "x", "token": "y"}) == RunOptions()
