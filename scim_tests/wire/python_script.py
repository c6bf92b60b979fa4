"""A reproduction as one Python file: its requests on top, and below them what sends and compares."""

import inspect
from collections.abc import Iterable
from pprint import pformat

from scim_tests.model.profile import Dialect
from scim_tests.wire import likeness, script_runner
from scim_tests.wire.embedding import embedded
from scim_tests.wire.parts import Text, Variable
from scim_tests.wire.question import question
from scim_tests.wire.reproduction import Line, Made, Plot

LEFT_OUT = frozenset({"host", "content-length"})  # the script has its own

PYTHON = """\
#!/usr/bin/env python3
{heading}
{imports}

BASE_URL = {base_url}


{variable}

{variables}

# Each request: its name, method, path, headers and body, what its answer's id is called, whom to prove before.
STEPS = [
{steps}
]
# What is made: its id, where it lives, what finds it by name, by which step, and whether another step removes it.
MADE = [
{made}
]
CREDENTIALS = {credentials}
# What is asked of the answers, and what they were like in the run.
QUESTION = {question}


{program}


if __name__ == "__main__":
    sys.exit(main(BASE_URL, STEPS, MADE, CREDENTIALS, QUESTION, {patches}))
"""


def python_script(plot: Plot, heading: Iterable[str], credentials: list[tuple[str, Text]]) -> str:
    imports, program = embedded(likeness, script_runner)
    variable = inspect.getsource(script_runner.Variable).strip()
    headers = [_headers(line) for line in plot.lines]
    texts = [
        text
        for line in plot.lines
        for text in (line.call.url, line.call.body, *(value for _, value in line.call.headers))
    ]
    lookups = [each.lookup for each in plot.made]
    used = {
        part
        for text in [*texts, *lookups, *(value for _, value in credentials)]
        for part in text
        if isinstance(part, Variable)
    }
    return PYTHON.format(
        heading="\n".join(f"# {text}" for text in heading),
        imports=imports,
        base_url=ascii(plot.base_url),
        variable=variable,
        variables="\n".join(
            f"{_name(each)} = Variable({each.name!r})" for each in sorted(used, key=lambda each: each.name)
        ),
        steps="\n".join(f"    {_step(line, sent)}," for line, sent in zip(plot.lines, headers, strict=True)),
        made="\n".join(f"    {_made(each)}," for each in reversed(plot.made)),
        credentials=_pairs(credentials),
        question=pformat(question(plot), width=110, sort_dicts=False),
        program=program.replace(f"{variable}\n\n\n", ""),
        patches=Dialect(plot.dialect) is Dialect.OIN,
    )


def _headers(line: Line) -> list[tuple[str, Text]]:
    return [(name, value) for name, value in line.call.headers if name.lower() not in LEFT_OUT]


def _step(line: Line, headers: list[tuple[str, Text]]) -> str:
    call = line.call
    learns = line.learns.name if line.learns else ""
    proven = [(kind, each.name) for kind, each in line.proven]
    return (
        f"({line.exchange.step!a}, {call.method!a}, {_text(call.url)}, {_pairs(headers)},\n"
        f"     {_text(call.body)}, {learns!r}, {proven!r})"
    )


def _made(made: Made) -> str:
    return f"({made.variable.name!r}, {made.kind!r}, {_text(made.lookup)}, {made.number}, {made.is_removed})"


def _pairs(headers: list[tuple[str, Text]]) -> str:
    return f"[{', '.join(f'({name!a}, {_text(value)})' for name, value in headers)}]"


def _text(text: Text) -> str:
    """As a list of words and the names of variables."""
    return f"[{', '.join(_name(part) if isinstance(part, Variable) else _word(part) for part in text)}]"


def _name(variable: Variable) -> str:
    return variable.name.removeprefix("SCIM_TESTS_")


def _word(word: str) -> str:
    return repr(word) if word.isprintable() else ascii(word)
