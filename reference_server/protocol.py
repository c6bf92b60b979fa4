"""HTTP as uvicorn and h11 speak it, with SCIM errors for its breaches and an end to waiting (RFC 9112)."""

import asyncio
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from reference_server.documents import text
from reference_server.errors import ScimError
from reference_server.messages import SCIM_JSON
from reference_server.paragraphs import Paragraph
from reference_server.settings import Limits

READ_SIZE = 16 * 1024  # bytes


def protocol(limits: Limits) -> type[H11Protocol]:
    """The protocol of one connection, within these limits, as uvicorn takes it."""
    return type("Protocol", (_Protocol,), {"limits": limits})


class _Connection(h11.Connection):
    """HTTP that sends the head of an answer together with its body: every packet costs more than what is in it."""

    _head = b""

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]
        data = super().send(event)
        if isinstance(event, h11.Response):
            self._head = data or b""
            return b""
        head, self._head = self._head, b""
        return head + data if head and data is not None else data


class _Protocol(H11Protocol):
    """HTTP whose breaches are answered as SCIM errors too, and whose requests have to be there in time."""

    limits: Limits
    _awaited: Any = None  # which part of which request
    _timer: asyncio.TimerHandle | None = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(ScimError(400, msg, Paragraph.HTTP))

    def _refuse(self, error: ScimError) -> None:
        body, reason = text(error.body()), HTTPStatus(error.status).phrase
        head = f"HTTP/1.1 {error.status} {reason}\r\nContent-Type: {SCIM_JSON}\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # What is read at once is worked through at once, which for a body in very many pieces takes long.
        transport.max_size = READ_SIZE  # type: ignore[attr-defined]
        self.conn = _Connection(h11.SERVER, self.limits.max_head_size)
        self._await()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_for(None, 0)
        super().connection_lost(exc)

    def _await(self) -> None:
        """Give the part that the client is sending its time, from when it could begin."""
        if self.conn.their_state is h11.IDLE:
            self._wait_for((self.cycle, "head"), self.limits.head_timeout)
        elif self.conn.their_state is h11.SEND_BODY:
            self._wait_for((self.cycle, "body"), self.limits.body_timeout)
        else:
            self._wait_for(None, 0)

    def _wait_for(self, awaited: Any, seconds: float) -> None:
        if awaited != self._awaited:
            if self._timer:
                self._timer.cancel()
            self._awaited, self._timer = awaited, None
            if awaited:
                self._timer = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        """408 to who has begun to ask and was not answered yet (RFC 9110 section 15.5.9); the others are left."""
        in_body = self.conn.their_state is h11.SEND_BODY
        if self.cycle.response_started if in_body else not self.conn.trailing_data[0]:
            self.transport.close()
        else:
            self._refuse(ScimError(408, "the request was not there in time", Paragraph.REQUEST_TIMEOUT))
