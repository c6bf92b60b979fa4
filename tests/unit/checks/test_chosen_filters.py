"""The filters that `filter_users` asks tell wrong readers from a right one."""

from choosing import GENERAL, asked, people_of, told
from playing import specified_play


def test_every_wrong_reader_is_told() -> None:
    """Whoever reads all attributes alike in a wrong way finds others than a right reader by one of them at least."""
    transcript = specified_play().conductor.transcript
    people = people_of(transcript)
    found = frozenset[str]().union(*(told(each, people, GENERAL) for _, each in asked(transcript)))
    assert GENERAL - found == set()
