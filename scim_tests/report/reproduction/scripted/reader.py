"""What a `reproduce/*.sh` asks of Python: to read the answers that curl kept, each a file of head and body."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from scim_tests.report.reproduction.scripted.answers import (
    called,
    id_of,
    ids_found,
    inactive,
    is_nameless,
    is_ours,
    parsed,
    shown,
    tag_of,
)
from scim_tests.report.reproduction.scripted.verdicts import gone, refused_token, told, verdict


def kept(file: str, path: str = "") -> dict[str, Any]:
    """An answer as curl -i wrote it; status 0 where curl failed, which leaves `file.failed`."""
    none = {"path": path, "status": 0, "headers": [], "body": ""}
    if not Path(file).exists() or Path(file + ".failed").exists():
        return none
    rest = Path(file).read_bytes()
    status = 100
    while 100 <= status < 200:
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        found = re.match(r"HTTP/\S+ (\d{3})(?!\d)", first)
        status = int(found[1]) if found else 0
    headers = [tuple(line.partition(":")[::2]) for line in lines]
    trimmed = [(name, value.strip()) for name, value in headers]
    return {**none, "status": status, "headers": trimmed, "body": rest.decode("utf-8", "replace")}


def filled(path: list[list[str]]) -> str:
    """A path of words and variables, each in a list with what it is."""
    return "".join(os.environ[text] if what == "variable" else text for what, text in path)


def asked_and_answered(folder: str) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """The question in a folder, and the answers that are there by now."""
    question = json.loads((Path(folder) / "question.json").read_text(encoding="utf-8"))
    paths = {int(number): path for number, path in question["paths"].items()}
    numbers = range(1, len(question["statuses"]) + 1)
    answers = {number: kept(f"{folder}/{number}", filled(paths.get(number, []))) for number in numbers}
    return question, answers


def shows_ours(file: str, kind: str, identity: str, proven: str = "") -> bool:
    """Whether a read by id shows whom the script made: by name, or who was `proven` without any."""
    answer = kept(file)
    is_unnamed = bool(proven) and is_nameless(answer, kind, identity)
    return is_unnamed or is_ours(answer, kind, identity, os.environ["SCIM_TESTS_RUN"])


def main(*asked: str) -> int:
    """The exit code of an answer to the shell, 2 where there is none: the shell says so in a sentence."""
    try:
        return answered(*asked)
    except Exception:  # noqa: BLE001 -- 1 would say that the fault is there
        return 2


def answered(asked: str, *about: str) -> int:
    """Answer one question of the shell: with a line, and with an exit code."""
    code, said = 0, ""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if asked == "status":
        said = str(kept(about[0])["status"])
    elif asked == "ours":
        code = 0 if shows_ours(*about) else 1
    elif asked == "tag":
        said = tag_of(kept(about[0]))
    elif asked == "found":
        said = "\n".join(ids_found(kept(about[0])))
    elif asked == "inactive":
        said = inactive(kept(about[0]))
    elif asked == "show":
        answer = kept(about[0])
        identity = id_of(parsed(answer["body"])) if 200 <= answer["status"] < 300 else ""
        Path(about[0] + ".id").write_text(identity, encoding="ascii")
        said = told(answer["status"])
    elif asked in ("refused", "gone"):
        tells = gone if asked == "gone" else refused_token
        said = tells(*asked_and_answered(about[0]))
    elif asked == "say":
        said = shown(" ".join(about))
    else:
        code, said = verdict(*asked_and_answered(about[0]), called(os.environ))
    if said:
        print(said)
    return code
