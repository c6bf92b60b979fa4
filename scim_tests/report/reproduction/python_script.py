"""A reproduction as one Python file: its requests on top, and below them what sends and compares."""

from collections.abc import Iterable
from pprint import pformat

from scim_tests.model.profile import Dialect
from scim_tests.report.reproduction.embedding import embedded
from scim_tests.report.reproduction.question import question
from scim_tests.report.reproduction.reproduction import Line, Made, Reproduction
from scim_tests.report.reproduction.scripted import answers, conversation, likeness, places, runner, verdicts
from scim_tests.wire.parts import Text, Variable

LEFT_OUT = frozenset({"host", "content-length"})  # the script has its own

PYTHON = """\
#!/usr/bin/env python3
{heading}
{imports}

BASE_URL = {base_url}


{words}


{variables}

CONVERSATION = Conversation(
    steps=[
{steps}
    ],
    made=[
{made}
    ],
    credentials={credentials},
    question={question},
    patches={patches},
    leaves_users={leaves_users},
)


{program}


if __name__ == "__main__":
    sys.exit(main(BASE_URL, CONVERSATION))
"""


def python_script(
    reproduction: Reproduction, heading: Iterable[str], credentials: list[tuple[str, Text]]
) -> str:
    """The whole script, for Python 3.8; `heading` is its comment, `credentials` are headers with variables in them."""
    imports, words, *programs = embedded(conversation, answers, likeness, places, verdicts, runner)
    return PYTHON.format(
        heading="\n".join(f"# {text}" for text in heading),
        imports=imports,
        base_url=_word(reproduction.base_url),
        words=words,
        variables="\n".join(
            f"{_name(each)} = Variable({each.name!r})" for each in _variables(reproduction, credentials)
        ),
        steps="\n".join(f"        {_step(line)}," for line in reproduction.lines),
        made="\n".join(f"        {_made(each)}," for each in reversed(reproduction.made)),
        credentials=_pairs(credentials),
        question=pformat(question(reproduction), width=100, sort_dicts=False).replace("\n", "\n    "),
        patches=Dialect(reproduction.dialect) is Dialect.OIN,
        leaves_users=reproduction.leaves_users,
        program="\n\n\n".join(programs),
    )


def _variables(reproduction: Reproduction, credentials: list[tuple[str, Text]]) -> list[Variable]:
    calls = [line.call for line in reproduction.lines]
    headers = [value for call in calls for _, value in call.headers] + [value for _, value in credentials]
    texts = [
        *headers,
        *(call.url for call in calls),
        *(call.body for call in calls),
        *(each.lookup for each in reproduction.made),
    ]
    used = {part for text in texts for part in text if isinstance(part, Variable)}
    return sorted(used, key=lambda each: each.name)


def _step(line: Line) -> str:
    call = line.call
    headers = [(name, value) for name, value in call.headers if name.lower() not in LEFT_OUT]
    learns = line.learns.name if line.learns else ""
    proven = [(kind, each.name) for kind, each in line.proven]
    what = f"{_word(line.exchange.step)}, {_word(call.method)}, {_text(call.url)},"
    more = f", shown={[(kind, each.name) for kind, each in line.shown]!r}" if line.shown else ""
    more += f", tag={line.tag.name!r}" if line.tag else ""
    return f"Step({what}\n             {_pairs(headers)},\n             {_text(call.body)}, {learns!r}, {proven!r}{more})"


def _made(made: Made) -> str:
    return (
        f"Made({made.variable.name!r}, {made.kind!r}, {_text(made.lookup)}, {made.number}, {made.is_removed})"
    )


def _pairs(headers: list[tuple[str, Text]]) -> str:
    return f"[{', '.join(f'({name!a}, {_text(value)})' for name, value in headers)}]"


def _text(text: Text) -> str:
    """As a list of words and the names of variables."""
    return f"[{', '.join(_name(part) if isinstance(part, Variable) else _word(part) for part in text)}]"


def _name(variable: Variable) -> str:
    return variable.name.removeprefix("SCIM_TESTS_")


def _word(word: str) -> str:
    return repr(word) if word.isprintable() else ascii(word)
