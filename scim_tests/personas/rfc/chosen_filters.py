"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""

ALONE: tuple[str, ...] = (
    'ACTIVE ne false',
    'active pr',
    'emails.type eq "HOME"',
    'emails.value eq <4 emails.0.value lower :-1>',
    'emails[type sw "*" or VALUE ew <5 emails.0.value 4:>]',
    'id co <3 id lower 5:-9>',
    'not ((emails.value le <2 emails.1.value swapcase>) or not (emails[type lt "work" and not (primary eq true)]))',
    'not (emails ew <3 emails.1.value -6:> and not (emails[not (primary eq true) and primary eq false]))',
    'not (name.familyName ge <3 name.familyName lower>)',
    'not (not (displayName co <2 displayName upper 3:-3>) or META.RESOURCETYPE ew "USER")',
    'not (not (emails.value lt <5 emails.1.value>))',
    'not (preferredLanguage ew "#1")',
    'not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter sw "r&d + 100%; #1/2?")',
    'not (userType sw "E")',
    'phoneNumbers[not (type eq "pager")]',
    'phoneNumbers[value co "0 "]',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department co "A"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber gt "00102"',
    'userName ge <1 userName>',
)  # fmt: skip

WITHIN: tuple[str, ...] = (
    '$ours and ((emails.value ew <5 emails.0.value upper 1:>) or phoneNumbers[not (value ne "+1-201-555-0190")] or not (URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:ORGANIZATION ge "c"))',
    '$ours and (id ne <2 id swapcase> and name.givenName pr and name.givenName ew <2 name.givenName upper 4:>)',
    '$ours and (name.familyName eq <2 name.familyName swapcase> or name.givenName eq <3 name.givenName upper :-1>)',
    '$ours and (name.familyName sw <2 name.familyName 2:> or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department EQ "writing")',
    '$ours and (not (nickName eq "Two  blanks" or not (emails.type sw "o")))',
    '$ours and not (not (emails.type co "HE"))',
    '$ours and phoneNumbers[not (type co "r&d")]',
    '$ours and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value sw <1 id upper :6>',
    '(USERNAME co <6 userName swapcase 3:-3> or URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:DEPARTMENT ew "A") and $ours',
    '(not ((NAME.GIVENNAME ne <5 name.givenName upper :-1>) and not (phoneNumbers.type gt "pager"))) and $ours',
    '(not (NAME.FAMILYNAME GT <2 name.familyName>)) and $ours',
    'USERNAME lt <3 userName swapcase> or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division gt "نمی\u200cخواهم"',
    'externalId EQ <6 externalId upper> or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department ew "RITING"',
    'id ew <3 id 4:> or nickName ge "Zoë"',
    'id sw <4 id :-1> or not (emails[primary eq false or value ew <1 emails.0.value lower -6:>])',
    'not (emails[not (primary pr)]) and name.familyName co <1 name.familyName 1:>',
    'not (phoneNumbers.value eq "") and $ours',
    'preferredLanguage ew "EN-gb" or displayName ew <2 displayName upper 1:>',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter ew "100%; #1/2?" or emails[value ne <1 emails.1.value lower> and not (type ge "w")]',
    'userName pr and name.familyName co <6 name.familyName lower 3:-3>',
)  # fmt: skip
