"""Lies of a target that is asked for what the profile takes it not to have, and under which a role is mapped."""

from bending import status, user

from lies import Lie
from lies.words import refusal

CONVERSATION = "doubted"

LIES: dict[str, Lie] = {
    "probe_unsupported.refusal-is-a-scim-error": ("probe_unsupported.update", status(501)),
    "probe_unsupported.success-has-its-effect": ("probe_unsupported.after_deactivate", user(active=True)),
    "probe_unsupported.changes-nothing-else": ("probe_unsupported.after_password", user(emails=[])),
    "push_user.keeps-the-attributes-mapped-besides": ("push_user.read", user(roles=[{"value": "admin"}])),
}

ROWS: dict[str, Lie] = {
    "RFC7644-3.12-16": ("probe_unsupported.update", *refusal(400, "invalidValue")),
    "RFC7644-3.12-16 (a fault of its own)": ("probe_unsupported.update", *refusal(500)),
}
