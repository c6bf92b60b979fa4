"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""

ALONE: tuple[str, ...] = (
    "EMAILS.VALUE gt <4 emails.0.value lower>",
    "NAME.FAMILYNAME ew <2 name.familyName 1:>",
    'URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:COSTCENTER ew "%; #1/2?"',
    "URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:EMPLOYEENUMBER pr",
    "displayName ew <3 displayName lower :-1>",
    "displayName le <1 displayName lower>",
    "emails.value eq <5 emails.0.value upper :-1>",
    'emails[not (primary eq true) and type le "true"]',
    'emails[not (type sw "W")]',
    "emails[primary eq false or value ge <5 emails.0.value swapcase>]",
    'emails[type co "er" or type ne "*"]',
    "emails[value ge <4 emails.0.value> and value co <2 emails.0.value 3:-3>]",
    "externalId co <4 externalId 3:-3>",
    "name.familyName le <3 name.familyName upper>",
    'nickName co ")"',
    'nickName eq "TWO  BLANKS"',
    'phoneNumbers.value eq "+1-201-555-0190"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter sw "R&D + 100%; #1/2"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department lt "reading"',
    'userType ge "iNTERN"',
)  # fmt: skip

WITHIN: tuple[str, ...] = (
    "$ours and (active pr)",
    '$ours and (not (externalId pr) or phoneNumbers.value co "&D")',
    '$ours and (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department CO "i" or id ew <1 id> or name.givenName co <1 name.givenName lower 3:-3>)',
    '$ours and emails.type sw "WO" and emails.value sw <1 emails.1.value :-1>',
    "$ours and userName ew <6 userName :-1>",
    '(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter sw "r&d + 100%; #1/") and $ours',
    '(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division eq "") and $ours',
    "(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq <1 id swapcase>) and $ours",
    'emails[primary eq true and type ge "work"] or name.familyName eq <5 name.familyName upper>',
    'emails[type co "er" or primary eq false] or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department ge "f"',
    "not (emails.value le <3 emails.0.value upper>) or name.givenName lt <6 name.givenName upper>",
    'not (emails[not (TYPE ew "rk")]) and $ours',
    'not (nickName sw "t" or emails.value co <3 emails.0.value lower 5:-9>)',
    'not (not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization sw "NO"))',
    'not (preferredLanguage ew "#1")',
    "userName gt <6 userName upper> and $ours",
)  # fmt: skip
