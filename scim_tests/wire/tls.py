"""How a target's certificate is verified, and which one is shown to it."""

import ssl
from collections.abc import Callable
from pathlib import Path

import httpx

from scim_tests.errors import UsageError


def context(ca_bundle: str | None, client_cert: str | None, *, insecure: bool) -> ssl.SSLContext:
    """TLS that trusts the usual authorities, and those in a PEM file too; `client_cert` is PEM with its key.

    UsageError `bad-tls` where a file cannot be read, or `insecure` goes with a bundle.
    """
    if insecure and ca_bundle:
        raise UsageError(
            "bad-tls", "--insecure and --ca-bundle contradict each other.", "Leave out --insecure."
        )
    made = httpx.create_ssl_context(verify=not insecure)
    if ca_bundle:
        _read(ca_bundle, lambda: made.load_verify_locations(ca_bundle))
    if client_cert:
        _read(client_cert, lambda: made.load_cert_chain(client_cert, password=_no_password))
    return made


def _read(path: str, load: Callable[[], None]) -> None:
    if not Path(path).is_file():
        raise UsageError("bad-tls", f"There is no file {path}.")
    try:
        load()
    except (ssl.SSLError, OSError):
        hint = "It has to be PEM text; a client certificate comes with its key, without a passphrase."
        raise UsageError("bad-tls", f"{path} is not what TLS can use.", hint) from None


def _no_password() -> str:
    """Nobody is asked for a passphrase in the middle of a run."""
    return ""
