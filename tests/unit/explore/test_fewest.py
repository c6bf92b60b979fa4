"""The fewest moves with which a finding shows."""

from scim_tests.explore.fewest import fewest
from scim_tests.explore.values import Attribute
from scim_tests.model.conversation import Conversation, line, read_line

TITLES = (Attribute("title", ("A", "B", "C")),)


def shortened(text: str, *needed: str) -> tuple[str, int]:
    """What is left of a conversation that shows something as long as it has these tokens in this order, and how often it was asked."""
    asked = 0

    def shows(conversation: Conversation) -> Conversation | None:
        nonlocal asked
        asked += 1
        left = iter(map(str, conversation))
        return conversation if all(any(one == each for one in left) for each in needed) else None

    return line(fewest(read_line(text), shows, TITLES)), asked


def test_only_what_shows_it_stays() -> None:
    """Of a long conversation the moves that are needed stay, in their order."""
    filler = 'create:0 read:0 lookup:=1 set:0:title="A" list rename:0:=1 ' * 15
    found, asked = shortened(
        f"{filler} deactivate:0 {filler} activate:0 read:0", "deactivate:0", "activate:0", "read:0"
    )
    assert found == "deactivate:0 activate:0 read:0"
    assert asked < 60


def test_places_begin_with_0_and_their_names_go_with_them() -> None:
    """Who is at place 1 alone is at 0 in the end, the name that is their own is 0, too."""

    def shows(conversation: Conversation) -> Conversation | None:
        names = [each.value for each in conversation if each.kind in {"rename", "lookup"}]
        return conversation if len(conversation) == 4 and None not in names else None

    assert (
        line(fewest(read_line("create:1 read:1 rename:1:=0 lookup:=1"), shows))
        == "create:0 read:0 rename:0:=1 lookup:=0"
    )


def test_what_is_said_is_the_plainest() -> None:
    """A value is the first of its attribute, and of members none is named, where that shows it, too."""

    def shows(conversation: Conversation) -> Conversation | None:
        return conversation if [each.kind for each in conversation] == ["set", "add-members"] else None

    assert (
        line(fewest(read_line('set:0:title="C" add-members:0+0.1'), shows, TITLES))
        == 'set:0:title="A" add-members:0'
    )


def test_moves_that_led_to_no_request_are_gone() -> None:
    """What is passed over when it is held does not stand in what is told."""

    def shows(conversation: Conversation) -> Conversation | None:
        sent = tuple(each for each in conversation if each.kind != "page")
        return sent if len(sent) > 1 else None

    assert "page" not in line(fewest(read_line("create:0 page:=1 read:0 page:=2 read:0"), shows))


def test_no_single_move_can_go_in_the_end() -> None:
    """What has to stay for a member to be there goes once the member is not named any more."""

    def shows(conversation: Conversation) -> Conversation | None:
        said = [str(each) for each in conversation]
        is_there = "create:1" in said or not any(each.members for each in conversation)
        return (
            conversation
            if said[-1:] == ["list"] and "create-group" in line(conversation) and is_there
            else None
        )

    assert (
        line(fewest(read_line("create:0 create:1 read:1 create-group:0+1 list"), shows))
        == "create-group:0 list"
    )


def test_a_place_or_a_door_goes_at_once() -> None:
    """People who have nothing to do with it cost few tries, however often they are written to; so do looks of one kind."""
    others = (
        'create:1 read:1 list set:1:title="B" create-group:0+1 page:=1 rename:1:=2 read-group:0 deactivate:1 list '
        * 9
    )
    found, asked = shortened(f"create:0 list {others} activate:0 list", "create:0", "activate:0", "list")
    assert found == "create:0 activate:0 list"
    assert asked < 15


def test_names_are_counted_in_the_order_in_which_they_come() -> None:
    """Whoever is given the fourth name is given the second, if nobody has that."""
    found, _ = shortened("create:0 rename:0:=3 lookup:=3", "create:0", "rename:0:=3", "lookup:=3")
    assert found == "create:0 rename:0:=3 lookup:=3"

    def shows(conversation: Conversation) -> Conversation | None:
        values = [each.value for each in conversation]
        return conversation if len(values) == 3 and values[1] == values[2] not in {None, 0} else None

    assert (
        line(fewest(read_line("create:0 rename:0:=3 lookup:=3"), shows)) == "create:0 rename:0:=1 lookup:=1"
    )
