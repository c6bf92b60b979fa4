"""What looking for secrets costs in an answer that holds none, beside a plain search for as many strings.

    python benchmarks/hiding.py

Each page shows a hundred people in about 100 KiB. Figures are the least of many tries, in milliseconds;
only their ratio means something elsewhere. Below stand the largest bodies that are read at all, each of a
kind that a hostile target could send to hold a run up: some seconds at most, or it is refused.
"""

import json
import random
import string
import time
import uuid
from collections.abc import Callable
from typing import Any

from scim_tests.wire.effort import TooMuch
from scim_tests.wire.vault import Vault

SECRETS = ("k9XvQ2mTb7LrPz4NcW8sYd1GhJ6fAe3R", "aBcDeF12", "gateway-key-0815-of-no-value")
TRIES = 200
LARGEST = 16 * 1024 * 1024  # bytes


def person(chance: random.Random, number: int) -> dict[str, Any]:
    """Somebody with letters that ASCII does not have, and with what pages repeat of everybody."""
    given, family = chance.choice(("José", "Zoë", "Jürgen")), chance.choice(("Müller", "Núñez", "Šimek"))
    id_ = str(uuid.UUID(int=chance.getrandbits(128)))
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": id_,
        "externalId": f"00u{chance.getrandbits(68):017x}",
        "userName": f"person.{number}@example.com",
        "displayName": f"{given} {family}",
        "name": {"formatted": f"{given} {family}", "givenName": given, "familyName": family},
        "emails": [{"value": f"person.{number}@example.com", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+1 555 01{number:02}", "type": "work"}],
        "addresses": [{"formatted": f"{number} Universal City Plaza\nHollywood, CA", "type": "work"}],
        "groups": [
            {"value": str(uuid.UUID(int=chance.getrandbits(128))), "display": "Research & Development"}
        ],
        "active": True,
        "meta": {
            "resourceType": "User",
            "created": "2024-01-23T04:56:22Z",
            "lastModified": f"2025-05-13T04:{number % 60:02}:34Z",
            "version": f'W/"{chance.getrandbits(64):016x}"',
            "location": f"https://scim.example.com/scim/v2/Users/{id_}",
        },
    }


def least(work: Callable[[], object]) -> float:
    """Milliseconds."""

    def once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return 1000 * min(once() for _ in range(TRIES))


def hostile(chance: random.Random) -> dict[str, bytes]:
    """What takes longest, by its name."""
    letters, signs = string.ascii_letters + string.digits, ("\\u005c", "%5c", "&amp;", "=3D", "\\x41", "a7")
    pieces = (SECRETS[0][:5], SECRETS[0][5:16], "-")
    repeated = {"x": "x", "backslashes": "\\", "percent": "%25", "a short secret": SECRETS[1] + " "}
    kinds = {
        **{name: what * (LARGEST // len(what)) for name, what in repeated.items()},
        "letters and digits": "".join(chance.choices(letters, k=LARGEST)),
        "escapes of all kinds": "".join(chance.choices(signs, k=LARGEST // 4)),
        "pieces of a secret": "".join(chance.choices(pieces, k=LARGEST // 6)),
    }
    return {**{name: text.encode() for name, text in kinds.items()}, "bytes": chance.randbytes(LARGEST)}


def looked_through(vault: Vault, said: bytes) -> str:
    began = time.perf_counter()
    try:
        vault.hide(said)
        end = "looked through"
    except TooMuch:
        end = "refused"
    return f"{1000 * (time.perf_counter() - began):>8.0f}  {end}"


def main() -> None:
    chance = random.Random(1)  # noqa: S311 -- the same people each time
    document = {"totalResults": 100, "Resources": [person(chance, number) for number in range(100)]}
    compact = json.dumps(document).encode()
    pages = {
        "escaped letters": compact,
        "escaped slashes": compact.replace(b"/", b"\\/"),
        "UTF-8": json.dumps(document, ensure_ascii=False).encode(),
        "indented": json.dumps(document, indent=2).encode(),
    }
    vault = Vault(SECRETS[0], SECRETS[1], {"$SCIM_TESTS_HEADER_GATEWAY": SECRETS[2]})
    needles = [secret[at : at + 5].encode() for secret in SECRETS for at in range(0, len(secret) - 4, 7)]
    print(f"{'page':<18}{'KiB':>6}{'plain':>8}{'hide':>8}{'ratio':>8}")
    for name, page in pages.items():
        assert vault.hide(page) == page  # noqa: S101 -- or the figures mean nothing
        plain = least(lambda: [needle in page for needle in needles])  # noqa: B023 -- called at once
        hide = least(lambda: vault.hide(page))  # noqa: B023 -- called at once
        print(f"{name:<18}{len(page) / 1024:>6.0f}{plain:>8.2f}{hide:>8.2f}{hide / plain:>8.1f}")
    for name, said in hostile(chance).items():
        print(f"{name:<22}{len(said) / 1024:>6.0f} {looked_through(vault, said)}")


main()
