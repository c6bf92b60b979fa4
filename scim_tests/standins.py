"""What stands for people's values wherever something is kept, and where a text names one of them."""

import re
from collections import defaultdict
from collections.abc import Iterator

SHORT = 3  # characters; a shorter value in a sentence may be any word, unless it is quoted
WORD = re.compile(r"\w+")


class Standins:
    """Stand-ins by the values they stand for, and those `behind` them.

    A value is known by its first word, so that a text costs what is in it and not how many are known.
    """

    def __init__(self, behind: "Standins | None" = None) -> None:
        self.behind = behind
        self.by_value: dict[str, str] = {}
        self.by_word: dict[str, dict[str, str]] = defaultdict(dict)  # and there by the folded value

    def __setitem__(self, value: str, standin: str) -> None:
        self.by_value[value] = standin
        folded = value.casefold()
        self.by_word[_first_word(folded)].setdefault(folded, standin)

    def __contains__(self, value: str) -> bool:
        """In whatever letter case."""
        folded = value.casefold()
        return any(folded in layer.by_word.get(_first_word(folded), ()) for layer in self._layers())

    def update(self, other: "Standins") -> None:
        """Learn the other's, without those behind it."""
        for value, standin in other.by_value.items():
            self[value] = standin

    def put_into(self, text: str) -> str:
        """The text with each value it names, in whatever letter case, replaced by its stand-in."""
        named = self._named_in(text.casefold())
        if not named:
            return text
        pattern = "|".join(
            rf'(?<="){re.escape(each)}(?=")' if len(each) < SHORT else re.escape(each)
            for each in sorted(named, key=len, reverse=True)
        )
        return re.sub(
            rf"(?<!\w)(?:{pattern})(?!\w)",
            lambda found: self._exactly(found[0]) or named.get(found[0].casefold(), found[0]),
            text,
            flags=re.IGNORECASE,
        )

    def _named_in(self, folded: str) -> dict[str, str]:
        words = {*WORD.findall(folded), ""}
        return {
            value: standin
            for layer in self._layers()
            for word in words & layer.by_word.keys()
            for value, standin in layer.by_word[word].items()
            if value in folded
        }

    def _exactly(self, value: str) -> str:
        return next((layer.by_value[value] for layer in self._layers() if value in layer.by_value), "")

    def _layers(self) -> Iterator["Standins"]:
        layer: Standins | None = self
        while layer is not None:
            yield layer
            layer = layer.behind


def _first_word(folded: str) -> str:
    found = WORD.search(folded)
    return found[0] if found else ""
