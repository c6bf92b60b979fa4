"""Recognises, in a conversation somebody else held, Okta's acts and steps by the requests alone.

The requests of one person, or one group, are told apart by userName and id and cut into jobs as Okta
works them off (okta-protocol, section 2): lookup and create, lookup and GET and PUT, a PATCH, and so on.
What fits no job of Okta's is `other`: only the rules that hold for every answer apply to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from scim_tests.model.act import Act, Person, Scene, Team, act
from scim_tests.model.exchange import MADE_UP_TOKENS, REFUSED_TOKEN, Exchange, Heard, NotObserved
from scim_tests.model.profile import Dialect, Profile
from scim_tests.model.scim import get
from scim_tests.personas.play import ACTS
from scim_tests.traffic.group_jobs import group_jobs
from scim_tests.traffic.jobs import Job, hits, is_good, set_by
from scim_tests.traffic.subjects import (
    asked_for,
    at_once,
    attribute_asked_for,
    body_of,
    by_subject,
    has_holes,
    is_ours,
    is_refused,
    is_unrecorded,
    may_be_oktas,
    place,
    shown_by,
    told_apart,
)

PAGE = 100  # Okta's fixed step at an import (okta:S20)
BACK = 60.0  # seconds; a GET that long after a write looks whether it took
LOOKED_FOR = {"emails.value": "by_email", "externalid": "by_external_id", "name.familyname": "by_family_name"}
BY_PATCH = frozenset({"update_profile", "patch_entries"})
TO_NOBODY = {"PUT": "put_to_nobody", "PATCH": "patch_to_nobody", "DELETE": "delete_again"}


def dialect_of(heard: Sequence[Heard]) -> Dialect:
    """PATCH is spoken by apps of Okta's catalogue alone, PUT with `active` false by custom ones (okta:S20)."""
    return next(filter(None, map(spoken, heard)), Dialect.OIN)


def spoken(each: Heard) -> Dialect | None:
    """The dialect, where one request shows it."""
    if each.request.method == "PATCH":
        return Dialect.OIN
    if each.request.method == "PUT" and (
        place(each)[0] == "/Groups" or get(body_of(each), "active") is False
    ):
        return Dialect.CUSTOM
    return None


def recognised(heard: Sequence[Heard], *, credentials_known: bool) -> list[Job]:
    """The jobs in a conversation, in the order in which they began; every exchange is in one of them.

    Where the credentials are not known, nobody is a stranger, and whoever was refused is nobody's step.
    """
    strangers, known = told_apart(heard) if credentials_known else ([], list(heard))
    oktas = [each for each in known if may_be_oktas(each) and (credentials_known or not is_refused(each))]
    theirs = {id(each) for each in oktas}
    people, groups, rest = by_subject(oktas)
    jobs = [
        Job("other", "", [(each.request.method.lower(), each)]) for each in known if id(each) not in theirs
    ]
    jobs += map(_stranger, strangers)
    unnamed = any(is_unrecorded(each) and each.request.method == "POST" for each in heard)
    holes = _Holes(any(map(has_holes, heard)), unnamed)
    jobs += [job for name, said in people.items() for job in _Person(name, holes).jobs(said)]
    jobs += [job for name, said in groups.items() for job in group_jobs(name, said)]
    jobs += list(_other_jobs(rest))
    return sorted(jobs, key=lambda job: job.started)


def scene_of(job: Job, number: int, profile: Profile) -> Scene:
    """The scene a job is; `number` tells apart what one person went through more than once."""
    declared = {each.name: each for each in ACTS}.get(job.act, other)
    if not job.about:
        key = str(number)
        who = Person(key, "", "", "", "", "", "") if number > 1 else None
        return Scene(declared, profile, who)
    key = job.about if number == 1 else f"{job.about} ({number})"
    if job.act in {"push_group", "link_group", "overlap_groups"}:
        return Scene(declared, profile, team=Team(key, job.about, ()))
    return Scene(declared, profile, Person(key, "", job.about, "", "", "", ""))


@act(title="What else was said", group="every answer", sends=())
def other(scene: Scene):  # type: ignore[no-untyped-def] # noqa: ANN201 -- never played, only recognised
    """Stands for requests that no act of ours explains."""
    raise NotObserved("", f"{scene.name} is only recognised")
    yield


def known_act(name: str) -> Act:
    """The act of that name, or `other`."""
    return {each.name: each for each in ACTS}.get(name, other)


class _Holes(NamedTuple):
    """Whether the recording lacks any body, and whether one of a create, which may have made whomever."""

    any: bool
    unnamed: bool


class _Person:
    """Cuts one person's requests into jobs."""

    def __init__(self, name: str, holes: "_Holes") -> None:
        self.name = name
        self._holes = holes
        self.met = False  # whether this recording has shown the person to be there
        self.gone = False
        self.inactive = False  # deactivated within this recording
        self.deleted: set[str] = set()  # ids that were not shown again since
        self.overlapping: set[int] = set()  # writes
        self.found: list[Job] = []

    def jobs(self, heard: Sequence[Heard]) -> list[Job]:
        waiting: list[Heard] = []  # lookup and GET, which the next write tells the meaning of
        self.overlapping = at_once(heard)
        for each in heard:
            if is_good(each) and each.request.method in {"GET", "POST"}:
                self.deleted -= {str(get(shown, "id")) for shown in shown_by(each)}
            if each.request.method == "GET":
                if waiting and asked_for(each):
                    self._without_a_write(waiting)
                    waiting = []
                waiting.append(each)
                continue
            self._write(waiting, each)
            waiting = []
        self._without_a_write(waiting)
        return self.found

    def _write(self, waiting: list[Heard], write: Heard) -> None:
        method = write.request.method
        lookup = waiting[0] if waiting and asked_for(waiting[0]) else None
        reads = [each for each in waiting if each is not lookup]
        if is_unrecorded(write) or (method == "POST" and self._may_be_taken(lookup, write)):
            self._without_a_write(waiting)
            self._job("other", (method.lower(), write))
        elif method == "POST":
            self._create(lookup, reads, write)
        elif place(write)[1] in self.deleted:
            self._without_a_write(waiting)
            self._job("delete_user", (TO_NOBODY.get(method, method.lower()), write))
        elif method == "DELETE":
            self._without_a_write(waiting)
            self._job("clean_up" if is_ours(write) else "delete_user", ("delete", write))
            self.gone = self.gone or is_good(write)
            self.deleted |= {place(write)[1]} if is_good(write) else set()
        elif id(write) in self.overlapping:
            self._without_a_write(waiting)
            self._job("overlap_users", (method.lower(), write))
        else:
            self._change(lookup, reads, write)
        self.met = self.met or is_good(write)

    def _may_be_taken(self, lookup: Heard | None, create: Heard) -> bool:
        """Whether the name it was refused for may have been taken, for all that a recording without some bodies tells."""
        refused = create.answer is not None and create.answer.status == 409
        told = self.met if lookup is None else not has_holes(lookup)
        return refused and (self._holes.unnamed or (self._holes.any and not told))

    def _create(self, lookup: Heard | None, reads: list[Heard], write: Heard) -> None:
        self._without_a_write(reads)
        if lookup and self.inactive and not hits(lookup):
            self._job("reactivate_user", ("find", lookup))
            lookup = None
        if self.met and not self.gone and (not lookup or hits(lookup)):
            if lookup:
                self._lone_lookup(lookup)
            self._job("duplicate_user", ("again", write))
            return
        looked = [("lookup", lookup)] if lookup else []
        self._job("push_user", *looked, ("create", write))
        self.gone = self.gone and not is_good(write)

    def _change(self, lookup: Heard | None, reads: list[Heard], write: Heard) -> None:
        name, step = self._meaning(lookup, reads, write)
        if lookup and name != "reactivate_user" and not hits(lookup):  # it is not how Okta came to this id
            self._lone_lookup(lookup)
            lookup = None
            name = "update_user" if name == "link_user" else name
        looked = [("lookup" if name == "link_user" else "find", lookup)] if lookup else []
        self._job(name, *looked, *(("read", each) for each in reads), (step, write))
        if is_good(write) and name in {"deactivate_user", "reactivate_user"}:
            self.inactive = name == "deactivate_user"

    def _meaning(self, lookup: Heard | None, reads: list[Heard], write: Heard) -> tuple[str, str]:
        patches = write.request.method == "PATCH"
        wanted = set_by(write) if patches else body_of(write)
        step = "patch" if patches else "put"
        active = get(wanted, "active")
        before = next((get(shown, "active") for each in reads for shown in shown_by(each)), None)
        if active is False and (patches or before is not False):
            return "deactivate_user", step
        if active is True and (patches or before is False):
            return "reactivate_user", step
        if get(wanted, "password") is not None:
            return "sync_password", step
        if patches:
            return "patch_entries" if _has_paths(write) else "update_profile", step
        return ("link_user" if lookup else "update_user"), step

    def _without_a_write(self, waiting: list[Heard]) -> None:
        """Lookups that nothing followed, and reads, which look back at the last job or stand for themselves."""
        for each in waiting:
            if asked_for(each):
                self._lone_lookup(each)
            elif place(each)[1] in self.deleted:
                self._read_deleted(each)
            elif self.gone or (not self.met and not is_good(each)):
                self._job("other", ("get", each))  # nobody knows what the right answer is
            elif self.found and self._looks_back(each):
                last = self.found[-1]
                last.steps.append(("after_patch" if last.act in BY_PATCH else "read_back", each))
            else:
                self._job("update_user", ("read", each))
                self.met = True

    def _read_deleted(self, each: Heard) -> None:
        if not self.found or self.found[-1].act != "delete_user":
            self._job("delete_user")
        self.found[-1].steps.append(("read_deleted", each))

    def _lone_lookup(self, each: Heard) -> None:
        found = hits(each)
        left = self.inactive and (not found or get(found[0], "active") is False)
        if left and not self.gone:
            self._job("reactivate_user", ("find", each))
        else:
            self._job("link_user" if found else "push_user", ("lookup", each))
        self.met = self.met or bool(found)

    def _looks_back(self, each: Heard) -> bool:
        last = self.found[-1].steps[-1][1]
        return last.request.method != "GET" and each.started - last.started <= BACK

    def _job(self, name: str, *steps: tuple[str, Heard]) -> None:
        self.found.append(Job(name, self.name, list(steps)))


def _has_paths(patch: Heard) -> bool:
    operations = get(body_of(patch), "Operations")
    return any(get(each, "path") for each in (operations if isinstance(operations, list) else ()))


def _other_jobs(rest: Sequence[Heard]) -> Iterator[Job]:
    """The probe, imports, discovery, and what is none of Okta's."""
    walks: dict[str, Job] = {}
    for each in rest:
        endpoint, _ = place(each)
        query = each.request.query
        if each.request.method != "GET" or "filter" in query:
            looked_for = LOOKED_FOR.get(attribute_asked_for(each), "")
            act, step = ("find_user", looked_for) if looked_for else ("other", each.request.method.lower())
            yield Job(act, "", [(step, each)])
        elif endpoint == "/Users" and query.get("count") == "1" and query.get("startIndex", "1") == "1":
            yield Job("read_user", "", [("list", each)])
        elif endpoint in {"/Users", "/Groups"} and query.get("count") in {"2", str(PAGE)}:
            name = "import_users" if endpoint == "/Users" else "import_groups"
            if endpoint == "/Users" and query["count"] == "2":
                step = "lower_case" if _is_in_lower_case(each) else "probe"
                yield Job("test_credentials", "", [(step, each)])
                continue
            if query.get("startIndex", "1") == "1" and name in walks:
                yield _walk(walks.pop(name))
            walks.setdefault(name, Job(name, "")).steps.append(("page", each))
        else:
            yield Job(*_discovery(each))
    yield from map(_walk, walks.values())


def _stranger(each: Heard) -> Job:
    if _is_in_lower_case(each):
        return Job("test_credentials", "", [("lower_case", each)])
    wrong = {REFUSED_TOKEN, *MADE_UP_TOKENS}
    shown = any(token in value for _, value in each.request.headers for token in wrong)
    return Job("test_credentials", "", [("wrong_token" if shown else "no_token", each)])


def _is_in_lower_case(each: Heard) -> bool:
    said = (value for name, value in each.request.headers if name.lower() == "authorization")
    return is_ours(each) and any(value.startswith("bearer ") for value in said)


def _discovery(each: Heard) -> tuple[str, str, list[tuple[str, Heard]]]:
    if each.request.path == "/Groups":
        return "import_groups", "", [("list", each)]
    step = {
        "/ServiceProviderConfig": "config", "/ResourceTypes": "resource_types", "/Schemas": "schemas",
    }.get(each.request.endpoint.rstrip("/"))  # fmt: skip
    if step:
        return "discovery", "", [(step, each)]
    return "other", "", [("get", each)]


def _walk(job: Job) -> Job:
    """An import that was recorded from beginning to end; a part of one says nothing about the list as a whole."""
    starts = [each.request.query.get("startIndex", "1") for _, each in job.steps]
    try:
        total = Exchange("", "", job.steps[-1][1]).page.total
    except NotObserved:
        total = 0
    whole = starts == [str(1 + PAGE * place) for place in range(len(starts))]
    if whole and not (isinstance(total, int) and total >= len(starts) * PAGE + 1):
        return job
    return replace(job, act="other")
