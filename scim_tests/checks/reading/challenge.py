"""What WWW-Authenticate says (RFC 9110 11.6.1): challenges, each a scheme with parameters or with one token alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
LONGEST = 4096  # characters that are read
BETWEEN = re.compile(r"[\s,]*")
PARAMETER = re.compile(rf'({WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=][^\s,"]*))', re.DOTALL)
SCHEME = re.compile(rf"({WORD})(?=\s|,|$)")
TOKEN_68 = re.compile(r"\s+([A-Za-z0-9._~+/-]+=*)\s*(?=,|$)")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Challenge:
    """One way to authenticate. `parameters` are pairs of a name in small letters and its value, in their order."""

    scheme: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    token: str = ""  # in place of parameters, as Negotiate has one

    def values(self, name: str) -> list[str]:
        """Those of all parameters of that name."""
        return [value for each, value in self.parameters if each == name]


def challenges(header: str) -> list[Challenge]:
    """The challenges of all such headers, joined with commas. What cannot be read is passed over."""
    found: list[Challenge] = []
    for part in _parts(header[:LONGEST]):
        if isinstance(part, Challenge):
            found.append(part)
        elif found:
            found[-1].parameters.append(part)
    return found


def _parts(header: str) -> Iterator[Challenge | tuple[str, str]]:
    """Schemes and parameters as they come: a comma may part either."""
    position = _after(BETWEEN, header, 0)
    while position < len(header):
        if parameter := PARAMETER.match(header, position):
            name, quoted, plain = parameter.groups()
            yield name.lower(), plain if quoted is None else ESCAPED.sub(r"\1", quoted)
            position = parameter.end()
        elif scheme := SCHEME.match(header, position):
            alone = TOKEN_68.match(header, scheme.end())
            yield Challenge(scheme[1], token=alone[1] if alone else "")
            position = alone.end() if alone else scheme.end()
        else:
            position += 1
        position = _after(BETWEEN, header, position)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
