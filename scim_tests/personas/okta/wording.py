"""The words that acts write besides people's names: in one place, since everything else in a request came from the target.

`scim_tests.record.masking.mask` leaves them as they are, and hides what is neither here nor in the cast.
"""

from enum import StrEnum


class Wording(StrEnum):
    """Each by what it is for."""

    AFTER_THE_WEDDING = "Newly"
    NEW_ADDRESS = "newly"
    PATCHED_ADDRESS = "patched"
    OTHER_ADDRESS = "x@example.com"
    TITLE = "Proofreader"
    HALF_DONE = "Half done"
    IN_LETTERS = "Prüferin für Übersetzungen"
    GIVEN_NAME = "Dorothy"
    ANYTHING = "x"
    ASKED = "Asked"
    RENAMED = "renamed"
    LINKED = "once more"
    NOBODY = "nobody"
    MARKS = "'\"\\s"  # what ends a string in one language or another
    BROKEN = "a"
    NO_SUCH_TYPE = "no-such-type"
    CREW = "crew"
    ABOVE = "above"
    RING = "ring"
    LOOP = "loop"
    TWIN = "twin"
    ONCE_MORE = "again"
    ANN = "ann"  # what a bulk request calls its people
    BOB = "anna"  # which begins like the other
    CID = "cid"
    DORA = "dora"
    BULK_ID = "bulkId:"
    OTHER_VERSION = 'W/"mine"'
    MARKED = "Proofmark"
    NOT_YOURS = "Somebody's boss"
    REFERRED = "referred"
