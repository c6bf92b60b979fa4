"""The ledger knows who may be there after anything that can happen, and what may be written to."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, State

CREATED, UNACKNOWLEDGED, REFUSED, DISPUTED, STRAY = State


def left(ledger: Ledger) -> list[Entry]:
    """Its entries, which must be the same when the file is read back."""
    assert Ledger(ledger.path).entries() == ledger.entries()
    return ledger.entries()


def test_an_intent_is_unacknowledged(ledger: Ledger) -> None:
    """A create that left and was never answered is listed under its userName alone."""
    ledger.intend("ann")
    assert left(ledger) == [("ann", "", UNACKNOWLEDGED)]


@pytest.mark.parametrize(
    "shown", ["ZOE\u0308@X.example.com", "\uff3aoë@x.example.com", " Zoë@x.example.com\n"], ids=ascii
)
def test_a_create_that_is_shown_is_ours(ledger: Ledger, shown: str) -> None:
    """Answered and shown under our userName, in whatever case, Unicode form or width, the id is ours and listed once."""
    ledger.intend("Zoë@x.example.com")
    ledger.created("Zoë@x.example.com", "1")
    assert not ledger.owns("1")
    ledger.witness("1", shown)
    assert not ledger.owns("1"), "a sighting proves nothing"
    ledger.prove("1", shown)
    assert ledger.owns("1")
    assert left(ledger) == [("Zoë@x.example.com", "1", CREATED)]


@pytest.mark.parametrize(("answered", "shown"), [("A-1", "a-1"), ("007", "7"), ("/Groups/0", "/groups/00")])
def test_an_id_is_ours_however_the_target_writes_it(ledger: Ledger, answered: str, shown: str) -> None:
    """In letters of another case, or with noughts before a number, it is the one that the create was answered with."""
    ledger.intend("ann")
    ledger.created("ann", answered)
    ledger.prove(shown, "ann")
    assert ledger.owns(shown)
    assert left(ledger) == [("ann", answered, CREATED)]


def test_an_unacknowledged_create_is_found_by_lookup(ledger: Ledger) -> None:
    """Shown by a lookup after its create timed out, the id is ours once a GET shows it, too."""
    ledger.intend("ann")
    ledger.witness("1", "ann")
    assert not ledger.owns("1")
    ledger.prove("1", "ann")
    assert ledger.owns("1")
    assert left(ledger) == [("ann", "1", CREATED)]


def test_a_lookup_that_finds_nobody_settles_it(ledger: Ledger) -> None:
    """Unacknowledged creates of a name that is not there are no longer listed, but for those that spelt it otherwise."""
    for name in ("ann", "ANN", "ann"):
        ledger.intend(name)
    ledger.absent("ann")
    assert left(ledger) == [("ANN", "", UNACKNOWLEDGED)]


def test_a_refused_create_is_not_believed(ledger: Ledger) -> None:
    """Refused, a name is listed until a lookup found nobody; whoever it shows instead is ours once read by id."""
    for each in ("ann", "bob"):
        ledger.intend(each)
        ledger.refused(each)
    assert left(ledger) == [("ann", "", REFUSED), ("bob", "", REFUSED)]
    ledger.absent("ann")
    ledger.prove("1", "bob")
    assert ledger.owns("1")
    assert left(ledger) == left(Ledger(ledger.path)) == [("bob", "1", CREATED)]


def test_a_create_settles_the_one_of_its_spelling(ledger: Ledger) -> None:
    """What is open under another spelling stays open, and a name that is open is not listed as refused, too."""
    for name in ("ann", "ANN"):
        ledger.intend(name)
    ledger.refused("ANN")
    assert left(ledger) == [("ann", "", UNACKNOWLEDGED), ("ANN", "", REFUSED)]
    ledger.intend("ANN")
    assert left(ledger) == [("ann", "", UNACKNOWLEDGED), ("ANN", "", UNACKNOWLEDGED)]


def test_a_create_that_never_left_is_not_listed(ledger: Ledger) -> None:
    """Then nobody is listed, and whoever has that userName is not ours."""
    ledger.intend("ann")
    ledger.not_created("ann")
    ledger.witness("1", "ann")
    assert not ledger.owns("1")
    assert left(ledger) == []


def test_a_refused_duplicate_changes_nothing(ledger: Ledger) -> None:
    """The first create's user stays ours when the same create again is refused, which may yet have made another."""
    ledger.intend("ann")
    ledger.created("ann", "1")
    ledger.prove("1", "ann")
    ledger.intend("ANN")
    ledger.refused("ANN")
    ledger.witness("1", "ann")
    assert ledger.owns("1")
    assert left(ledger) == [("ann", "1", CREATED), ("ANN", "", REFUSED)]


def test_two_creates_of_one_name(ledger: Ledger) -> None:
    """Answered with two ids, both are ours and both are listed until both are removed."""
    for id_ in ("1", "2"):
        ledger.intend("ann")
        ledger.created("ann", id_)
        ledger.witness(id_, "ann")
    assert left(ledger) == [("ann", "1", CREATED), ("ann", "2", CREATED)]
    ledger.removed("1")
    assert left(ledger) == [("ann", "2", CREATED)]


def test_a_create_answered_with_who_was_there(ledger: Ledger) -> None:
    """A target that answers a duplicate with the user it has leaves one entry, not a doubt."""
    for _ in range(2):
        ledger.intend("ann")
        ledger.created("ann", "1")
        ledger.witness("1", "ann")
    assert left(ledger) == [("ann", "1", CREATED)]


def test_an_unanswered_duplicate_is_doubted(ledger: Ledger) -> None:
    """A second create that was never answered may have made a second user, which only a lookup can tell."""
    ledger.intend("ann")
    ledger.witness("1", "ann")
    ledger.intend("ann")
    assert left(ledger) == [("ann", "1", CREATED), ("ann", "", UNACKNOWLEDGED)]


def test_somebody_elses_id_is_disputed(ledger: Ledger) -> None:
    """An id that our create was answered with and that shows another userName is listed and never written to."""
    ledger.intend("ann")
    ledger.created("ann", "7")
    ledger.witness("7", "bob")
    assert not ledger.owns("7")
    assert left(ledger) == [("ann", "7", DISPUTED), ("ann", "", UNACKNOWLEDGED)]


def test_an_id_shown_as_somebody_else_before_stays_theirs(ledger: Ledger) -> None:
    """An id seen with another userName never becomes ours, not even for a later process."""
    ledger.witness("7", "bob")
    assert not ledger.path.exists()
    ledger.intend("ann")
    ledger.witness("7", "ann")
    assert not ledger.owns("7")
    again = Ledger(ledger.path)
    again.witness("7", "ann")
    assert not again.owns("7")


def test_an_id_of_ours_shown_as_somebody_else_is_given_up(ledger: Ledger) -> None:
    """An id of ours that turns up under another userName is no longer written to, whatever a later GET shows."""
    ledger.intend("ann")
    ledger.prove("1", "ann")
    assert ledger.owns("1")
    ledger.witness("1", "bob")
    assert not ledger.owns("1")
    ledger.prove("1", "ann")
    assert not ledger.owns("1")
    assert not Ledger(ledger.path).owns("1")
    assert left(ledger) == []


def test_who_comes_back_is_listed_again(ledger: Ledger) -> None:
    """A removed user whom the target still shows is still there."""
    ledger.intend("ann")
    ledger.witness("1", "ann")
    ledger.removed("1")
    assert left(ledger) == []
    ledger.witness("1", "ann")
    assert left(ledger) == [("ann", "1", CREATED)]


def test_an_adopted_name_is_ours_without_a_create(ledger: Ledger) -> None:
    """The user of an earlier run is ours when found and read by id, also after a create of it was refused."""
    ledger.adopt("ann")
    assert left(ledger) == []
    ledger.intend("ann")
    ledger.refused("ann")
    ledger.prove("1", "ann")
    assert ledger.owns("1")
    assert left(ledger) == [("ann", "1", CREATED)]


@pytest.mark.parametrize("refused_first", [False, True])
def test_a_second_id_under_our_name_is_a_stray(ledger: Ledger, *, refused_first: bool) -> None:
    """Where the create was answered with one id, at once or at last, another of that name is told, and never ours."""
    if refused_first:
        ledger.intend("ann")
        ledger.refused("ann")
    ledger.intend("ann")
    ledger.created("ann", "1")
    ledger.prove("1", "ann")
    ledger.prove("7", "ann")
    assert ledger.owns("1")
    assert not ledger.owns("7")
    assert left(ledger) == [("ann", "1", CREATED), ("ann", "7", STRAY)]


@pytest.mark.parametrize("late", [False, True])
def test_whom_a_wrong_answer_hid_is_found(ledger: Ledger, *, late: bool) -> None:
    """Where our create was answered with somebody else's id, whom it really made is ours once shown."""
    ledger.intend("ann")
    ledger.created("ann", "7")
    ledger.witness("7", "ann")
    if late:
        ledger.witness("1", "ann")
    ledger.doubt("7", "bob")
    ledger.witness("7", "bob")
    ledger.prove("1", "ann")
    assert ledger.owns("1")
    assert left(ledger) == [("ann", "1", CREATED), ("ann", "7", DISPUTED)]


def test_a_new_name_is_that_ones_alone(ledger: Ledger) -> None:
    """Renamed, what is ours stays ours, in a later process, too; nobody else becomes ours by the new name."""
    ledger.intend("ann")
    ledger.prove("1", "ann")
    ledger.rename("1", "ann.newly")
    for each in (ledger, Ledger(ledger.path)):
        each.prove("1", "ann.newly")
        each.prove("7", "ann.newly")
        assert each.owns("1")
        assert not each.owns("7")


def test_a_later_name_of_the_same_one_is_known_although_nobody_told_of_the_renaming(ledger: Ledger) -> None:
    """A process was killed before it could tell: the name was announced, and the create's id shows it; no other name of ours will do."""
    first, later, other = (f"scim-tests.abcd1234.{each}@example.com" for each in ("u-1", "u-1.newly", "u-12"))
    ledger.intend(first, later, other)
    ledger.created(first, "1")
    for shown, is_ours in ((first, True), (other, False), (later, True)):
        ledger.prove("1", shown)
        assert ledger.owns("1") is is_ours


def test_only_the_name_that_claims_an_id_proves_it(ledger: Ledger) -> None:
    """An id that our create was answered with, and that a GET shows under another name of ours, is not ours."""
    for name, id_ in (("bob", "1"), ("ann", "7")):
        ledger.intend(name)
        ledger.created(name, id_)
        ledger.prove(id_, "bob")
    assert not ledger.owns("7")
    assert ledger.owns("1")
    ledger.prove("7", "ann")
    assert ledger.owns("7")
    ledger.prove("7", "bob")
    assert not ledger.owns("7")


def test_proof_does_not_outlive_the_process(ledger: Ledger) -> None:
    """Whoever goes on from the file looks again before anything is written to."""
    ledger.intend("ann")
    ledger.prove("1", "ann")
    assert not Ledger(ledger.path).owns("1")


def test_somebody_else_in_the_answer_takes_the_proof_away(ledger: Ledger) -> None:
    """A request to an id of ours that is answered with another id, or another's name, unsettles whose it is."""
    ledger.intend("ann")
    ledger.prove("1", "ann")
    ledger.doubt("1", "ann")
    assert not ledger.owns("1")
    ledger.prove("1", "ann")
    assert ledger.owns("1")
    ledger.doubt("1", "bob")
    ledger.prove("1", "ann")
    assert not ledger.owns("1")


def test_a_shared_user_whom_no_create_made_is_told_apart(ledger: Ledger) -> None:
    """Found by the name that a profile gives, it may be anybody, so that no clean-up removes it."""
    ledger.adopt("ann")
    ledger.prove("1", "ann")
    assert [ledger.was_found(each.user_name, each.id) for each in ledger.entries()] == [True]
    ledger.intend("ann")
    ledger.created("ann", "1")
    assert [ledger.was_found(each.user_name, each.id) for each in ledger.entries()] == [False]


def test_what_was_removed_is_written_to_only_where_nobody_is(ledger: Ledger) -> None:
    """An id may be given to somebody new: once removed it is ours to remove again only after a GET found nobody."""
    ledger.intend("ann")
    ledger.prove("1", "ann")
    ledger.gone("2")
    ledger.removed("1")
    assert not ledger.owns("1")
    later = Ledger(ledger.path)
    for each in (ledger, later):
        each.gone("1")
        assert not each.owns("2")
    assert not later.owns("1"), "what the file says of removals may be anybody's word"
    assert ledger.owns("1")
    ledger.witness("1", "bob")
    assert not ledger.owns("1")


def test_after_three_who_were_never_shown_as_ours_nobody_is_made(ledger: Ledger) -> None:
    """A target that proves none of those it made would keep all that follow; one that is proven suffices."""
    for id_ in "123":
        assert not ledger.proves_nobody()
        ledger.intend(f"ann{id_}")
        ledger.created(f"ann{id_}", id_)
        ledger.doubt(id_)
    assert ledger.proves_nobody()
    ledger.prove("1", "ann1")
    assert not ledger.proves_nobody()


def test_an_id_that_was_ours_may_not_be_another(ledger: Ledger) -> None:
    """Somebody else under it tells of mixed up ids, for a later process, too; not where a create alone named it, or it is free."""
    ledger.intend("ann")
    ledger.created("ann", "1")
    assert not ledger.may_not_be_another("1")
    ledger.prove("1", "ann")
    assert [each.may_not_be_another("1") for each in (ledger, Ledger(ledger.path))] == [True, True]
    assert not ledger.may_not_be_another("2")
    ledger.removed("1")
    assert not ledger.may_not_be_another("1")


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("scim-tests.ab12cd34.plain@example.com", True),
        ("SCIM-TESTS.AB12CD34+OKTA@EXAMPLE.COM", True),
        ("scim-tests.shared@example.com", True),
        ("scim-tests.plain@example.com", False),
        ("Real.Person@example.com", False),
        ("x scim-tests.ab12cd34.plain@example.com", False),
        ("", False),
    ],
)
def test_which_names_may_be_given(ledger: Ledger, name: str, *, may: bool) -> None:
    """Only a name by which everybody can see that a run made it, or that of the user whom runs share."""
    ledger.adopt("scim-tests.shared@example.com")
    assert ledger.may_name(name) is may


def test_nothing_is_written_for_strangers(ledger: Ledger) -> None:
    """Reading a tenant full of people neither makes the file nor puts anybody into it."""
    for number in range(1000):
        ledger.witness(str(number), f"person{number}@real.example.com")
    assert not ledger.path.exists()


NAMES = st.sampled_from(["ann", "ANN", "bob", "eve"])
IDS = st.sampled_from(["1", "2", "3"])
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["intend", "not_created", "refused", "absent", "adopt"]), NAMES),
    st.tuples(st.just("removed"), IDS),
    st.tuples(st.just("created"), NAMES, IDS),
    st.tuples(st.sampled_from(["witness", "prove", "doubt", "rename"]), IDS, NAMES),
    st.tuples(st.just("gone"), IDS),
)


@given(st.lists(DEEDS, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_rules_hold_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, ...]]
) -> None:
    """In any order of events: read back it says the same, owns only what was proven and shown as ours alone, lists no lie."""
    ledger = Ledger(tmp_path_factory.mktemp("run") / "ledger.jsonl")
    shown: dict[str, set[str]] = {}
    claimed: set[str] = set()
    read: set[str] = set()
    for name, *arguments in deeds:
        deed: Callable[..., None] = getattr(ledger, name)
        deed(*arguments)
        if name in {"intend", "adopt"}:
            claimed.add(arguments[0].lower())
        if name == "rename":
            claimed.add(arguments[1].lower())
        if name in {"witness", "prove"}:
            shown.setdefault(arguments[0], set()).add(arguments[1].lower())
        if name in {"prove", "gone"}:
            read.add(arguments[0])
    assert Ledger(ledger.path).entries() == ledger.entries()
    owned = {id_ for id_ in ("1", "2", "3") if ledger.owns(id_)}
    assert owned <= read
    assert all(shown.get(id_, set()) <= claimed for id_ in owned)
    entries = ledger.entries()
    assert len(entries) == len(set(entries))
    assert all(entry.id not in owned for entry in entries if entry.state in {DISPUTED, STRAY})


def test_entries_keep_the_order_of_creation(ledger: Ledger) -> None:
    """Who was created first is listed first, as the run spelt the name."""
    for name in ("Zed", "ann", "ZED"):
        ledger.intend(name)
    assert [each.user_name for each in ledger.entries()] == ["Zed", "ZED", "ann"]
