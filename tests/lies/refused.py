"""Lies of a target that is asked for what the profile takes it not to have."""

from lies import Lie
from lies.words import refusal

CONVERSATION = "doubted"

ROWS: dict[str, Lie] = {
    "RFC7644-3.12-16": ("probe_unsupported.update", *refusal(400, "invalidValue")),
    "RFC7644-3.12-16 (a fault of its own)": ("probe_unsupported.update", *refusal(500)),
}
