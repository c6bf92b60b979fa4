"""What an app in this process raised, told by kind and place alone: a message may quote anybody."""

import logging
import sysconfig
import traceback
from pathlib import Path

OF_LIBRARIES = (
    "site-packages",
    "dist-packages",
    sysconfig.get_path("stdlib"),
    str(Path(__file__).parents[1]),
)


class Raised(logging.Handler):
    """Keeps one exception of each kind and place, in `found`; also those that frameworks catch and log as errors."""

    def __init__(self, found: dict[str, BaseException]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def note(self, error: BaseException) -> None:
        """Keep it, unless one like it is kept."""
        self._found.setdefault(told(error), error)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception that a log record tells of, if any."""
        if record.exc_info and record.exc_info[1]:
            self.note(record.exc_info[1])


def told(error: BaseException) -> str:
    """`sqlite3.OperationalError in store.py, line 41`: the innermost line that is in no library."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [each for each in places if not any(part in each[0] for part in OF_LIBRARIES)]
    for file, line in reversed(own or places):
        return f"{name} in {Path(file).name}, line {line}"
    return name
