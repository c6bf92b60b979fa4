"""Faults in refusals, odd requests, access, values, /Me, preconditions, activation and deletes, as seen at first sight."""

import re
from collections import defaultdict
from dataclasses import replace

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, raw, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")


def bare(asked: Asked) -> Asked:
    """The request without preconditions."""
    headers = {
        name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}
    }
    return replace(asked, headers=headers)


def operations(asked: Asked) -> list[Json]:
    """The operations of a PATCH, none where they are no list."""
    return asked.operations if isinstance(asked.json.get("Operations"), list) else []


def written(asked: Asked, name: str) -> Json:
    """The value a write gives an attribute, or None, however broken the write is."""
    sound = all(isinstance(each.get("path", ""), str) for each in operations(asked))
    return asked.sets(name) if sound and isinstance(asked.json.get("Operations", []), list) else None


class SessionNotRolledBack(
    FirstSight,
    kind="what a refused request leaves behind",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """What a PATCH changed before the operation it was refused for is stored with the next PATCH of the same resource, for the session was not rolled back."""

    def __init__(self) -> None:
        self.dirty = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if "if-match" not in asked.headers:
            for operation in self.dirty.pop(asked.id, []):
                if not (await honest(asked.patching(operation))).ok:
                    break
        answer = await honest(asked)
        if answer.status == 400 and len(operations(asked)) > 1:
            self.dirty[asked.id] = operations(asked)
        return answer


class IndexMovedByRefusedRename(
    FirstSight,
    kind="what a refused request leaves behind",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """After a change of userName that was refused with 409 the user is not found by the userName any more, for the index was moved first."""

    def __init__(self) -> None:
        self.lost = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.lists and answer.ok and asked.sought[:2] == ("username", "eq"):
            kept = [each for each in answer.resources if each.get("id") not in self.lost]
            return answer.showing(kept) if len(kept) < len(answer.resources) else answer
        if not asked.lists and answer.status == 409:
            self.lost.add(asked.id)
        elif not asked.lists and answer.ok:
            self.lost.discard(asked.id)
        return answer


class DetailInLatin1(
    FirstSight,
    kind="errors and refusals",
    meets="okta",
    paragraph="RFC 7644 3.12",
    on=(*WRITES, "GET /Users", "GET /Groups"),
):
    """A request with letters beyond Latin-1 that is to be refused with 400 or 409 is answered with 500, for the refusal quotes it in a header, too."""

    def when(self, asked: Asked) -> bool:
        return any(ord(letter) > 255 for letter in f"{asked.json}{asked.filter}")

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(500, b"Internal Server Error") if answer.status in {400, 409} else answer


class FoundBeforeAuthorized(
    FirstSight,
    kind="access and credentials",
    meets="others",
    paragraph="RFC 7644 2",
    on="*",
):
    """Whoever has no good token learns by a 404 in place of the 401 that an id is not in use, for the resource is loaded before the token is checked."""

    def __init__(self) -> None:
        self.good = None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and "authorization" in asked.headers:
            self.good = asked.headers
        if answer.status == 401 and asked.id and asked.kind in {"Users", "Groups"} and self.good:
            found = await honest(replace(asked.of("GET"), headers=self.good))
            return found if found.status == 404 else answer
        return answer


class NorwayIsFalse(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=WRITES,
):
    """A text that is one of YAML's words for a boolean, such as the country NO or the title On, is stored as false or true."""

    def when(self, asked: Asked) -> bool:
        return bool(re.search(rb'"(yes|no|on|off)"', asked.body, re.IGNORECASE)) and isinstance(
            asked.json.get("Operations", []), list
        )

    def mishear(self, asked: Asked) -> Asked:
        def read(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: each if key == "type" else read(each) for key, each in value.items()}
            if isinstance(value, list):
                return [read(each) for each in value]
            word = value.lower() if isinstance(value, str) else ""
            return "true" if word in {"yes", "on"} else "false" if word in {"no", "off"} else value

        return asked.rewriting(lambda _, value: read(value))


class MinutesAreTheMonth(
    FirstSight,
    kind="values and encodings",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("* /Users*", "* /Groups*", "* /Me"),
):
    """The minutes of the times in meta are the month, for the format says %m where it should say %M."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            meta = shown.get("meta", {})
            for name in meta.keys() & {"created", "lastModified"}:
                meta[name] = re.sub(r"-(\d\d)-(\d\d)T(\d\d):\d\d", r"-\1-\2T\3:\1", meta[name])

        return answer.each(change)


class PrimaryIfSaid(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 2.4",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of a user's e-mails, phones or addresses the last that says primary at all is the primary one, even where it says false, for only the presence of the member is looked at."""

    def said(self, document: dict[str, Json], name: str) -> Json:
        listed = document.get(name)
        return (
            [each for each in listed if isinstance(each, dict) and "primary" in each]
            if isinstance(listed, list)
            else []
        )

    def when(self, asked: Asked) -> bool:
        return bool(asked.json)

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        for name in ("emails", "phoneNumbers", "addresses"):
            said = self.said(document, name)
            if any(each["primary"] is False for each in said):
                for each in said:
                    each["primary"] = each is said[-1]
        return asked.saying(document)


class MeFromProfilePage(
    FirstSight,
    kind="/Me",
    meets="others",
    paragraph="RFC 7644 3.11",
    on="GET /Me",
):
    """A read of /Me shows neither groups nor the enterprise extension, for it is made by what fills the profile page."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(**{"groups": None, ENTERPRISE: None}) if answer.ok else answer


class AnyVersionEverMatches(
    FirstSight,
    kind="preconditions on writes",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Users*", "* /Groups*"),
):
    """If-Match is met by each version that the resource ever had, for it is looked up in the table of its revisions."""

    def __init__(self) -> None:
        self.had = defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.headers.get("if-match") in self.had[asked.id]:
            asked = bare(asked)
        answer = await honest(asked)
        if answer.ok and answer.body:
            for each in answer.json.get("Resources", [answer.json]):
                self.had[each.get("id")].add(each.get("meta", {}).get("version"))
            self.had[answer.json.get("id")].add(answer.headers.get("etag"))
        for versions in self.had.values():
            versions.discard(None)
        return answer


class ActiveToggled(
    FirstSight,
    kind="passwords and activation",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    on="PATCH /Users/*",
):
    """A PATCH that names active switches it over, so that who is made inactive a second time is active again."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(bare(asked).of("GET"))).json.get("active")
        answer = await honest(asked)
        wanted = str(written(asked, "active")).lower()
        if answer.ok and before is not None and wanted == str(before).lower():
            over = await honest(
                bare(asked).patching({"op": "replace", "path": "active", "value": not before})
            )
            return over if over.ok else answer
        return answer


class PasswordTooLongForBcrypt(
    FirstSight,
    kind="passwords and activation",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A write with a password of more than 72 bytes is answered with 500, for bcrypt takes no more."""

    def when(self, asked: Asked) -> bool:
        password = written(asked, "password")
        return isinstance(password, str) and len(password.encode()) > 72

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        reached = (await honest(bare(asked).of("GET"))).ok
        return refusal(500, "bcrypt: password length exceeds 72 bytes") if reached else await honest(asked)


class LastMemberTakesGroupAlong(
    FirstSight,
    kind="deletes and what remains",
    meets="others",
    paragraph="RFC 7644 3.6",
    on="DELETE /Users/*",
):
    """A DELETE of a user deletes the groups that have nobody else in them, too."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        plain = bare(asked)
        groups = [each["value"] for each in (await honest(plain.of("GET"))).json.get("groups", [])]
        answer = await honest(asked)
        for group in groups if answer.ok else []:
            if not (await honest(plain.of("GET", group, kind="Groups"))).json.get("members"):
                await honest(plain.of("DELETE", group, kind="Groups"))
        return answer


class NullIsNone(
    FirstSight,
    kind="broken or odd requests",
    meets="others",
    paragraph="RFC 7643 2.5",
    on=("POST /Users", "PUT /Users/*"),
):
    """A title, nickName, displayName or userType that a create or PUT gives as null is stored as the text None, which Python makes of it."""

    names = ("title", "nickName", "displayName", "userType")

    def when(self, asked: Asked) -> bool:
        return any(name in asked.json and asked.json[name] is None for name in self.names)

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        nulls = [name for name in self.names if name in document and document[name] is None]
        return asked.saying({**document, **dict.fromkeys(nulls, "None")})
