"""The server bent: one small class for each wrong behaviour that was reported of a real server.

A fault stands between the client and the honest server, which knows nothing of it: it may change what is
asked, what is answered, or ask something else altogether. Files are named after the acts that meet them.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from starlette.types import ASGIApp

from reference_server.faults.bending import Fault


def faults() -> Mapping[str, type[Fault]]:
    """Every fault there is, by id, in the order of files and lines."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {fault.id: fault for fault in sorted(Fault.every, key=lambda each: each.__module__)}


def shown_by_a_run() -> Mapping[str, type[Fault]]:
    """Those of them that show in a run; the others need a load."""
    return {each: fault for each, fault in faults().items() if not fault.only_under_load}


def bent(ids: Iterable[str]) -> Callable[[ASGIApp], ASGIApp]:
    """What puts these faults around a server. KeyError for an id that is none."""
    chosen = [faults()[each]() for each in ids]

    def around(app: ASGIApp) -> ASGIApp:
        for fault in chosen:
            app = fault.apply(app)
        return app

    return around
