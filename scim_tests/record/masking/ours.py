"""Who is of our own making, and who is not: by what a run wrote and the ledger proves, or by the names of recorded traffic."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol
from unicodedata import normalize

from scim_tests.model.act import NOBODY, Scene
from scim_tests.model.exchange import PASSWORD, REFUSED_TOKEN, TOKEN
from scim_tests.model.names import PREFIX, is_made_here
from scim_tests.model.scim import Json, get, strings
from scim_tests.personas.okta import whole_profile
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc import every_value, traps, user_forms
from scim_tests.personas.rfc.filter_users import filter_users, sought
from scim_tests.record.masking.words import Words, vocabulary, words_of

PLACEHOLDERS = frozenset({TOKEN, PASSWORD, REFUSED_TOKEN})
NAMED = re.compile(rf"{PREFIX}\.[a-z0-9]{{8}}[.+][\w.+'@-]*", re.IGNORECASE)
WILDCARD = "%"  # ends a lookup of ours that has to find nobody; in another one `_` stands for dots
MOST = 10_000  # texts whose answer is remembered

Owns = Callable[[str], bool]


class Ours(Protocol):
    """What a mask asks. `by_words` says that everything the run itself writes is known beforehand."""

    by_words: bool

    def names(self, text: str) -> bool:
        """Whether it is, as a whole, the name or the address of somebody or something of ours."""

    def owns(self, id_: str) -> bool:
        """Whether an id is of ours, as is known at this moment; being removed takes nothing away."""

    def wrote(self, text: str) -> bool:
        """Whether what stands in a resource of ours is made of our words alone."""

    def named_in(self, text: str) -> list[tuple[int, int]]:
        """From where to where our own names stand in it, where their words are not known."""

    def shown(self, id_: str, name: str) -> None:
        """A resource was shown under this name."""

    def sent(self, id_: str, body: Json) -> None:
        """A request wrote this; `id_` is the one in its path."""

    def heard(self, body: Json) -> None:
        """An answer said this."""


class OfARun:
    """For what a run sends and hears: `texts` is all that it writes, `names` are those it is known by as a whole."""

    by_words = True

    def __init__(self, run: str, names: Iterable[str], texts: Iterable[str], owns: Owns) -> None:
        self.owns = owns
        self._marks = {*words_of(run), NOBODY}  # one of them is in nearly every address of ours
        self._beginning = _key(f"{PREFIX}.{run}")
        self._names = frozenset(_key(each) for each in (*names, *PLACEHOLDERS, Wording.OTHER_ADDRESS))
        self._addresses = [each for each in self._names if "@" in each and self._beginning not in each]
        self._words = Words((*self._names, *texts, *Wording, NOBODY))
        self._wrote: dict[str, bool] = {}  # of texts that were asked about before

    def names(self, text: str) -> bool:
        """Also where a name of ours is cut short, has wildcards in it, or one of our words more."""
        key = _key(text).removesuffix(WILDCARD)
        if key in self._names or key.replace("_", ".") in self._names:
            return True
        cut = key.startswith(f"{PREFIX}.") and any(name.startswith(key) for name in self._names)
        return cut or (key.startswith(self._beginning) and self.wrote(text))

    def wrote(self, text: str) -> bool:
        """An address may be made of our words by chance, so one that is ours has to be in it."""
        if text not in self._wrote:
            if len(self._wrote) > MOST:
                self._wrote.clear()
            self._wrote[text] = ("@" not in text or self._has_an_address(text)) and self._words.cover(text)
        return self._wrote[text]

    def _has_an_address(self, text: str) -> bool:
        """One with the name of the run in it, or another that is known."""
        known = not self._marks.isdisjoint(words_of(text))
        return known or any(address in _key(text) for address in self._addresses)

    def named_in(self, _: str) -> list[tuple[int, int]]:
        """Nowhere: all our words are known, so `wrote` tells."""
        return []

    def shown(self, id_: str, name: str) -> None:
        """The ledger knows."""

    def sent(self, id_: str, body: Json) -> None:
        """The play says beforehand what is sent."""

    def heard(self, body: Json) -> None:
        """So nothing need be learnt."""


class OfRecorded:
    """For traffic that somebody recorded: the pattern of our names tells, and the ids shown under them.

    Our words are those that requests write of whoever is so named, unless the target said them first: a PUT
    carries back what was shown. `owns` knows of more ids.
    """

    by_words = False

    def __init__(self, owns: Owns) -> None:
        self._owns = owns
        self._ours: set[str] = set()
        self._others: set[str] = set()
        self._words = Words()
        self._strange: set[str] = set()  # words that somebody else said first

    def names(self, text: str) -> bool:
        """Whether it is a placeholder, or has the form of our names."""
        return text in PLACEHOLDERS or is_made_here(text)

    def owns(self, id_: str) -> bool:
        """Whether it was shown under a name of ours, or is known otherwise; never once somebody else was shown under it."""
        return id_ not in self._others and (id_ in self._ours or self._owns(id_))

    def wrote(self, text: str) -> bool:
        """Also what is made of words that requests wrote of ours; an address has to be a name of ours as a whole."""
        return self.names(text) or ("@" not in text and self._words.cover(text))

    def named_in(self, text: str) -> list[tuple[int, int]]:
        """Spans of what has the form of our names, up to the next character that no name or address has."""
        return [found.span() for found in NAMED.finditer(text)]

    def shown(self, id_: str, name: str) -> None:
        """The name tells whose the id is; one that was ever shown under another name is not ours."""
        (self._ours if self.names(name) else self._others).add(id_)

    def sent(self, id_: str, body: Json) -> None:
        """Words that are written of ours become ours; what is written of somebody else counts as heard."""
        name = get(body, "userName") or get(body, "displayName")
        if not (self.names(name) if isinstance(name, str) else self.owns(id_)):
            self.heard(body)
            return
        for text in strings(body):
            words = words_of(text)
            own = [word for word in words if word not in self._strange]
            self._words.add([text] if own == words else own)

    def heard(self, body: Json) -> None:
        """Words that the target said before we did are not ours from then on."""
        said = (word for text in strings(body) for word in words_of(text))
        self._strange.update(
            word for word in said if word not in vocabulary() and not self._words.cover(word)
        )


def nobody(_: str) -> bool:
    """Owns nothing: for traffic of which no ledger knows."""
    return False


def of_a_run(run: str, scenes: Iterable[Scene], names: Iterable[str], owns: Owns) -> OfARun:
    """From the play: everybody in it, with every value that is written of them. `names` are further ones."""
    scenes = list(scenes)
    people = [each for scene in scenes for each in (scene.person, *scene.crowd) if each]
    people += [whole_profile.whole(each, whole_profile.SECOND) for each in people]
    teams = [scene.team for scene in scenes if scene.team]
    known = [name for each in people for name in (each.user_name, each.email, each.display_name)]
    texts = [
        text
        for each in people
        for text in (each.key, each.external_id, *strings([each.enterprise, each.names, each.attributes]))
    ]
    texts += strings([whole_profile.texts(), *every_value.texts(), *traps.texts(), *user_forms.texts()])
    texts += [text for scene in scenes if scene.act is filter_users for text in sought(scene.crowd) if text]
    return OfARun(run, [*known, *(each.display_name for each in teams), *names], texts, owns)


def _key(text: str) -> str:
    """As the ledger compares names."""
    return text.strip().lower() if text.isascii() else normalize("NFKC", text.strip()).casefold()
