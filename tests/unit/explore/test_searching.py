"""The search, with a player who plays nothing."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from scim_tests import profiles
from scim_tests.engine.judge import Judgement
from scim_tests.errors import WriteError
from scim_tests.explore.features import features
from scim_tests.explore.kinds import Kind
from scim_tests.explore.playing import Held, Player, Seeks
from scim_tests.explore.preparing import removals
from scim_tests.explore.searching import BROKE, Exploration, Explored, Told
from scim_tests.model.check import Finding
from scim_tests.model.conversation import KINDS, Conversation, Move, line, read_line
from scim_tests.model.verdict import Verdict

OKTA = features(profiles.load("okta"), {})
WRONG = Kind("explore.wrong", "/Users", "title")
RULES = Kind("every_user.is-wrong", "/Users", "title")
JUDGED = Judgement(Verdict.FAIL, (), Finding("a", "b"))
Wrong = Callable[[Conversation], bool]


def leaves_and_comes_back(conversation: Conversation) -> bool:
    """Whether somebody is deactivated, and activated later."""
    kinds = [each.kind for each in conversation]
    return "deactivate" in kinds and "activate" in kinds[kinds.index("deactivate") :]


class Imagined:
    """A player: shows one kind of finding where a conversation is wrong, and keeps what it was asked to hold."""

    def __init__(self, wrong: Wrong, most: int = 80) -> None:
        self.wrong, self.most = wrong, most
        self.held: list[str] = []
        self.is_to_clean_up = False
        self.requests = 0
        self.broken: list[str] = []
        self.is_away = False
        self.why_no_more = ""
        self.left = ""
        self.people = 0
        self.shows: tuple[Kind, ...] = (WRONG,)

    @property
    def conversations(self) -> int:
        return len(self.held)

    @property
    def is_stopped(self) -> bool:
        return len(self.held) >= self.most

    def hold(self, conversation: Conversation, _: Seeks | None = None, __: float | None = None) -> Held:
        self.held.append(line(conversation))
        self.is_to_clean_up = any(KINDS[each.kind].writes for each in conversation)
        self.people += 20
        found: Mapping[Kind, Judgement] = (
            dict.fromkeys(self.shows, JUDGED) if self.wrong(conversation) else {}
        )
        return Held(conversation, found)

    def clean_up(self, _: float | None = None) -> str:
        self.is_to_clean_up = False
        return self.left


def explored(
    player: Imagined,
    start: int = 1,
    *,
    enough: bool = False,
    people: int | None = None,
    told: Told = lambda _: None,
) -> Explored:
    searching = Exploration(
        cast("Player", player),
        OKTA,
        start=start,
        steps=20,
        seconds=60.0,
        people=people,
        is_enough=lambda _: enough,
    )
    return searching.explore(told)


def test_what_is_found_is_shrunk_and_told_once() -> None:
    """One discovery, of the two moves that show it, however often it is met."""
    done = explored(Imagined(leaves_and_comes_back))
    (found,) = done.discoveries
    assert [each.kind for each in found.conversation] == ["deactivate", "activate"]
    assert (found.kind, found.requests) == (WRONG, 2)
    assert done.met[WRONG] > 1
    assert done.ended_early == "it was interrupted"


class Damaged(Imagined):
    """A player whose target counts those who are deleted, each a second time, and tells the number in every list from then on."""

    def __init__(self, most_counted: int = 1000) -> None:
        super().__init__(lambda _: False, most=400)
        self.counted, self.most_counted = 0, most_counted

    def hold(self, conversation: Conversation, _: Seeks | None = None, __: float | None = None) -> Held:
        super().hold(conversation)
        found = False
        for one, other in pairwise((*conversation, Move("list"))):
            found |= one.kind == "list" and self.counted > 0
            self.counted += one.kind == "deactivate" and other.kind == "activate"
        told = Finding("none", str(min(self.counted, self.most_counted)))
        return Held(conversation, {WRONG: Judgement(Verdict.FAIL, (), told)} if found else {})


def test_what_stays_on_the_target_is_told_with_what_did_it() -> None:
    """Looks alone show it by then; the line is what adds to it, and the look that shows it."""
    (found,) = explored(Damaged(), enough=True).discoveries
    assert (line(found.conversation), found.stays) == ("deactivate:0 activate:0 list", True)


def test_what_stays_is_not_shortened_where_nothing_adds_to_it() -> None:
    """What cannot be told apart is told as it was met: with the moves that did it, whatever else is in it."""
    (found,) = explored(Damaged(most_counted=1), enough=True).discoveries
    kinds = [each.kind for each in found.conversation]
    assert ("deactivate", "activate") in pairwise(kinds)
    assert found.stays
    assert len(kinds) > 20


def test_what_was_wrong_from_the_beginning_is_shown_by_looks() -> None:
    """Of what a target shows before any write the line is a look alone."""
    (found,) = explored(Imagined(lambda said: any(each.kind == "list" for each in said))).discoveries
    assert (line(found.conversation), found.stays) == ("list", False)


def test_the_same_seed_says_the_same() -> None:
    """Two explorations of one seed hold the same conversations, and those of another seed others."""
    first, again, other = (Imagined(lambda _: False, most=25) for _ in range(3))
    explored(first)
    explored(again)
    explored(other, start=2)
    assert first.held == again.held
    assert first.held != other.held


def test_what_does_not_show_again_is_no_finding() -> None:
    """Of a target that errs now and then nothing is told but that; it is looked for again when it was met twice as often."""
    player = Imagined(lambda _: len(player.held) % 2 == 1, most=80)
    done = explored(player)
    assert done.discoveries == []
    assert done.seen_once == {WRONG: done.met[WRONG].bit_length()}


def test_what_is_seen_at_last_is_told_although_it_did_not_show_again_before() -> None:
    """What comes and goes for a while does not hide a fault of the same kind that stays."""
    player = Imagined(lambda _: len(player.held) > 20 or len(player.held) % 2 == 1)
    done = explored(player)
    assert done.seen_once[WRONG] > 1
    assert [each.kind for each in done.discoveries] == [WRONG]


def test_what_our_own_checks_say_is_sought_before_what_every_answer_has_to_be() -> None:
    """Where both show at once, the conversation is shrunk for the check that knows conversations."""
    player = Imagined(leaves_and_comes_back)
    player.shows = (RULES, WRONG)
    assert [each.kind for each in explored(player).discoveries] == [WRONG, RULES]


def test_nobody_of_a_conversation_is_there_when_the_next_begins() -> None:
    """Whom it made it removes, and sees gone; whoever stays all the same is removed before the next one."""
    cleaned: list[int] = []

    class Counting(Imagined):
        def clean_up(self, _: float | None = None) -> str:
            cleaned.append(len(self.held))
            return super().clean_up()

    player = Counting(lambda _: False, most=25)
    explored(player)
    assert cleaned == [*range(2, len(player.held))]
    assert any(map(read_line, player.held))
    assert not any(removals(read_line(each), OKTA) for each in player.held)


def test_it_ends_where_enough_people_were_made() -> None:
    """No conversation begins that could make more than there may be; that is no fault of the target's."""
    player = Imagined(lambda _: False)
    done = explored(player, people=100)
    assert (len(player.held), player.people) == (5, 100)
    assert done.ended_early.startswith("100 people were created")
    assert not done.is_given_up


def test_what_is_found_where_no_more_may_be_made_is_told_as_it_was_met() -> None:
    """Shrinking makes nobody beyond the number, and what was found is not lost by it; it has still to show a second time."""
    player = Imagined(leaves_and_comes_back)
    done = explored(player, people=42)
    assert len(player.held) == 2
    assert [line(each.conversation) for each in done.discoveries] == player.held[1:]
    assert not any(each.is_proven for each in done.discoveries)


def test_it_ends_where_the_target_lets_nothing_through() -> None:
    """While it shrinks as well; nothing more is held, and the target is what ended it."""

    class Throttled(Imagined):
        def hold(self, conversation: Conversation, _: Seeks | None = None, __: float | None = None) -> Held:
            if len(self.held) == 3:
                self.is_away, self.why_no_more = True, "it throttles"
            return super().hold(conversation)

    player = Throttled(leaves_and_comes_back)
    done = explored(player)
    assert len(player.held) == 4
    assert (done.ended_early, done.is_given_up, done.is_left_alone) == ("it throttles", True, True)


def test_it_ends_where_something_is_enough() -> None:
    """With what is asked for found, nothing more is held."""
    player = Imagined(leaves_and_comes_back)
    done = explored(player, enough=True)
    assert done.discoveries
    assert done.ended_early == "something was found (-x)"
    assert not player.is_stopped


def test_it_ends_where_nobody_can_be_removed() -> None:
    """After the first conversation with writes the target has to have removed its people."""
    player = Imagined(lambda _: False)
    player.left = "somebody: answered 405"
    done = explored(player)
    assert "is not removed: somebody" in done.ended_early
    assert done.is_left_alone
    assert len(player.held) == 2


def test_nothing_is_shrunk_where_nobody_can_be_removed() -> None:
    """What was found stays, and nothing is held any more."""
    player = Imagined(leaves_and_comes_back)
    player.left = "somebody: answered 405"
    done = explored(player)
    assert len(player.held) == 2
    assert [each.kind for each in done.discoveries] == [WRONG]


def test_what_breaks_ends_it_in_order() -> None:
    """A fault of ours is told as one, and what was found before it stays."""

    class Broken(Imagined):
        def hold(self, conversation: Conversation, _: Seeks | None = None, __: float | None = None) -> Held:
            if len(self.held) == 60:
                raise KeyError("ours")
            return super().hold(conversation)

    done = explored(Broken(leaves_and_comes_back))
    assert [each.kind for each in done.discoveries] == [WRONG]
    assert (done.ended_early, done.broken) == (BROKE, ("the search failed: KeyError: 'ours'",))


def test_what_is_being_shortened_is_told_as_it_was_met() -> None:
    """Until it is as short as can be, so that a kill meanwhile loses nothing."""
    heard: list[tuple[Conversation, ...]] = []
    done = explored(
        Imagined(leaves_and_comes_back),
        told=lambda each: heard.append(tuple(one.conversation for one in each.being_shortened)),
    )
    ((whole,),) = {each for each in heard if each}
    assert len(whole) > done.discoveries[0].requests
    assert done.being_shortened == ()


def test_what_the_player_raises_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the ledger cannot be written nothing more is held; and nothing is left in the folder of the command."""
    monkeypatch.chdir(tmp_path)

    class Full(Imagined):
        def clean_up(self, _: float | None = None) -> str:
            if len(self.held) > 5:
                raise WriteError(tmp_path, "full", "The disk is full.")
            return super().clean_up()

    player = Full(lambda _: False)
    with pytest.raises(WriteError):
        explored(player)
    assert len(player.held) == 6
    assert list(tmp_path.iterdir()) == []
