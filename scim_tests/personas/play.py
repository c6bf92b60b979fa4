"""The play: which acts are played, for whom, and in which order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scim_tests.model.act import Act, OktaPerson, Person, Scene, Team
from scim_tests.model.profile import SPECIFICATION, Profile
from scim_tests.personas import specification
from scim_tests.personas.explore.explore import explore
from scim_tests.personas.okta.bulk_assignment import bulk_assignment
from scim_tests.personas.okta.clean_up import clean_up
from scim_tests.personas.okta.deactivate_user import deactivate_user
from scim_tests.personas.okta.delete_user import delete_user
from scim_tests.personas.okta.discovery import discovery
from scim_tests.personas.okta.duplicate_user import duplicate_user
from scim_tests.personas.okta.entitlements import entitlements
from scim_tests.personas.okta.find_user import find_user
from scim_tests.personas.okta.import_groups import import_groups
from scim_tests.personas.okta.import_users import import_users
from scim_tests.personas.okta.link_group import link_group
from scim_tests.personas.okta.link_user import link_user
from scim_tests.personas.okta.overlap_groups import overlap_groups
from scim_tests.personas.okta.overlap_users import overlap_users
from scim_tests.personas.okta.people import Casting, cast, crowd, strangers, teams, variants
from scim_tests.personas.okta.probe_unsupported import probe_unsupported
from scim_tests.personas.okta.push_group import push_group
from scim_tests.personas.okta.push_user import push_user
from scim_tests.personas.okta.reactivate_user import reactivate_user
from scim_tests.personas.okta.read_user import read_user
from scim_tests.personas.okta.resize_group import resize_group
from scim_tests.personas.okta.sync_password import sync_password
from scim_tests.personas.okta.test_credentials import test_credentials
from scim_tests.personas.okta.update_profile import update_profile
from scim_tests.personas.okta.update_user import update_user
from scim_tests.personas.rfc.create_variants import create_variants
from scim_tests.personas.rfc.patch_entries import patch_entries
from scim_tests.personas.rfc.patch_group import patch_group
from scim_tests.personas.rfc.patch_user import patch_user
from scim_tests.personas.rfc.query_users import query_users

ACTS = (
    test_credentials, push_user, link_user, duplicate_user, create_variants, deactivate_user,
    reactivate_user, update_user, update_profile, find_user, sync_password, patch_user, patch_entries, overlap_users,
    bulk_assignment, push_group, link_group, patch_group, resize_group, overlap_groups, delete_user,
    read_user, query_users, import_users, import_groups, entitlements, discovery, *specification.ACTS, probe_unsupported,
    clean_up,
)  # fmt: skip

EVERY_ACT = (*ACTS, explore)  # with what is in no play of a run

ODD = 5  # people who are made for a moment: three in unusual ways, one twice at once, one who is deleted
ALL_OF_OKTAS = 31  # people whom the acts above make, at most
FIRST_DELETED = "delete_user:leaving"  # shows whether a DELETE reaches whom it names, before others send one
TO_LOOK_AT = "push_user:plain"  # makes somebody, for what sees nothing where nobody is
# What groups do not wait for: it goes on for long, about one of many members, or makes people of its own.
BESIDE_GROUPS = (create_variants, patch_entries)
# All that Okta sends, and what other acts of ours do that are no more than that; for suites and recordings.
FORMS = frozenset(form for each in ACTS if each.capability != SPECIFICATION for form in each.sends)


def scenes(
    profile: Profile, run: str, seed: int, directory: Sequence[OktaPerson] | None = None
) -> list[Scene]:
    """The whole play for a profile, in order; scenes the profile leaves out are among them.

    `directory` holds Okta's own people, whom an import is matched against; without one they are made up.
    """
    casting = Casting(profile, run, seed)
    people = cast(casting)
    pushed = list(people.values())[: profile.limits.new_users]
    together, odd = _crowds(casting, len(pushed))
    writing = [
        *(_scene(push_user, profile, person) for person in pushed),
        *_about_people(profile, people, odd),
    ]
    writing.append(replace(_scene(bulk_assignment, profile, after=tuple(map(_push, pushed))), crowd=together))
    groups = teams(run, people)
    leaving = replace(_scene(delete_user, profile), crowd=odd[4:5], team=groups["leaving"])
    writing += [*_groups(profile, groups, writing, together), leaving]
    left = profile.limits.new_users - ALL_OF_OKTAS
    others = tuple(scene.name for scene in writing)
    specifying = list(specification.writing(casting, left, after=(FIRST_DELETED,), others=others))
    writing += specifying
    known = tuple(strangers(profile, seed) if directory is None else directory)
    assigned = (*pushed, *together)
    searched = people["plus"] if people["plus"] in pushed else None
    written = tuple(scene.name for scene in writing)
    reading = [
        *_reading(profile, written, searched, assigned, known),
        *specification.reading(specifying[0], after=written),
    ]
    over = tuple(scene.name for scene in (*writing, *reading))
    probing = _scene(probe_unsupported, profile, people["plain"], needs=("push_user:plain",), after=over)
    return [
        _scene(test_credentials, profile, needs=()),
        *writing,
        *reading,
        replace(probing, team=groups["asked-for"]),
    ]


def _reading(
    profile: Profile,
    written: tuple[str, ...],
    searched: Person | None,
    assigned: tuple[Person, ...],
    known: tuple[OktaPerson, ...],
) -> list[Scene]:
    """What only reads, once all is written."""
    importing = replace(_scene(import_users, profile, after=written), crowd=assigned, directory=known)
    looked_for = (TO_LOOK_AT, "push_user:enterprise", "deactivate_user:leaver")
    return [
        replace(_scene(read_user, profile, after=written), looks_at=(TO_LOOK_AT,)),
        _scene(query_users, profile, searched, needs=("read_user",)),
        replace(importing, looks_at=looked_for),
        replace(_scene(import_groups, profile, after=written), looks_at=("push_group:again",)),
        *(_scene(act, profile, after=written) for act in (entitlements, discovery)),
    ]


def _crowds(casting: Casting, pushed: int) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Who is assigned all at once, and who is created in unusual ways, as far as the profile's limit allows."""
    limits = casting.profile.limits
    left = max(0, limits.new_users - pushed)
    together = crowd(casting, max(0, min(limits.crowd, left - ODD)))
    return together, variants(casting, min(ODD, left - len(together)))


def _about_people(profile: Profile, people: Mapping[str, Person], odd: tuple[Person, ...]) -> list[Scene]:
    """What Okta, or another client, does to single people once they are pushed."""
    names = ("plain", "leaver", "mover", "enterprise", "plus")
    plain, leaver, mover, employee, plus = (people[key] for key in names)
    return [
        _scene(link_user, profile, plain, needs=("push_user:plain",)),
        _scene(duplicate_user, profile, plain, needs=("push_user:plain",), after=("link_user:plain",)),
        _scene(deactivate_user, profile, leaver, needs=("push_user:leaver",)),
        _scene(reactivate_user, profile, leaver, needs=("deactivate_user:leaver",)),
        _or_with(people["accents"], _scene(update_user, profile, mover, needs=("push_user:mover",))),
        _scene(sync_password, profile, employee, needs=("push_user:enterprise",)),
        _or_with(people["long"], _scene(patch_user, profile, plus, needs=("push_user:plus",))),
        replace(_in_unusual_ways(profile, plain), crowd=odd[:3]),
        _scene(
            update_profile, profile, people["whole"], needs=("push_user:whole",), after=("push_user:plain",)
        ),
        _scene(
            find_user, profile, people["whole"], needs=("push_user:whole",), after=("update_profile:whole",)
        ),
        _scene(find_user, profile, people["mixed"], needs=("push_user:mixed",)),
        _scene(
            patch_entries,
            profile,
            people["whole"],
            needs=("update_profile:whole",),
            after=("find_user:whole",),
        ),
        replace(
            _scene(
                overlap_users,
                profile,
                people["mixed"],
                needs=("push_user:mixed",),
                after=("find_user:mixed", FIRST_DELETED),
            ),
            crowd=odd[3:4],
        ),
    ]


def _in_unusual_ways(profile: Profile, person: Person) -> Scene:
    """Some targets write to whom a name or an address belongs, and groups look whether they do that: it comes later."""
    looking = ("push_group:empty", "push_group:again")
    after = (f"duplicate_user:{person.key}", FIRST_DELETED, *looking)
    return _scene(create_variants, profile, person, needs=(_push(person),), after=after)


def _or_with(person: Person, scene: Scene) -> Scene:
    """The scene, which is played with another person where its own was not created."""
    return replace(
        scene, instead=_scene(scene.act, scene.profile, person, needs=(f"push_user:{person.key}",))
    )


def _groups(
    profile: Profile, by_key: Mapping[str, Team], writing: Sequence[Scene], crowd: tuple[Person, ...]
) -> list[Scene]:
    """Nobody is pushed while a group changes that has them as a member; groups that share members change at once."""
    team = by_key["team"].people
    members = tuple(map(_push, team))
    about = _before_groups([scene for scene in writing if scene.person in team])
    of_team, again = ("push_group:team",), ("push_group:again",)
    found = [
        replace(_scene(act, profile, needs=(*members, *needs), after=(*about, *after)), team=by_key[key])
        for act, key, needs, after in (
            (push_group, "empty", (), of_team),
            (push_group, "team", (), ()),
            (push_group, "again", of_team, ()),
            (link_group, "team", of_team, again),
            (patch_group, "others", (), of_team),
        )
    ]
    everybody = _before_groups(writing)
    return found + [
        replace(
            _scene(act, profile, needs=of_team, after=(*everybody, *after)), team=by_key[key], crowd=crowd
        )
        for act, key, after in ((resize_group, "sizes", again), (overlap_groups, "at-once", ()))
    ]


def _before_groups(writing: Iterable[Scene]) -> tuple[str, ...]:
    """The scenes that groups come after, by name."""
    return tuple(scene.name for scene in writing if scene.act not in BESIDE_GROUPS)


def _push(person: Person) -> str:
    return f"push_user:{person.key}"


def clean_up_scene(
    profile: Profile, created: Sequence[tuple[str, str]], made: Sequence[tuple[str, str]]
) -> Scene:
    """The clean-up of whom the run created, and of all it made: (userName, id or "") pairs from the ledger."""
    return Scene(clean_up, profile, created=tuple(created), made=tuple(made))


def deferred_clean_up(
    profile: Profile, created: Sequence[tuple[str, str]], made: Sequence[tuple[str, str]]
) -> list[Scene]:
    """The same on a later day: the credentials are tested first."""
    removing = replace(clean_up_scene(profile, created, made), needs=("test_credentials",))
    return [_scene(test_credentials, profile, needs=()), removing]


def _scene(
    act: Act,
    profile: Profile,
    person: Person | None = None,
    *,
    needs: tuple[str, ...] | None = None,
    after: tuple[str, ...] = (),
) -> Scene:
    """A scene; unless told otherwise it needs the credentials to have been tested."""
    tested = ("test_credentials",) if needs is None else ()
    return Scene(act, profile, person, needs=(*tested, *(needs or ())), after=after)
