"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""

ALONE: tuple[str, ...] = (
    'URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:COSTCENTER ew "%; #1/2?"',
    'emails.type ew "HOME"',
    'emails[VALUE ne <6 emails.0.value> or TYPE EW "er"]',
    'emails[not (type ew "other")]',
    "name.familyName eq <2 name.familyName lower>",
    'nickName eq "zOE"',
    "not (displayName lt <2 displayName swapcase>)",
    "not (id eq <3 id upper> or externalId eq <2 externalId> and ID co <1 id lower>)",
    "not (not (NAME.FAMILYNAME ge <4 name.familyName lower :-1>) or name.givenName co <6 name.givenName 1:>)",
    "not (not (externalId co <5 externalId 5:-9>))",
    "not (not (name.familyName co <6 name.familyName upper :-1>) and name.givenName ne <1 name.givenName upper :-1>)",
    'not (phoneNumbers[not (value gt "+1-201-555-0190")])',
    "not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value ew <1 id upper>)",
    'not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization EQ "NULL" or name.familyName LE <3 name.familyName>)',
    'phoneNumbers.value eq "+1-201-555-0190"',
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr",
    "userName co <5 userName upper 3:-3>",
    "userName eq <4 userName :-1>",
    "userName ew <3 userName :-1>",
    "userName ge <1 userName>",
)  # fmt: skip

WITHIN: tuple[str, ...] = (
    '$ours and ((not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department lt "writing")) or nickName eq "A")',
    '$ours and (EMAILS.TYPE ew "ORK" and emails.value co <3 emails.0.value lower 5:-9>)',
    '$ours and (emails[VALUE eq <4 emails.0.value> and not (type co "&")])',
    '$ours and (not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization co "L"))',
    "$ours and emails.value eq <5 emails.0.value upper :-1>",
    "$ours and not (emails[not (value lt <6 emails.0.value swapcase>)])",
    '$ours and userType co "plo"',
    '(ACTIVE pr) or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization ew "ull"',
    '(not ((title ew "MMA") or displayName lt <3 displayName upper>)) and $ours',
    '(phoneNumbers.type eq "pager") or emails.value sw <5 emails.1.value lower :-1>',
    '(preferredLanguage GE "en-GB" or name.familyName eq <1 name.familyName swapcase :-1>) and $ours',
    '(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "%" or emails[value ew <5 emails.1.value :-1>] or phoneNumbers.type pr) and $ours',
    'PREFERREDLANGUAGE sw "en-GB" and not (active ne true)',
    "emails[primary eq false and value ne <2 emails.1.value upper>] and $ours",
    'emails[type le "HOME" or primary eq false] or displayName lt <3 displayName swapcase>',
    "id ne <2 id swapcase> and name.givenName pr and name.givenName ew <2 name.givenName upper 4:>",
    'name.familyName sw <2 name.familyName 2:> or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department EQ "writing"',
    "not (id sw <5 id swapcase>) and $ours",
    'not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "102") and $ours',
    "userName gt <5 userName swapcase> and $ours",
)  # fmt: skip
