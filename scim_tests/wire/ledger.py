"""Knows what a run created, so that nothing else is ever written to and everything can be found again.

The intent is on disk before a create leaves. Whatever then happens to us, to the target or to the power, the file
names every user that may be there, and `entries` says how sure that is. What is proven is not in the file: whoever
goes on from it has to look again.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from sys import intern

from scim_tests.model.names import is_later, is_made_here
from scim_tests.wire import ledger_file
from scim_tests.wire.creates import Creates
from scim_tests.wire.ledger_entry import Entry, State
from scim_tests.wire.ledger_file import Event, Keep
from scim_tests.wire.ledger_keys import id_key, name_key
from scim_tests.wire.ledger_names import Names
from scim_tests.wire.strangers import Ids, digest

ENOUGH = 3  # whom we made and could not prove, after which nobody is made any more


class Ledger:
    """The ledger in the file `path`, read back where it exists, made at the first line written.

    A name claims an id where a create of it was answered with that id or one that leads to it, where it was
    found again although no create of it was answered with success, or where we gave it to the id. The id is
    ours, and may be written to, once a GET by it has shown it under a name that claims it (`prove`), and only
    as long as no answer shows anything else (`witness`, `doubt`). A name that bears the run's mark, however
    the target writes it, is the name of the create that was answered with the id. Nothing is written any more
    to a target that shows somebody else where it had shown ours (`distrust`).
    Methods that write return when the line is on disk. WriteError where an announcement cannot be, UsageError `bad-ledger` where the file holds something else.
    """

    def __init__(
        self, path: Path, may_be_ours: Callable[[str], bool] = lambda _: True, keep: Keep | None = None
    ) -> None:
        """`may_be_ours` says of a userName in a stranger's file whether it counts. `keep` writes lines down in its own way, or hands them to a process that has the file, which then is not read here."""
        self.path = path
        self._keep = keep or partial(ledger_file.append, path)
        self.target = ""  # the base URL the run wrote to
        self.profile = ""  # the profile it played, as TOML
        self.distrusted = ""  # why nothing is written to this target any more
        self._names = Names()
        self._adopted: set[str] = set()
        self._made_names: set[str] = set()  # those whose last create was not refused
        self._creates = Creates()
        self._answered: dict[str, str] = {}  # ids that answers to our creates named
        self._alike: dict[str, str] = {}  # how they were spelt there, by what ids are compared by
        self._settling: set[str] = set()  # those of them that settled a create
        self._found: set[str] = set()  # ids that did because they were shown
        self._seen: dict[str, str] = {}  # ids shown under a userName of ours
        self._held: Counter[str] = Counter()  # how many ids are in those two by each name
        self._claims: dict[str, set[str]] = {}  # under which further names an id may be shown
        self._removed: set[str] = set()
        self._removed_here: set[str] = set()  # those of them that this process removed
        self._foreign = Ids()  # those shown under somebody else's userName, in this process
        self._disowned: set[str] = set()  # those of them that the file holds
        self._proven: set[str] = set()  # ids that a GET of this process has shown under a name that claims it
        self._made: set[str] = set()  # ids that were among them at any time
        self._unproven: set[str] = set()  # ids that answers to our creates named, and no GET proved
        for event in () if keep else ledger_file.read(path):
            if "user_name" not in event or may_be_ours(event["user_name"]):
                self._apply(event)
        self._held_before = self._seen.keys() & self._answered.keys()  # as the file tells

    def begin(self, target: str, profile: str) -> None:
        """A run is about to write to this base URL (empty for a bundled server) under this profile (TOML)."""
        self.write({"event": "run", "target": target, "profile": profile})

    def write(self, *events: Event) -> None:
        """Write all down at once, and go by them: what happens here, or what another process tells."""
        if events:
            self._keep(events)
        for event in events:
            self._apply(event)
            if "user_name" in event and "id" in event:
                self._disown(self._spelt(event["id"]))

    def intend(self, *user_names: str) -> None:
        """Creates of these userNames are about to leave: all are on disk, or none may."""
        self.write(*({"event": "intended", "user_name": each} for each in user_names))

    def not_created(self, user_name: str) -> None:
        """The create never left: who has that userName now, if anybody, is not ours."""
        self.write({"event": "not created", "user_name": user_name})

    def refused(self, user_name: str) -> None:
        """The create was answered with an error that says nobody was made, which a lookup may yet contradict."""
        self.write({"event": "refused", "user_name": user_name})

    def created(self, user_name: str, id_: str) -> None:
        """The create was answered with this id, which is believed once a GET shows it (`prove`)."""
        self.write({"event": "created", "user_name": user_name, "id": id_})

    def removed(self, *ids: str) -> None:
        """The target says that they are gone. Shown again, one is listed again, and has to be proven again."""
        self._proven.difference_update(ids)
        self.write(*({"event": "removed", "id": self._spelt(each)} for each in ids))
        self._removed_here.update(map(self._spelt, ids))

    def absent(self, *user_names: str) -> None:
        """Lookups of these userNames, spelt so, found nobody, so no open create of them came to anything."""
        self.write(*({"event": "absent", "user_name": each} for each in user_names))

    def adopt(self, user_name: str) -> None:
        """Count a userName as ours that an earlier run made or may have made."""
        if name_key(user_name) not in self._adopted:
            self.write({"event": "adopted", "user_name": user_name})

    def rename(self, id_: str, user_name: str) -> None:
        """An id of ours is about to be given this userName; it stays proven."""
        self.write({"event": "renamed", "user_name": user_name, "id": id_})

    def witness(self, id_: str, user_name: str) -> None:
        """An answer showed this id with this userName: that proves nothing, but may disprove."""
        id_ = self._spelt(id_)
        key = self._key_shown(id_, user_name)
        is_our_name = key in self._names.ours
        if self._names.is_somebody_else(key):
            self._foreign.add(digest(id_))
        if self.is_a_strangers(id_):
            if is_our_name or (id_ not in self._removed and (id_ in self._seen or id_ in self._answered)):
                self._disown(id_)
        elif is_our_name and (id_ not in self._seen or id_ in self._removed):
            self.write({"event": "seen", "user_name": self._names.spelt.get(key, user_name), "id": id_})

    def prove(self, id_: str, user_name: str) -> None:
        """A GET by this id showed it, under that id, with this userName."""
        self.witness(id_, user_name)
        if self.claims(user_name, id_) and not self.is_a_strangers(id_):
            self._proven.add(id_)
            self._made.add(id_)
        else:
            self._proven.discard(id_)

    def claims(self, user_name: str, id_: str) -> bool:
        """Whether what has this id may be shown with this userName."""
        id_ = self._spelt(id_)
        key = self._key_shown(id_, user_name)
        return is_later(key, self._answered.get(id_, "")) or key in self._claims.get(id_, ())

    def alias(self, id_: str, shown: str, user_name: str) -> None:
        """A GET by this id, which this name claims, showed another id under that name: it has to be proven itself."""
        if not self._is_claimed(shown) and shown in self._seen and id_ in self._answered:
            name = self._names.spelt.get(name_key(user_name), user_name)
            self.write({"event": "alias", "user_name": name, "id": shown})

    def distrust(self, why: str) -> None:
        """The target showed somebody else where it has to show ours, so whom a write reaches cannot be known."""
        self.distrusted = self.distrusted or why

    def gone(self, id_: str) -> None:
        """A GET by this id found nothing: what we have just removed may be removed once more, for it is nobody's."""
        if self._spelt(id_) in self._removed_here and not self.is_a_strangers(id_):
            self._proven.add(id_)

    def doubt(self, id_: str, user_name: str = "") -> None:
        """A request to this id was answered with somebody else, of that userName: it has to be proven anew."""
        self._proven.discard(id_)
        self._unproven |= {self._spelt(id_)} & self._answered.keys()
        if user_name and name_key(user_name) not in self._names.ours:
            self.witness(id_, user_name)

    def owns(self, id_: str) -> bool:
        """Whether writing to it is allowed: it is proven to be ours, or nobody's any more."""
        return id_ in self._proven and not self.is_a_strangers(id_)

    def made(self, id_: str) -> bool:
        """Whether it was proven to be ours, be it there yet or not, and never shown to be anybody else."""
        return id_ in self._made and not self.is_a_strangers(id_)

    def may_not_be_another(self, id_: str) -> bool:
        """Whether a GET by this id that shows somebody else tells that the target mixes up ids.

        That is so where it was ours, and not removed. An answer to a create may once have named a wrong one.
        """
        id_ = self._spelt(id_)
        if id_ in self._removed or self.is_a_strangers(id_):
            return False
        was_ours = id_ in self._made or id_ in self._held_before
        return was_ours or (id_ in self._answered and any(map(self.is_a_strangers, self._answered)))

    def proves_nobody(self) -> bool:
        """Whether the target was asked often enough whom we made, and never showed one as ours: none could be removed."""
        return len(self._unproven) >= ENOUGH and not self._made

    def is_gone(self, id_: str) -> bool:
        """Whether the target said that it was removed, and has not shown it since."""
        return self._spelt(id_) in self._removed

    def is_a_strangers(self, id_: str) -> bool:
        """Whether the target has shown it, however it is spelt, under a name that is not ours."""
        return digest(id_) in self._foreign

    def is_expected(self, id_: str) -> bool:
        """Whether a create, or a lookup after one that was not answered, led to it, and nothing showed somebody else."""
        return self._is_claimed(self._spelt(id_)) and not self.is_a_strangers(id_)

    def is_somebody_else(self, user_name: str) -> bool:
        """Whether that is the name of nobody whom the run made."""
        return self._names.is_somebody_else(name_key(user_name))

    def may_name(self, user_name: str) -> bool:
        """Whether a run may give this name: one that this tool makes, or that of the user whom runs share."""
        return is_made_here(user_name) or name_key(user_name) in self._adopted

    def was_found(self, user_name: str, id_: str) -> bool:
        """Whether it is the user whom runs share and no create in this ledger made: that may be anybody."""
        key = name_key(user_name)
        return bool(id_) and key in self._adopted - self._made_names and id_ not in self._answered

    def entries(self) -> list[Entry]:
        """Who may still be there, in the order of creation; a name has one entry for each id that may be somebody."""
        spelt = self._names.spelt
        of: dict[str, list[Entry]] = {key: [] for key in spelt}
        for id_, key in self._seen.items():
            if id_ not in self._removed and not self.is_a_strangers(id_):
                state = State.CREATED if self._is_claimed(id_) else State.STRAY
                of[key].append(Entry(spelt[key], id_, state))
        for id_, key in self._answered.items():
            state = State.DISPUTED if self.is_a_strangers(id_) else State.UNACKNOWLEDGED
            if id_ not in self._removed and (state is State.DISPUTED or id_ not in self._seen):
                of[key].append(Entry(spelt[key], id_, state))
        for key, found in of.items():
            found += [Entry(name, "", State.UNACKNOWLEDGED) for name in self._creates.unacknowledged(key)]
            found += [Entry(name, "", State.REFUSED) for name in self._creates.only_refused(key)]
        return [entry for found in of.values() for entry in found]

    def everybody(self) -> list[tuple[str, str]]:
        """(name, id) of all whom answers to our creates named or who were shown under a name of ours, removed or not.

        Without the user whom runs share and who was found.
        """
        pairs = ((self._names.spelt[key], id_) for id_, key in {**self._seen, **self._answered}.items())
        return [each for each in pairs if not self.was_found(*each)]

    def _disown(self, id_: str) -> None:
        if id_ not in self._disowned and self.is_a_strangers(id_):
            self.write({"event": "not ours", "id": id_})

    def _apply(self, event: Event) -> None:
        match event:
            case {"event": "run", "target": target, "profile": profile}:
                self.target, self.profile = target, profile
            case {"event": what, "user_name": user_name, "id": id_}:
                self._apply_to_user(what, user_name, id_)
            case {"event": what, "user_name": user_name}:
                self._apply_to_name(what, user_name)
            case {"event": "removed", "id": id_}:
                self._removed.add(intern(id_))
                self._proven.discard(id_)
            case {"event": "not ours", "id": id_}:
                self._foreign.add(digest(id_))
                self._disowned.add(id_)
                self._reopen(id_)

    def _reopen(self, id_: str) -> None:
        """Our create was answered with an id that is somebody else's: whom it made has yet to be found, or was."""
        if id_ not in self._settling:
            return
        self._settling.discard(id_)
        key = self._answered[id_]
        shown = self._seen.items() if self._held[key] > 1 else ()  # all are many, and it holds this id itself
        strays = [each for each, owner in shown if owner == key and not self._is_claimed(each)]
        for each in strays:
            self._claims[each] = {key}
        if not strays:
            self._creates.left(self._names.spelt[key])

    def _apply_to_user(self, what: str, user_name: str, id_: str) -> None:
        key, id_ = self._names.spell(user_name), intern(id_)
        if what == "renamed":
            self._names.know(user_name)
            if self._is_claimed(self._spelt(id_)):
                self._claim(self._spelt(id_), key)
        elif what == "alias":
            self._claim(id_, key)
        elif what == "created":
            self._apply_answer(key, user_name, id_)
        elif what == "seen":
            is_new = id_ not in self._seen or id_ in self._removed
            if is_new and self._answered.get(id_) != key and self._is_expected(key):
                self._claim(id_, key)
                if self._creates.settle_any(user_name):
                    self._found.add(id_)
            if id_ in self._seen:
                self._held[self._seen[id_]] -= 1
            self._seen[id_] = key
            self._held[key] += 1
            self._removed.discard(id_)

    def _apply_answer(self, key: str, user_name: str, id_: str) -> None:
        id_ = self._alike.setdefault(intern(id_key(id_)), id_)
        self._held[key] += id_ not in self._answered
        owner = self._answered.setdefault(id_, key)
        self._claim(id_, key)
        self._creates.taken(user_name)
        if id_ in self._found:  # a list showed it before the answer was there
            self._found.discard(id_)
        elif owner == key and id_ not in self._disowned:
            self._creates.settle(user_name)
            self._settling.add(id_)

    def _key_shown(self, id_: str, user_name: str) -> str:
        """The name of ours that what is shown under this id has; what it is shown with where that is none of ours."""
        key = name_key(user_name)
        return self._answered.get(id_, key) if self._names.is_written_otherwise(key) else key

    def _spelt(self, id_: str) -> str:
        """The id as the answer to its create spelt it: some targets write one in capitals here and not there."""
        return self._alike.get(id_key(id_), id_)

    def _claim(self, id_: str, key: str) -> None:
        if self._answered.get(id_) != key:
            self._claims.setdefault(id_, set()).add(key)

    def _is_claimed(self, id_: str) -> bool:
        return id_ in self._answered or id_ in self._claims

    def _is_expected(self, key: str) -> bool:
        """Whether somebody of that name may be there whom no answer to a create has named."""
        return key in self._adopted or self._creates.may_have_made(key)

    def _apply_to_name(self, what: str, user_name: str) -> None:
        is_new = what in {"intended", "adopted"}
        key = self._names.know(user_name) if is_new else name_key(user_name)
        if what == "intended":
            self._creates.left(user_name)
            self._made_names.add(key)
        elif what == "adopted":
            self._adopted.add(key)
        elif what == "absent":
            self._creates.absent(user_name)
        else:
            self._creates.settle(user_name)
            self._made_names.discard(key)
            if what == "refused" and key not in self._adopted:
                self._creates.refused(user_name)
            if not self._held[key] and not self._is_expected(key):
                self._names.ours.discard(key)
