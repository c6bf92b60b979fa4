"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""

ALONE: tuple[str, ...] = (
    'URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:COSTCENTER eq "R&D + 100%; #1/2?"',
    'emails.type lt "other"',
    "emails.value eq <5 emails.0.value upper :-1>",
    "emails[not (primary eq true) and value ge <3 emails.0.value upper>]",
    "emails[not (primary pr)]",
    'emails[value eq <3 emails.1.value lower :-1> or type le "HOME"]',
    "externalId NE <4 externalId swapcase>",
    "externalId co <4 externalId 3:-3>",
    "name.familyName gt <1 name.familyName lower>",
    "name.givenName ew <3 name.givenName 4:>",
    'preferredLanguage co "N-g"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department co "NG"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department lt "reading"',
)  # fmt: skip

WITHIN: tuple[str, ...] = (
    '$ours and (nickName eq "Two  blanks" or displayName eq <3 displayName upper :-1>)',
    '$ours and (not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter eq "r&d + 100%; #1/2?"))',
    "$ours and emails[primary eq false] and name.givenName co <3 name.givenName swapcase :-1>",
    '(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division eq "") and $ours',
    "EXTERNALID eq <3 externalId> or not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value sw <1 id swapcase>)",
    'not ((displayName lt <6 displayName>) and not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber le "00102"))',
    "not ((not (userName lt <3 userName upper>)) or not (emails[not (primary eq true)]))",
    'not (active ne true and USERTYPE gt "h")',
    "not (externalId co <5 externalId :-1>) and externalId eq <6 externalId swapcase>",
    'not (nickName sw "t" or emails.value co <3 emails.0.value lower 5:-9>)',
    "not (not (externalId sw <4 externalId 2:>))",
    'not (phoneNumbers[not (type ge "a") and value lt "+1-201-555-0190"]) and not (ACTIVE pr)',
    'phoneNumbers.value eq "+1-201-555-0190" and phoneNumbers[value eq "b" or type ge "b"]',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division gt "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645" or emails[not (type ew "HER") and primary eq false]',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber ew "01" and $ours',
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber pr or userName ge <4 userName upper>",
    "userName pr and emails[primary eq false and primary eq true]",
)  # fmt: skip
