"""What recorders, and people who share a recording, put in the place of what they take out."""

import re

from scim_tests.record.masking.pseudonyms import is_standin

_WORDS = r"redacted|removed|masked|hidden|filtered|scrubbed|saniti[sz]ed|omitted|stripped|obfuscated|censored|anonymi[sz]ed"
# Where a value may be anything, so that a word alone has to shout.
_BLACKED_OUT = re.compile(
    rf"[\[<({{*_-]+ ?(?i:{_WORDS})[^\[\]<>]{{0,40}}[\]>)}}*_-]+|(?:{_WORDS.upper()})|\*{{3,}}|•{{3,}}"
)
# Where only a token can stand: a word, a variable, something in brackets, one character again and again.
_NO_TOKEN = re.compile(
    rf"(?i:(?:{_WORDS}|secret|token|placeholder|your\W?\w*)(?:\W(?:token|value|secret))?)"
    r"|[\[<({]+[A-Za-z][A-Za-z _.:-]{0,60}[\]>)}]+|\$\{\w+\}|\$[A-Z_]+|%\w+%|(.)\1{2,}"
)
_CUT = re.compile(r"\*{3}|\.{3}|…|•{2}|(?i:redacted|masked)")
_MEMBER = re.compile(r'"([^"\\]{1,100})"\s*:\s*\[?\s*"([^"\\]{3,60})"')


def is_blacked_out(value: str) -> bool:
    """Whether a value stands for one that was taken out: `[REDACTED]`, `***`."""
    return bool(_BLACKED_OUT.fullmatch(value))


def is_no_token(token: str) -> bool:
    """Whether what stands where a token is due tells nothing of it: `***`, `<token>`, `{{token}}`."""
    return bool(_NO_TOKEN.fullmatch(token)) or is_blacked_out(token)


def is_cut(token: str) -> bool:
    """Whether it is no token, or only a part of one: `eyJ…`. A pseudonym of ours tells one token from another."""
    return not is_standin(token) and (is_no_token(token) or bool(_CUT.search(token)))


def members_blacked_out(text: str) -> list[str]:
    """The names of the members of a JSON text whose values were taken out."""
    return [name for name, value in _MEMBER.findall(text) if is_blacked_out(value)]
