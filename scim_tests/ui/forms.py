"""What was typed into a form, and what is wrong with it, each at its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import category

from starlette.requests import Request

from scim_tests.errors import ScimTestsError
from scim_tests.ui.door import fields

# Blanks, and what comes along unseen where a text is copied: a byte order mark, a zero-width space, marks of direction.
AROUND = "".join(each for each in map(chr, range(0x10000)) if each.isspace() or category(each) == "Cf")


@dataclass
class Form:
    """The fields of a form by name, as they were typed; `wrong` has a sentence for those that cannot be taken."""

    said: Mapping[str, list[str]]
    wrong: dict[str, str] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """What was typed there, without the blanks and what cannot be seen around it; empty where nothing was."""
        return self.all(name)[0].strip(AROUND) if self.all(name) else ""

    def all(self, name: str) -> list[str]:
        """What was ticked under that name."""
        return list(self.said.get(name, ()))

    def refuse(self, name: str, error: ScimTestsError) -> None:
        """Say at that field what is wrong, and what to do."""
        self.wrong[name] = f"{error.message} {error.hint}".strip()


async def read(request: Request) -> Form:
    """The form that was sent. UsageError as `fields` raises it."""
    return Form(await fields(request))
