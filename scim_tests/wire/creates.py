"""The creates of a run of which nothing certain is known: unanswered ones, and those that were refused."""

from collections import defaultdict

from scim_tests.wire.ledger_keys import name_key

Spellings = defaultdict[str, list[str]]  # of userNames, by what they are compared by


class Creates:
    """Creates by the userName they gave, each as it was spelt there, until something certain is known."""

    def __init__(self) -> None:
        self._open: Spellings = defaultdict(list)  # left, and came to nothing certain
        self._refused: Spellings = defaultdict(list)  # nobody should be there

    def left(self, user_name: str) -> None:
        """A create left, and nothing is known of it yet."""
        self._open[name_key(user_name)].append(user_name)

    def refused(self, user_name: str) -> None:
        """A create was answered with an error that says nobody was made."""
        self._refused[name_key(user_name)].append(user_name)

    def taken(self, user_name: str) -> None:
        """A create that was refused before was answered with an id."""
        refused = self._refused[name_key(user_name)]
        if user_name in refused:
            refused.remove(user_name)

    def absent(self, user_name: str) -> None:
        """A lookup of this userName, spelt so, found nobody."""
        key = name_key(user_name)
        for spellings in (self._open, self._refused):
            spellings[key] = [each for each in spellings[key] if each != user_name]

    def settle(self, user_name: str) -> bool:
        """Whether a create of that name was open, which it is no more."""
        return _settle_one(self._open[name_key(user_name)], user_name)

    def settle_any(self, user_name: str) -> bool:
        """The same of one that was open, else of one that was refused."""
        return self.settle(user_name) or _settle_one(self._refused[name_key(user_name)], user_name)

    def may_have_made(self, key: str) -> bool:
        """Whether a create of what is compared by `key` (`name_key`) may have made somebody."""
        return bool(self._open[key] or self._refused[key])

    def unacknowledged(self, key: str) -> list[str]:
        """How those that are open spelt the name, each once."""
        return list(dict.fromkeys(self._open[key]))

    def only_refused(self, key: str) -> list[str]:
        """How those spelt it that were refused, each once; without what is open, too."""
        return [spelt for spelt in dict.fromkeys(self._refused[key]) if spelt not in self._open[key]]


def _settle_one(spellings: list[str], user_name: str) -> bool:
    """Whether there was a create to settle: the one that spelt the name so, else the oldest."""
    if spellings:
        spellings.pop(spellings.index(user_name) if user_name in spellings else 0)
        return True
    return False
