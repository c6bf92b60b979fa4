"""Filters that tell wrong readers from a right one, as `asking.filled` reads them: chosen by scripts/choose_questions.py.

`$ours` is the filter that the people of `make_specimens` fit, and nobody else.
"""

ALONE: tuple[str, ...] = (
    'userName ge <1 userName>',
)  # fmt: skip

WITHIN: tuple[str, ...] = (
    '$ours and (name.familyName co <3 name.familyName upper 3:-3>)',
    '$ours and (not (emails eq <6 emails.0.value :-1>))',
    '$ours and (not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department sw "reading") or not (emails[primary eq false and not (TYPE gt "work")]) and ID le <1 id>)',
    '$ours and not ((title ew "LPHA") and emails.type ew "other")',
    '((phoneNumbers[type gt "pager" or type ew "ager"] or not (id pr)) or userName sw <3 userName swapcase 2:> and not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department lt "h")) and $ours',
    '(nickName ge "Says \\"no\\" and [(maybe)] \\\\ or not eq" or phoneNumbers.type pr or name.familyName eq <3 name.familyName lower> or not (id co <6 id swapcase 1:>)) and $ours',
    '(not (nickName le "Two  blanks")) and not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department sw "Re")',
    'id ge <4 id upper> and emails.type sw "ot"',
    'not (emails[not (type pr) and value pr]) and phoneNumbers[not (type co "AG")]',
)  # fmt: skip
