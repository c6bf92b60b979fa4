"""The last look of a clean-up: whom the target still shows of all that the run made, by each id and in the lists.

A DELETE may be answered well and change nothing, and a create be refused and make somebody. So told as left is
who is shown in the end, whatever was answered before and whatever they are called by now.
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.act import Independent, Scene
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import Left
from scim_tests.model.scim import GONE, Resource, as_id, get
from scim_tests.personas.okta.group_requests import list_groups
from scim_tests.personas.okta.import_users import goes_on
from scim_tests.personas.okta.ours import GROUPS, bearers, called, is_group, look_up_one, read_one
from scim_tests.personas.okta.requests import list_page
from scim_tests.personas.okta.side_by_side import AT_ONCE, Doing, side_by_side

PAGES = 10  # of a list that is walked at least; in a longer one each name is looked up, if that takes fewer rounds
AWAY = frozenset({429, 503})
ENOUGH = 3  # requests in a row that found the target away, after which none is sent any more
UNKNOWN = "whether it is still there is not known"
LISTED = "only a list showed it, after everybody else was removed, so it was not touched"
Looking = Generator[Independent, Exchange, None]


@dataclass
class LastLook:
    """Looks for everybody once; then says who is `left`, why, who is `absent` and which ids are `gone`."""

    scene: Scene
    names: Collection[str]  # of all that the run made or may have made
    ids: Mapping[str, str]  # those that are known, each with its name
    absent: list[str]  # names that a lookup did not find
    gone: list[str]  # ids that were looked at since their removal
    why: Mapping[str, str]  # it was not removed: by id, by name where no id is known
    answered: Mapping[str, str]  # its DELETE, by id
    left: list[Left] = field(default_factory=list)
    _listed: dict[str, Resource] = field(default_factory=dict)  # ours in a list, by id
    # Of groups (True) and of users: whether the whole list was seen.
    _walked: set[bool] = field(default_factory=set)
    _long: set[bool] = field(default_factory=set)  # whether it has more pages than are walked
    # What a GET by each id showed, or why that is not known.
    _seen: dict[str, Resource | str | None] = field(default_factory=dict)
    _away: list[str] = field(default_factory=list)  # how the latest requests in a row were not answered

    def __post_init__(self) -> None:
        self._is_our_name = bearers(self.names)

    def look(self) -> Looking:
        """By each id, by list, and once more who was removed and is there: some targets take their time."""
        ids = sorted(self.ids, key=lambda an_id: (not is_group(an_id), self.ids[an_id], an_id))
        self._seen = dict.fromkeys(self.gone)
        yield from self._read_all([an_id for an_id in ids if an_id not in self._seen])
        yield from side_by_side(self._walk(group=group) for group in (True, False))
        yield from self._look_up_all()
        there = [an_id for an_id in ids if isinstance(self._seen[an_id], Mapping)]
        yield from self._read_all([an_id for an_id in there if an_id not in self.why])
        self.gone.clear()
        for an_id in ids:
            self._tell(an_id, self._seen[an_id], self._listed.pop(an_id, None))
        self.left += [(self._name(an_id, shown), an_id, LISTED) for an_id, shown in self._listed.items()]
        self._tell_names()

    def _read_all(self, ids: Sequence[str]) -> Looking:
        """Keep what is seen of each: one by one until the target answers, then of several at once."""
        left, some = list(ids), 1
        while left:
            now, left = left[:some], left[some:]
            yield from side_by_side(map(self._read, now))
            some = 1 if self._away else AT_ONCE

    def _walk(self, *, group: bool) -> Doing:
        """The whole list where it is not long; where it cannot be read the ids alone can tell."""
        if any(is_group(each) is group for each in self.names):
            with suppress(NotObserved):
                yield from self._pages(group=group)

    def _pages(self, *, group: bool) -> Doing:
        page_of, step = (list_groups, "last_list_of_groups") if group else (list_page, "last_list")
        size, met = self.scene.profile.limits.page_size, set[str]()
        looked_up = sum(
            is_group(each) is group for each in self.names
        )  # so many at once, and pages one by one
        most = max(PAGES, looked_up // AT_ONCE)
        for _ in range(most):
            shown = yield page_of(self.scene, step, len(met) + 1, size, bulky=True, sample=1)
            self._note(shown, group=group)
            page, before = shown.page, len(met)
            met |= {*page.ids}
            if len(met) == before or not goes_on(page, len(met) + 1) or page.total > most * size:
                break
        is_whole = isinstance(page.total, int) and len(met) >= page.total
        (self._walked if is_whole else self._long).add(group)

    def _look_up_all(self) -> Looking:
        """Each name by itself where the list is long, as long as that is answered."""
        names = sorted(self.names)
        for first in range(0, len(names), AT_ONCE):
            some = [each for each in names[first : first + AT_ONCE] if is_group(each) in self._long]
            yield from side_by_side(map(self._look_up, some))

    def _look_up(self, name: str) -> Doing:
        try:
            self._note((yield look_up_one(self.scene, "last_lookup", name)), group=is_group(name))
        except NotObserved:
            self._long.discard(is_group(name))

    def _note(self, shown: Exchange, *, group: bool) -> None:
        """Keep who is ours. NotObserved where it is no list."""
        if shown.status == 404:  # how some say that nobody was found
            return
        spelt = {an_id.casefold(): an_id for an_id in self.ids}
        for each in shown.resources:
            an_id = (GROUPS if group else "") + as_id(get(each, "id"))
            an_id = spelt.get(an_id.casefold(), an_id)
            if self._is_ours(each, an_id):
                self._listed[an_id] = each

    def _is_ours(self, shown: Resource, an_id: str) -> bool:
        """By its name; who has none by id, and by an e-mail address."""
        if name := called(shown, an_id):
            return self._is_our_name(name)
        return an_id in self.ids or bool(self._address(shown))

    def _read(self, an_id: str) -> Doing:
        """Keep what a GET by id shows: whom, why that is not known, or None where nobody is there."""
        if len(self._away) >= ENOUGH:
            self._seen[an_id] = self._away[-1]
            return
        step = "last_look_at_group" if is_group(an_id) else "last_look"
        try:
            shown = yield read_one(self.scene, step, an_id)
            self._away.append(f"{shown.step}: {shown.heard.failure or shown.answer.phrase}")
            if shown.status not in AWAY:
                self._away.clear()
            self._seen[an_id] = None if shown.status in GONE else shown.resource
        except NotObserved as unseen:
            self._seen[an_id] = str(unseen)

    def _tell(self, an_id: str, shown: Resource | str | None, listed: Resource | None) -> None:
        """Whom GET or list showed is left; where neither tells, somebody may be."""
        why, name = self.why.get(an_id, ""), self.ids[an_id]
        if isinstance(shown, str) and not listed:
            if why or is_group(an_id) not in self._walked:
                self.left.append((name, an_id, f"{why}; {UNKNOWN}: {shown}".removeprefix("; ")))
            return
        found = [each for each in (shown, listed) if isinstance(each, Mapping)]
        now = [each for each in (called(each, an_id) for each in found) if each]
        if not found:
            self.gone.append(an_id)
        elif now and not self._is_our_name(now[0]):  # by now, or ever since, the id is somebody else's
            self.left += [(name, an_id, why)] if why else []
        else:
            how = "it can still be read" if isinstance(shown, Mapping) else "a list still shows it"
            self.left.append((self._name(an_id, *found), an_id, why or self._removed(an_id, how, found[0])))

    def _removed(self, an_id: str, how: str, shown: Resource) -> str:
        """Why somebody is there who was removed."""
        active = ", and is inactive" if get(shown, "active") is False else ""
        return f"DELETE answered {self.answered.get(an_id, 'with success')}, but {how}{active}"

    def _name(self, an_id: str, *shown: Resource) -> str:
        """What the target calls it; without a name, what it can be found by there."""
        kind, plain_id = (GROUPS, an_id.removeprefix(GROUPS)) if is_group(an_id) else ("", an_id)
        for each in shown:
            if name := called(each, an_id):
                return kind + name
        by = f"id {plain_id}" if plain_id else self._address(shown[0])
        return f"{'group' if kind else 'user'} without a name, {by}"

    def _address(self, shown: Resource) -> str:
        """An e-mail address by which one is ours; empty where there is none."""
        emails = get(shown, "emails")
        values = [str(get(each, "value")) for each in emails] if isinstance(emails, list) else []
        return next(filter(self._is_our_name, values), "")

    def _tell_names(self) -> None:
        """Of whom no id is known: a list that shows all others would show them, too."""
        self.absent += [name for name in self.names if is_group(name) in self._walked]
        absent = {*self.absent}
        without_id = [name for name in self.why if name not in self.ids and name not in absent]
        self.left += [(name, "", f"{self.why[name]}; {UNKNOWN}") for name in without_id]
