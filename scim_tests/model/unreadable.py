"""Bodies that readers take in several ways or in none, sent to see that they are refused.

They are fixed, so that the write guard knows each: none has an id, a name, a member or a word of anybody's.
"""

from scim_tests.model.scim import PATCH_OP

ONE, OTHER = "x", "a"  # what some give as title: a reader stops at the one, or goes on to the other
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def _titled(value: str) -> bytes:
    """A PATCH that gives a title, whose members stand as they are."""
    operation = f'{{"op":"add","path":"title",{value}}}'
    return f'{{"schemas":["{PATCH_OP}"],"Operations":[{operation}]}}'.encode()


NO_JSON = ONE.encode()
CUT = b'{"title":"x"'
ARRAY = b'["x"]'
TEXT = b'"x"'
NULL = b"null"
TWO_DOCUMENTS = _titled(f'"value":"{ONE}"') + _titled(f'"value":"{OTHER}"')
NAME_TWICE = _titled(f'"value":"{ONE}","value":"{OTHER}"')
MARKED = BYTE_ORDER_MARK + _titled(f'"value":"{ONE}"')  # RFC 8259 8.1: a reader may ignore the mark, or not
NO_UTF_8 = _titled(f'"value":"{ONE}"').replace(b'"x"', b'"x\xff"')
LEVELS = 200  # of arrays in one another; SCIM has five
DEEP = _titled(f'"value":{"[" * LEVELS}"{ONE}"{"]" * LEVELS}')

UNREADABLE = frozenset({NO_JSON, CUT, ARRAY, TEXT, NULL, TWO_DOCUMENTS, NAME_TWICE, MARKED, NO_UTF_8, DEEP})
