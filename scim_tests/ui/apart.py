"""A report as a page of its own, where it can do nothing: its folder may be anybody's, and so may its script.

It has an origin that nothing else has, loads and sends nothing, and its address, which it can read, holds no token of
ours: that opens this one report and the files beside it.
"""

import hmac
import secrets
from pathlib import Path
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from scim_tests.errors import ScimTestsError
from scim_tests.session.report_folder import PAGE, SCRIPTS
from scim_tests.session.runs import run_in
from scim_tests.ui.files import IN_SCRIPT, content_of, files_of

POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
OF_TEXT = "sandbox; default-src 'none'; frame-ancestors 'self'"


class Apart:
    """The reports of a folder, each under an address that is told to nobody else."""

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self._key = secrets.token_bytes(32)

    def place(self, run: str) -> str:
        """The path of that run's report."""
        return f"/{self._word(run)}/{quote(run)}/{PAGE}"

    def opens(self, path: str) -> bool:
        """Whether that is the path of such a report, or of a file beside it."""
        word, run, file = _parts(path)
        return bool(file) and hmac.compare_digest(word.encode(), self._word(run).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may come in: with the report, or with another file as text."""
        _, run, file = _parts(scope["path"])
        try:
            answer = self._answer(run, file)
        except ScimTestsError as error:
            answer = PlainTextResponse(error.message, 404)
        await answer(scope, receive, send)

    def _answer(self, run: str, file: str) -> Response:
        if file == f"{SCRIPTS}/":
            scripts = (
                each.name for each in files_of(run_in(self.reports, run).folder) if each.use == IN_SCRIPT
            )
            return PlainTextResponse("\n".join(scripts), headers={"content-security-policy": OF_TEXT})
        data = content_of(self.reports, run, file)
        kind, policy = ("text/html", POLICY) if file == PAGE else ("text/plain", OF_TEXT)
        return Response(data, media_type=kind, headers={"content-security-policy": policy})

    def _word(self, run: str) -> str:
        return hmac.digest(self._key, run.encode(errors="surrogatepass"), "sha256").hex()


def _parts(path: str) -> tuple[str, str, str]:
    word, _, rest = path.removeprefix("/").partition("/")
    run, _, file = rest.partition("/")
    return word, run, file
