"""Ids that tell a name: hidden wherever they stand, while an id that a target made up stays.

Without it nobody could see who is who.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from scim_tests.model.scim import Json, strings
from scim_tests.record.masking.ours import Ours
from scim_tests.record.masking.strangers import Strangers
from scim_tests.record.masking.telling import Tells
from scim_tests.record.masking.words import words_of

LETTERS = re.compile(r"[^\W\d_]{4}")  # of a name, by which an id is known to be made of it


class Ids:
    """Those that are names or addresses, with their stand-ins."""

    def __init__(self, ours: Ours, strangers: Strangers) -> None:
        self._ours = ours
        self._strangers = strangers
        self._hidden: dict[str, str] = {}

    def masked(self, id_: str, *, ours: bool = False, names: Iterable[str] = (), said: Json = ()) -> str:
        """The id, or what stands for it: of one that is an address, a telephone number, a name, or made of one.

        One without a digit is no number that a target gave. `said` is all that is said of whom it is the id of.
        """
        if id_ not in self._hidden and self._tells(id_, names, said, ours=ours):
            hidden = self._strangers.hide(id_, Tells.NAME)
            if hidden == id_:
                return id_
            self._hidden[id_] = hidden
        return self.known(id_)

    def known(self, id_: str) -> str:
        """The id, or what stands for it by now; nothing is learnt of it."""
        return self._hidden.get(id_, id_)

    def located(self, url: str) -> str:
        """A URL, or any text, with the ids in it that are hidden by now replaced."""
        parts = (self._hidden.get(unquote(part), part) for part in url.split("/"))
        return self._strangers.text("/".join(parts) if self._hidden else url)

    def _tells(self, id_: str, names: Iterable[str], said: Json, *, ours: bool) -> bool:
        if "@" in id_ or self._strangers.addresses(id_) != id_:
            return True
        if not (ours or any(map(str.isdigit, id_)) or self._strangers.is_common(id_)):
            return True
        known = {each for name in names for each in (name.casefold(), name.casefold().partition("@")[0])}
        return id_.casefold() in known or self._is_made_of(id_, said)

    def _is_made_of(self, id_: str, said: Json) -> bool:
        if not LETTERS.search(id_):
            return False
        folded = "".join(words_of(id_))
        words = {word for text in strings(said) for word in words_of(text) if LETTERS.match(word)}
        return any(
            word in folded
            and word.isalpha()
            and not self._strangers.is_common(word)
            and not self._ours.wrote(word)
            for word in words
        )
