"""What both middlewares are: an app, with a sender beside it."""

import os
from typing import Generic, TypeVar

from scim_tests.recorder.sender import BACKUP_COUNT, MAX_BYTES, Sender

App = TypeVar("App")


class Recorder(Generic[App]):
    """The app, with every SCIM request and its answer in the file. Put it around everything else, so that it sees what clients see.

    `base_path` (`/scim/v2`) says where SCIM is, if other paths of the app look like it. A file of `max_bytes` is put away
    as `<path>.1`, and so on up to `backup_count`.
    """

    def __init__(  # noqa: PLR0913 -- each an option
        self,
        app: App,
        path: str | os.PathLike[str],
        *,
        base_path: str = "",
        max_bytes: int = MAX_BYTES,
        backup_count: int = BACKUP_COUNT,
        keep_personal_data: bool = False,
    ) -> None:
        self.app = app
        self._sender = Sender(path, base_path, max_bytes, backup_count, keep_personal_data=keep_personal_data)

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was answered is in the file, at most so many seconds; whether it is."""
        return self._sender.flush(timeout)

    def close(self, timeout: float = 5.0) -> None:
        """The same, and let go of the file, as happens by itself when the app ends. The next request begins anew."""
        self._sender.close(timeout)
