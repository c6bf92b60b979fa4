"""The command that does what a page does; the key is in no command."""

import shlex

from scim_tests.options import RUN_OPTIONS, RunOptions
from scim_tests.session.access import TOKEN_VARIABLE

KEY = f"export {TOKEN_VARIABLE}=…   # the API key"
SAID_ON_THE_PAGE = {"yes"}  # the command asks itself


def command(options: RunOptions) -> str:
    """`scim-tests run` with these options, as a shell reads it."""
    words = ["scim-tests", "run"]
    for option in RUN_OPTIONS:
        said = getattr(options, option.name)
        if option.name in SAID_ON_THE_PAGE or said in (None, False, ()):
            continue
        for each in said if option.several else [said]:
            words += [option.flag] if option.kind is bool else [option.flag, shlex.quote(str(each))]
    return " ".join(words)
