"""The parts of a message that a recording may lack."""

from enum import StrEnum


class Part(StrEnum):
    """What of a message a recording may not hold."""

    HEADERS = "headers"
    BODY = "body"
