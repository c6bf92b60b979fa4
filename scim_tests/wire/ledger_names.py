"""The names in a ledger: how the run spelt each first, and by what one of its own is known again."""

from sys import intern

from scim_tests.model.names import mark
from scim_tests.wire.ledger_keys import GROUPS, name_key


class Names:
    """Names by what they are compared by (`name_key`); each is kept once, however often it is told."""

    def __init__(self) -> None:
        self.spelt: dict[str, str] = {}
        self.ours: set[str] = set()
        self.marks: set[str] = set()

    def spell(self, user_name: str) -> str:
        """Keep how it is spelt; gives what it is compared by."""
        key = intern(name_key(user_name))
        self.spelt.setdefault(key, intern(user_name))
        return key

    def know(self, user_name: str) -> str:
        """The same of a name that the run gives, or is about to."""
        key = self.spell(user_name)
        self.ours.add(key)
        self.marks |= {mark(user_name.removeprefix(f"{GROUPS}/"))} - {""}
        return key

    def is_written_otherwise(self, key: str) -> bool:
        """Whether it is none of ours and bears the mark of one, as some targets write them."""
        return key not in self.ours and any(each in key for each in self.marks)

    def is_somebody_else(self, key: str) -> bool:
        """Whether it is the name of nobody whom the run made."""
        return key not in self.ours and not self.is_written_otherwise(key)
