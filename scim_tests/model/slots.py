"""Where a secret goes in what is sent: a slot, which only code of ours can have written.

A slot is a placeholder with a mark behind it that lives as long as the process and never leaves it. The
wire fills slots and nothing else: a target that shows `$SCIM_TESTS_TOKEN` as a nickname is sent these very
letters back, and so is a suite or a recording that holds them.
"""

import secrets
from typing import TypeVar

from scim_tests.model.exchange import PASSWORD, REFUSED_TOKEN, TOKEN

HIDDEN = "$HIDDEN"  # what stands for a secret that is neither the token nor a user's password
MARK = f"#{secrets.token_hex(16)}"

Text = TypeVar("Text", str, bytes)


def slot(placeholder: str) -> str:
    """Where that placeholder's secret goes: the placeholder with the process's mark behind it."""
    return placeholder + MARK


TOKEN_SLOT = slot(TOKEN)
PASSWORD_SLOT = slot(PASSWORD)
# The token with small letters and capitals exchanged, which is another one.
IN_OTHER_LETTERS = slot(REFUSED_TOKEN)


def as_kept(text: Text) -> Text:
    """A text as it may be kept and shown: with placeholders where it has slots."""
    return text.replace(MARK, "") if isinstance(text, str) else text.replace(MARK.encode(), b"")
