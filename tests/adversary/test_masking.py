"""A target with real people on it mixes them up with the run's own: whatever it shows, no file names one of them."""

import base64
import html
import json
import os
import random
import re
from binascii import Error as NoBase64
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imagining import Lying, answers
from keeping import kept
from playing import reference_transport, short
from real_people import make

from reference_server.faults.bending import SCIM_JSON, Answer, Asked, raw, refusal
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER, Json, get

EXAMPLES = int(
    os.environ.get("EXAMPLES", "2")
)  # whole plays against a target that lies in several ways at once
NAMES = (
    ("Ottoline", "Quillfeather"),
    ("Balthazar", "Zandervliet"),
    ("Séverine", "Vœuxclairval"),
    ("Ígor", "O'Hrabovsky"),
    ("Perpetua", "Wrzeszczyk-Blanchflower"),
    ("Xanthippe", "Mbonguluma"),
)
WORD = re.compile(r"[^\W_]+")
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")

Document = dict[str, Json]


def real(number: int) -> Document:
    """Somebody who was there before the run, reports to somebody else, and can be reached."""
    given_name, family_name = NAMES[number]
    boss = NAMES[(number + 1) % len(NAMES)]
    address = f"{given_name}.{family_name}@corp.example.org".lower().replace("'", "")
    return {
        "schemas": [USER, ENTERPRISE_USER],
        "userName": plain(address),
        "name": {"givenName": given_name, "familyName": family_name},
        "displayName": f"{family_name}, {given_name}",
        "nickName": given_name[:4] + family_name[:4],
        "title": "Manager",
        "emails": [{"value": plain(address), "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+49 30 5550{number}1748", "type": "work"}],
        "addresses": [
            {"type": "home", "streetAddress": f"{number} Zwiebelturmstraße", "locality": "Brzezinka"}
        ],
        "active": True,
        ENTERPRISE_USER: {"department": "Sales", "manager": {"displayName": " ".join(boss)}},
    }


def plain(text: str) -> str:
    """In ASCII alone."""
    return (
        text
        if text.isascii()
        else normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode()
    )


def markers() -> set[str]:
    """What no file may hold: every name, nickname, number and street; folded, without accents."""
    words = {word for number, names in enumerate(NAMES) for word in (*names, real(number)["nickName"])}
    streets = {"Zwiebelturmstraße", "Brzezinka", *(f"5550{number}1748" for number in range(len(NAMES)))}
    found = {word for text in words | streets for word in WORD.findall(folded(text))}
    return {word for word in found if len(word) > 3}


def folded(text: str) -> str:
    return plain(text.casefold())


def decoded(content: bytes) -> Iterator[str]:
    """A file's text in each way somebody may read it."""
    text = content.decode(errors="replace")
    unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    yield from (
        text,
        unescaped,
        unquote(text),
        unquote(unescaped),
        html.unescape(text),
        html.unescape(unquote(text)),
    )
    for found in set(ENCODED.findall(text)):
        try:
            yield base64.b64decode(found + "===", altchars=b"-_").decode()
        except (NoBase64, UnicodeDecodeError):
            continue


def named_in(folder: Path) -> list[tuple[str, str]]:
    """Which file names whom."""
    wanted = markers()
    return [
        (path.name, word)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for text in {folded(each) for each in {*decoded(path.read_bytes())}}
        for word in wanted
        if word in text and re.search(rf"(?<![^\W_]){word}(?![^\W_])", text)
    ]


class Liar(httpx.ASGITransport):
    """The reference server with real people and groups on it; each lie bends some of its answers."""

    def __init__(self, *lies: "Lie", rate: float = 1.0, seed: int = 1) -> None:
        honest = reference_transport()
        super().__init__(Lying(answers(self._answer)).apply(honest.app))
        self.people: list[Document] = [make(honest, "Users", real(number)) for number in range(len(NAMES))]
        self.chance = random.Random(seed)  # noqa: S311 -- no secret
        self.rate = rate
        self.lies = lies
        self.reads = 0
        for name, members in (("Finance", self.people[:3]), ("Works council", self.people[3:])):
            listed = [{"value": each["id"], "display": " ".join(each["name"].values())} for each in members]
            make(honest, "Groups", {"schemas": [GROUP], "displayName": name, "members": listed})

    def _answer(self, asked: Asked, answer: Answer) -> Answer:
        self.reads += 1
        for lie in self.lies:
            if self.chance.random() < self.rate:
                answer = lie(self, asked, answer)
        return answer

    def somebody(self) -> Document:
        return json.loads(json.dumps(self.chance.choice(self.people)))  # type: ignore[no-any-return]


Lie = Callable[[Liar, Asked, Answer], Answer]


def each_of_ours(answer: Answer, bend: Callable[[Document], Document], kind: str = "userName") -> Answer:
    """The answer with every resource of the run's bent."""

    def change(shown: Document) -> None:
        if "scim-tests" in str(get(shown, kind)):
            told = bend(shown)
            shown.clear()
            shown.update(told)

    return answer.each(change)


def body_under_our_id(liar: Liar, _: Asked, answer: Answer) -> Answer:
    return each_of_ours(answer, lambda shown: {**liar.somebody(), "id": shown["id"], "meta": shown["meta"]})


def values_under_our_name(liar: Liar, _: Asked, answer: Answer) -> Answer:
    return each_of_ours(
        answer, lambda shown: {**liar.somebody(), **{key: shown[key] for key in ("id", "userName", "meta")}}
    )


def values_our_own_server_adds(liar: Liar, _: Asked, answer: Answer) -> Answer:
    """The next PUT carries them back."""
    more = {"nickName", "phoneNumbers", "addresses", ENTERPRISE_USER}
    return each_of_ours(
        answer,
        lambda shown: {
            **shown,
            **{key: each for key, each in liar.somebody().items() if key in more},
            "legalName": "Ottoline Quillfeather",
        },
    )


def ours_first_and_somebody_later(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    """Read by its id for a while it is ours; then it shows somebody else, whom the next PUT carries back."""
    return body_under_our_id(liar, asked, answer) if asked.reads and liar.reads > 60 else answer


def names_without_a_user_name(liar: Liar, _: Asked, answer: Answer) -> Answer:
    return each_of_ours(
        answer,
        lambda shown: {**{k: v for k, v in liar.somebody().items() if k != "userName"}, "id": shown["id"]},
    )


def errors_that_name_somebody(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    """Before anybody was shown, too: the first lookup is refused like this."""
    if answer.ok and asked.method != "PATCH":
        return answer
    one = liar.somebody()
    detail = f"{one['displayName']} ({one['userName'].partition('@')[0]}, {one['phoneNumbers'][0]['value']}) is in the way"
    return refusal(409, detail)


def pages_that_name_somebody(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    if asked.method == "GET":
        return answer
    names = liar.somebody()["name"]
    page = f"<p>Ask {html.escape(names['givenName'])}&nbsp;{html.escape(names['familyName'])}.</p>"
    return raw(500, page.encode("ascii", "xmlcharrefreplace"), "text/html")


def members_by_other_names(liar: Liar, _: Asked, answer: Answer) -> Answer:
    def bend(group: Document) -> Document:
        names = [" ".join(liar.somebody()["name"].values()) for _ in group.get("members", ())]
        members = [
            {**each, "display": name} for each, name in zip(group.get("members", ()), names, strict=True)
        ]
        return {**group, "members": members}

    return each_of_ours(answer, bend, "displayName")


def schemas_called_people(_: Liar, asked: Asked, answer: Answer) -> Answer:
    discovered = asked.kind in {"Schemas", "ResourceTypes", "ServiceProviderConfig"}
    return answer.each(lambda each: each.update(schemas=[USER])) if discovered else answer


def people_everywhere(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    """A router that lost its way."""
    return answer if asked.kind == "Users" else answer.saying(liar.somebody())


def torn_bodies(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    """Within the last of what is said of somebody."""
    if not answer.ok or b'"userName"' not in answer.body:
        return answer
    body = values_under_our_name(liar, asked, answer).body
    return replace(answer, body=body[: -liar.chance.randrange(2, 60)])


def people_in_rare_places(liar: Liar, _: Asked, answer: Answer) -> Answer:
    """Who made an entry, who owns a group, whom to ask; as keys, as ids of something, in place of a language."""
    if not answer.ok or not answer.body:
        return answer
    one = liar.somebody()
    name, phone = " ".join(one["name"].values()), one["phoneNumbers"][0]["value"]
    more = {
        "owner": name,
        "urn:x:y": {name: phone, one["userName"]: True, "of": [{"display": name, "phone": phone}]},
    }
    personal = {
        "locale": name,
        "timezone": one["addresses"][0]["streetAddress"],
        "roles": [{"display": name}],
    }

    def change(shown: Document) -> None:
        meta = {**(get(shown, "meta") or {}), "createdBy": name, "version": name}
        shown.update({**more, **(personal if get(shown, "userName") else {}), "meta": meta})

    return answer.each(change).having(**more)


def people_in_no_json(liar: Liar, asked: Asked, answer: Answer) -> Answer:
    """In markup, in a table, in quotes of another language, with what is no JSON."""
    if asked.method != "GET" or not answer.ok or asked.kind != "Users":
        return answer
    one = liar.somebody()
    name, phone = " ".join(one["name"].values()), one["phoneNumbers"][0]["value"]
    body = liar.chance.choice((
        f"<list><user><name>{name}</name><mobile>{phone}</mobile></user></list>",
        f"name;mobile\n{name};{phone}\n",
        f"{{'Resources': [{{'fullName': '{name}', 'mobile': '{phone}'}}]}}",
        f'{{"Resources": [{{"fullName": "{name}", "n": NaN}}]}}',
        f'{{"fullName": "{name}", "fullName": "x", "mobile": "{phone}", "mobile": "x"}}',
        "[" * 3000 + f'"{name}"',
    ))  # fmt: skip
    return raw(200, body.encode(), SCIM_JSON)


LIES: dict[str, Lie] = {
    each.__name__: each
    for each in (
        body_under_our_id, values_under_our_name, values_our_own_server_adds, ours_first_and_somebody_later,
        names_without_a_user_name, errors_that_name_somebody, pages_that_name_somebody, members_by_other_names,
        schemas_called_people, people_everywhere, torn_bodies, people_in_rare_places, people_in_no_json,
    )
}  # fmt: skip


OFTEN = ("ours_first_and_somebody_later", "members_by_other_names")  # told at every chance, or hardly ever
PUT_BACK = ("values_our_own_server_adds",)  # wants a profile that updates by PUT
REST = [each for each in LIES if each not in {*OFTEN, *PUT_BACK}]
# Two at once; `make adversary` has each alone.
TOGETHER = [OFTEN, PUT_BACK, *zip(REST[:5], REST[5:], strict=True)]
TOLD = [(each,) for each in LIES] if "EXAMPLES" in os.environ else TOGETHER


@pytest.mark.parametrize("lies", TOLD, ids=", and ".join)
def test_a_lie_about_people_names_nobody(lies: tuple[str, ...], tmp_path: Path) -> None:
    """Journal, record, HAR, page and scripts name nobody real, although the conversation did."""
    liar = Liar(*map(LIES.__getitem__, lies), rate=1.0 if {*lies} <= {*OFTEN} else 0.3)
    done = kept(liar, tmp_path, short("okta-custom-app" if lies == PUT_BACK else "okta"))
    assert named_in(tmp_path) == []
    heard = [each.heard.answer.text for each in done.conductor.transcript if each.heard.answer]
    assert [word for word in markers() if word in folded(" ".join(heard))]
    assert [each.id for each in done.record.checks if each.verdict == "broken"] == []


def test_a_schema_called_a_person_hides_no_word_of_the_protocol(tmp_path: Path) -> None:
    """Every request, curl line and finding stays as it was, and so does the schema but for its addresses."""
    done = kept(Liar(schemas_called_people), tmp_path, short())
    pairs = zip(done.conductor.transcript, done.record.exchanges, strict=True)
    sent = [(before.request, after) for before, after in pairs if before.step != "read_user.by_user_name"]
    assert [each.path for each, _ in sent] == [each.path for _, each in sent]
    assert [each.text for each, _ in sent] == [each.request.body for _, each in sent]
    said = [*(each.curl for _, each in sent), json.dumps([asdict(each) for each in done.record.checks])]
    assert not [each for each in said if "masked" in each]
    schemas = [
        each.response.body for each in done.record.exchanges if each.step.startswith("discovery.schema")
    ]
    assert schemas
    assert all('"userName"' in each and '"readWrite"' in each for each in schemas)
    assert "masked-" not in "".join(schemas)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lies=st.lists(st.sampled_from(sorted(LIES)), min_size=2, max_size=4, unique=True),
    rate=st.sampled_from([0.05, 0.2, 0.6]),
    seed=st.integers(0, 1000),
    name=st.sampled_from(["okta", "okta-custom-app", "read-only"]),
)
def test_lies_about_people_name_nobody_together(
    lies: list[str], rate: float, seed: int, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However they are mixed, and in either dialect; whom no JSON shows, but a refusal names, nobody can know."""
    folder = tmp_path_factory.mktemp("lies")
    done = kept(Liar(*(LIES[each] for each in lies), rate=rate, seed=seed), folder, short(name))
    answers = [each.heard.answer for each in done.conductor.transcript]
    shown = " ".join(
        folded(text)
        for each in answers
        if each and each.is_success and each.is_json
        for text in decoded(each.body)
    )
    assert [(file, word) for file, word in named_in(folder) if word in shown] == []
