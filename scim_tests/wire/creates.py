"""The creates of a run of which nothing certain is known: unanswered ones, and those that were refused."""

from scim_tests.wire.ledger_keys import name_key


class _Spellings(dict[str, list[str]]):
    """UserNames as they were spelt, by what they are compared by; what has none takes no room."""

    def add(self, user_name: str) -> None:
        self.setdefault(name_key(user_name), []).append(user_name)

    def of(self, key: str) -> list[str]:
        return self.get(key, [])

    def keep(self, key: str, spellings: list[str]) -> None:
        if spellings:
            self[key] = spellings
        else:
            self.pop(key, None)

    def settle_one(self, user_name: str) -> bool:
        """Whether there was a create to settle: the one that spelt the name so, else the oldest."""
        key = name_key(user_name)
        spellings = self.of(key)
        if spellings:
            spellings.pop(spellings.index(user_name) if user_name in spellings else 0)
            self.keep(key, spellings)
            return True
        return False


class Creates:
    """Creates by the userName they gave, each as it was spelt there, until something certain is known."""

    def __init__(self) -> None:
        self._open = _Spellings()  # left, and came to nothing certain
        self._refused = _Spellings()  # nobody should be there

    def left(self, user_name: str) -> None:
        """A create left, and nothing is known of it yet."""
        self._open.add(user_name)

    def refused(self, user_name: str) -> None:
        """A create was answered with an error that says nobody was made."""
        self._refused.add(user_name)

    def taken(self, user_name: str) -> None:
        """A create that was refused before was answered with an id."""
        if user_name in self._refused.of(name_key(user_name)):
            self._refused.settle_one(user_name)

    def absent(self, user_name: str) -> None:
        """A lookup of this userName, spelt so, found nobody."""
        key = name_key(user_name)
        for spellings in (self._open, self._refused):
            spellings.keep(key, [each for each in spellings.of(key) if each != user_name])

    def settle(self, user_name: str) -> bool:
        """Whether a create of that name was open, which it is no more."""
        return self._open.settle_one(user_name)

    def settle_any(self, user_name: str) -> bool:
        """The same of one that was open, else of one that was refused."""
        return self.settle(user_name) or self._refused.settle_one(user_name)

    def may_have_made(self, key: str) -> bool:
        """Whether a create of what is compared by `key` (`name_key`) may have made somebody."""
        return bool(self._open.of(key) or self._refused.of(key))

    def unacknowledged(self, key: str) -> list[str]:
        """How those that are open spelt the name, each once."""
        return list(dict.fromkeys(self._open.of(key)))

    def only_refused(self, key: str) -> list[str]:
        """How those spelt it that were refused, each once; without what is open, too."""
        return [spelt for spelt in dict.fromkeys(self._refused.of(key)) if spelt not in self._open.of(key)]
