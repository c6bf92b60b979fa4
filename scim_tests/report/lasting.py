"""Words that are the same in every run with the same fault, so that a pipeline knows a failure again."""

import re

from scim_tests.model.record import RunRecord

LEFT_OUT = "…"
IN_A_PATH = re.compile(r"/(?:Users|Groups)/([^/?]+)")
WORD = re.compile(r"[\w-]{6,}")  # a shorter id may be any number
ANEW = (
    r"(?:(?<=\d users: )|(?<=\d groups: )|(?<=\d resources: ))[\w-]+(?:, [\w-]+)*",  # ids, in any order
    r"""(?:(?<=Users/)|(?<=Groups/)|(?<=[Uu]ser )|(?<=[Gg]roup ))(?=[\w-]*\d)[^\s"'/“”(){}?,;.]+""",  # one, maybe cut short
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r'(?<=W/")[^"]*(?=")',
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?",
)


class Lasting:
    """Takes out of a text what a run makes anew: its own name, ids, versions, moments, the bundled server's address."""

    def __init__(self, record: RunRecord) -> None:
        self.ids = {each for exchange in record.exchanges for each in IN_A_PATH.findall(exchange.path)}
        server = [re.escape(record.target.base_url)] if record.target.bundled else []
        self.anew = re.compile("|".join([*server, *ANEW, f"(?i:{re.escape(record.run.name)})"]))

    def __call__(self, text: str) -> str:
        """The text with `…` in the place of each."""
        known = WORD.sub(lambda found: LEFT_OUT if found[0] in self.ids else found[0], text)
        return self.anew.sub(LEFT_OUT, known)
