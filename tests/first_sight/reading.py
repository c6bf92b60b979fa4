"""What a fault reads: what stands there before it answers, and by which filter a request asks."""

from dataclasses import replace

from reference_server.faults.bending import Asked, Honest, Json


def bare(asked: Asked) -> Asked:
    """The request without preconditions."""
    headers = {
        name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}
    }
    return replace(asked, headers=headers)


def reading(asked: Asked) -> Asked:
    """The same caller's read of what the request is about, without preconditions."""
    return bare(asked).of("GET")


async def standing(asked: Asked, honest: Honest) -> dict[str, Json]:
    """What the request is about, as it stands; empty where it is not there, or the caller may not read it."""
    found = await honest(reading(asked))
    return found.json if found.ok else {}


def filter_of(asked: Asked) -> str:
    """The filter of a query or of a SearchRequest, empty where there is none."""
    found = asked.filter if asked.method == "GET" else asked.json.get("filter", "")
    return found if isinstance(found, str) else ""


def filtering(asked: Asked, text: str) -> Asked:
    """The same query or SearchRequest with another filter."""
    return (
        asked.asking(filter=text) if asked.method == "GET" else asked.saying({**asked.json, "filter": text})
    )
