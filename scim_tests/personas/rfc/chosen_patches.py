"""PATCHes that tell wrong patchers from a right one, by the attributes that they change: chosen by scripts/choose_patches.py.

Each is a list of operations as JSON, for the user of `write_in_forms` as `user_forms` leaves it; `$email` is that user's address.
"""

from collections.abc import Mapping

PATCHES: Mapping[str, tuple[str, ...]] = {
    "emails": (
        '[{"op": "Add", "path": "emails", "value": [{"value": "patched.$email", "type": "home"}, {"value": "$email", "type": "work"}]}, {"op": "replace", "path": "emails[type co \\"om\\" and (type sw \\"ho\\" or primary pr)]", "value": {"value": "newly.$email", "type": "work"}}]',
        '[{"op": "remove", "path": "emails[value ew \\".$email\\" and value co \\".$email\\"].type"}, {"op": "add", "path": "EMAILS[type EQ \\"work\\" and VALUE ne \\"newly.$email\\"].PRIMARY", "value": false}]',
        '[{"op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:emails[not (value eq \\"newly.$email\\" and type pr)]"}, {"op": "add", "path": "emails", "value": [{"value": "patched.$email", "type": "other"}]}]',
        '[{"op": "remove", "path": "emails[not (value pr) or value eq \\"patched.$email\\"]"}]',
        '[{"op": "ADD", "path": "emails", "value": [{"value": "patched.$email", "type": "work"}, {"value": "patched.$email", "type": "home"}]}, {"op": "add", "path": "emails[type sw \\"WO\\"].value", "value": "newly.$email"}, {"op": "add", "path": "emails[value pr or value sw \\"newly.\\"].TYPE", "value": "home"}]',
        '[{"op": "add", "path": "EMAILS[VALUE pr and type ew \\"me\\"].type", "value": "work"}]',
    ),
    "phoneNumbers": (
        '[{"op": "remove", "path": "phoneNumbers[(value eq \\"+1-201-555-0123\\" or type co \\"obil\\") and value pr]"}, {"op": "add", "path": "phoneNumbers[(value eq \\"+1-201-555-0146\\" or value pr) and TYPE eq \\"fax\\"].value", "value": "+1-201-555-0167"}]',
        '[{"op": "add", "path": "phoneNumbers[not (value ew \\"555-0146\\") and value ne \\"+1-201-555-0146\\"].primary", "value": false}, {"op": "add", "path": "phoneNumbers[not (primary eq true)]", "value": {"value": "+1-201-555-0147"}}, {"op": "add", "value": {"phoneNumbers": [{"value": "+1-201-555-0167", "type": "work"}, {"value": "+1-201-555-0190", "type": "other"}, {"value": "+1-201-555-0147", "type": "fax", "primary": false}]}}]',
        '[{"op": "remove", "path": "phoneNumbers[type co \\"the\\" AND type ew \\"her\\" OR value eq \\"+1-201-555-0147\\"]"}]',
        '[{"op": "add", "value": {"phonenumbers": {"value": "+1-201-555-0191", "type": "work"}}}, {"op": "add", "path": "phoneNumbers[value NE \\"+1-201-555-0167\\" and TYPE ew \\"rk\\"].type", "value": "fax"}]',
        '[{"op": "remove", "path": "phoneNumbers[not (value eq \\"+1-201-555-0191\\" and type EQ \\"FAX\\")]"}]',
        '[{"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:phoneNumbers[(type eq \\"fax\\") AND (value SW \\"+1-201-\\")].primary", "value": true}]',
        '[{"op": "ADD", "path": "phoneNumbers[not (type eq \\"fax\\") or value ew \\"555-0191\\"].type", "value": "home"}, {"op": "add", "value": {"PHONENUMBERS": {"value": "+1-201-555-0191", "type": "fax", "primary": true}}}, {"op": "remove", "path": "phoneNumbers[(TYPE eq \\"HOME\\" or type eq \\"fax\\") and primary eq true]"}]',
    ),
    "addresses": (
        '[{"op": "remove", "path": "addresses[streetAddress SW \\"1 Testi\\" or locality eq \\"Draftham\\"]"}]',
        '[{"op": "add", "path": "addresses[locality eq \\"PROOFVILLE\\"].COUNTRY", "value": "DE"}, {"op": "add", "value": {"addresses": [{"type": "home", "country": "DE"}, {"type": "work", "streetAddress": "1 Testing Lane", "region": "NV", "locality": "Proofville"}]}}, {"op": "REMOVE", "path": "addresses[not (streetAddress co \\" Testing Lan\\" and streetAddress sw \\"1 TESTI\\")]"}]',
        '[{"op": "add", "path": "addresses", "value": [{"type": "other", "streetAddress": "Door [5] \\"b\\": Z\\u00fcrich", "region": "CA", "postalCode": "10203", "country": "US"}, {"type": "work", "streetAddress": "Door [5] \\"b\\": Z\\u00fcrich", "country": "US"}, {"type": "work", "streetAddress": "1 Testing Lane", "region": "NV", "locality": "Proofville"}]}, {"op": "add", "path": "addresses[streetAddress ew \\"B\\\\\\": Z\\u00dcRICH\\"].region", "value": "CA"}]',
        '[{"op": "remove", "path": "addresses[not (type ne \\"other\\" AND type eq \\"other\\")].region"}]',
        '[{"op": "remove", "path": "addresses[type co \\"or\\"]"}, {"op": "Add", "path": "addresses[not (country pr and streetAddress ne \\"Door [5] \\\\\\"b\\\\\\": Z\\u00fcrich\\")]", "value": {"type": "other", "streetAddress": "Door [5] \\"b\\": Z\\u00fcrich", "postalCode": "91609", "locality": "Proofville"}}]',
        '[{"op": "Add", "path": "addresses[country pr or streetAddress sw \\"Door [5] \\\\\\"\\"].streetAddress", "value": "4 Long  Winding Way, Door 5.b"}]',
        '[{"op": "REMOVE", "path": "addresses[not (locality sw \\"Proof\\") or streetAddress pr]"}, {"op": "REPLACE", "path": "addresses", "value": [{"type": "other", "country": "DE"}]}, {"op": "add", "path": "addresses", "value": {"locality": "Draftham"}}]',
    ),
    "name": (
        '[{"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.middleName", "value": "Ulysses"}]',
        '[{"op": "Replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.middleName", "value": null}]',
        '[{"op": "replace", "value": {"name": {"honorificPrefix": "Prof.", "middleName": "Ulysses"}}}]',
    ),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": (
        '[{"op": "replace", "value": {"URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER:DEPARTMENT": "Writing room"}}]',
        '[{"op": "add", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "WRITING ROOM"}}}, {"op": "replace", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": null}}]',
    ),
}  # fmt: skip
