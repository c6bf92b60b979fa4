"""Words for lies against requirements: which part of an answer is bent, and in which answers."""

from collections.abc import Callable
from dataclasses import replace

from bending import Bend, body, each_user, header, raw, status

from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ENTERPRISE_USER, ERROR, USER, Json

Change = Callable[[Json], object]

EMAIL = {"value": "stranger@example.org", "type": "home"}


def where(is_asked: Callable[[Heard], bool], *bends: Bend) -> Bend:
    """Bends only what answers some requests."""

    def bend(heard: Heard) -> Heard:
        if is_asked(heard):
            for each in bends:
                heard = each(heard)
        return heard

    return bend


def in_body(change: Change) -> Bend:
    """Change the body in place, whatever the change gives."""
    return body(lambda document: change(document) and None)


def each_shown(change: Change) -> Bend:
    """Change every resource that the answer shows, alone or on a list."""
    return each_user(change)


def in_meta(change: Change) -> Bend:
    return each_user(lambda one: change(one["meta"]))


def first(change: Change) -> Bend:
    """Change the first resource of a list."""
    return in_body(lambda document: change(document["Resources"][0]))


def attribute(urn: str, path: str, change: Change) -> Bend:
    """Change the definition of one attribute in one schema of a list."""

    def bend(document: Json) -> None:
        told = next(each for each in document["Resources"] if each["id"] == urn)
        parts = told["attributes"]
        for name in path.split("."):
            told = next(each for each in parts if each["name"] == name)
            parts = told.get("subAttributes", [])
        change(told)

    return body(bend)


def user_attribute(path: str, **members: Json) -> Bend:
    """Set members of the definition of one attribute of users; None takes one away."""

    def change(definition: Json) -> None:
        definition.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del definition[name]

    return attribute(USER, path, change)


def resource_type(**members: Json) -> Bend:
    """Set members of the first resource type of a list, which is User; None takes one away."""

    def change(one: Json) -> None:
        one.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del one[name]

    return first(change)


def config(feature: str, **members: Json) -> Bend:
    """Set members of what the configuration says of one feature; None takes one away."""

    def change(document: Json) -> None:
        document[feature].update(members)
        for name in [name for name, value in members.items() if value is None]:
            del document[feature][name]

    return body(change)


def scheme(**members: Json) -> Bend:
    """Set members of the first authentication scheme; None takes one away."""

    def change(document: Json) -> None:
        told = document["authenticationSchemes"][0]
        told.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del told[name]

    return body(change)


def stranger(document: Json) -> None:
    """One more person on the list, whom nobody asked for."""
    known = (document["Resources"] or [{"schemas": [USER]}])[0]
    document["Resources"].append({**known, "id": "another", "userName": "real@example.org"})


def first_twice(document: Json) -> None:
    document["Resources"][-1] = document["Resources"][0]


def upside_down(document: Json) -> None:
    document["Resources"].reverse()


def renamed(one: Json) -> None:
    one["name"]["familyName"] = "Somebody-Else"


def refusal(code: int, scim_type: str | None = None) -> tuple[Bend, ...]:
    """An honest error in place of the answer."""
    kind = f', "scimType": "{scim_type}"' if scim_type else ""
    text = f'{{"schemas": ["{ERROR}"], "status": "{code}", "detail": "No."{kind}}}'
    return status(code), raw(text.encode()), header("Content-Type", "application/scim+json")


def nothing() -> Bend:
    """A list of nobody."""
    return body(lambda document: document.update(Resources=[], totalResults=0, itemsPerPage=0))


def flat(one: Json) -> None:
    """What belongs to the extension stands beside the user's own attributes."""
    one.update(one.pop(ENTERPRISE_USER, {}))
    one["schemas"] = [USER]


def garbled(text: str) -> str:
    """What comes of UTF-8 that is read as Latin-1."""
    return text.encode().decode("latin-1")


def members(change: Callable[[list[Json]], object]) -> Bend:
    """Change the list of members of every group that the answer shows."""
    return each_user(lambda one: change(one.setdefault("members", [])))


def deletes_the_gone(kind: str) -> Bend:
    """Whoever was deleted has an id that is known here."""
    return where(
        lambda heard: heard.request.method == "DELETE",
        lambda heard: replace(heard, request=replace(heard.request, path=f"/{kind}/gone")),
    )
