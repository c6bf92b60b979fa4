"""What stands for people's values wherever something is kept.

A stand-in depends on the value and on a key, which lives as long as the run unless it is given: equal values
get equal stand-ins, values that differ in letter case get stand-ins that do, and nobody without the key can
guess back. So what is masked can still be judged.
"""

import hmac
import re
import secrets
from decimal import Decimal
from unicodedata import normalize

LETTERS = str.maketrans("0123456789", "ghijklmnop")  # of a hexadecimal digest, so that each has a letter case
MASKED, AT_MASKED, URL_MASKED = "masked-", "@masked.invalid", "https://masked.invalid/"
LENGTH = 20  # letters, so many that no two spellings share their capitals
STANDIN = re.compile(rf"(?i)(?:{MASKED}|{URL_MASKED})[a-p]{{{LENGTH}}}|[a-p]{{{LENGTH}}}{AT_MASKED}")


class Pseudonyms:
    """One for each value, of its form: an address, a URL, a number, or a name. What stands for one stays."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = key or secrets.token_bytes(16)
        self._numbers: set[float] = set()

    def of(self, value: str) -> str:
        """The stand-in of a text; an empty one, and what stands for somebody already, stay as they are."""
        if not value or is_standin(value):
            return value
        name = self._name(value)
        if "@" in value:
            return f"{name}{AT_MASKED}"
        return f"{URL_MASKED}{name}" if "://" in value else f"{MASKED}{name}"

    def of_number(self, value: float) -> float:
        """A number with as many digits, and a point at the same place."""
        if value in self._numbers:
            return value
        _, digits, exponent = Decimal(repr(value)).as_tuple()
        least = 10 ** (len(digits) - 1)
        figures = least + int(self._digest(str(value)), 16) % (9 * least)
        standin = type(value)(Decimal(figures).scaleb(int(exponent)))
        self._numbers.add(standin)
        return standin

    def _name(self, value: str) -> str:
        """Letters: the same for values that differ in letter case or Unicode form alone, but not in the same case."""
        plain = normalize("NFC", normalize("NFC", value).casefold())
        letters = self._digest(plain)[:LENGTH].translate(LETTERS)
        if value == plain:
            return letters
        spelt = [
            letter.upper() if odd in "13579bdf" else letter
            for letter, odd in zip(letters, self._digest(value), strict=False)
        ]
        return "".join([spelt[0].upper(), *spelt[1:]])

    def _digest(self, value: str) -> str:
        return hmac.digest(self._key, value.encode(errors="surrogatepass"), "sha256").hex()


def is_standin(value: str) -> bool:
    """Whether it stands for something already."""
    return STANDIN.fullmatch(value) is not None
