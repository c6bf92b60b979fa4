"""What stands in scripts: it runs where there is Python 3.8 alone, and reads answers as it should."""

import ast
import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from scim_tests.report.reproduction import scripted
from scim_tests.report.reproduction.scripted import reader
from scim_tests.report.reproduction.scripted.answers import id_of, ids_found, is_ours, shown
from scim_tests.report.reproduction.scripted.likeness import Likeness
from scim_tests.report.reproduction.scripted.places import alike, at_place

MODULES = sorted(Path(scripted.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_needs_python_3_8_and_its_library_alone(module: Path) -> None:
    """Its grammar is that of Python 3.8, and it imports the standard library and its neighbours."""
    tree = ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 8))
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.Import | ast.ImportFrom)]
    names = [name.name for each in imports if isinstance(each, ast.Import) for name in each.names]
    names += [each.module or "" for each in imports if isinstance(each, ast.ImportFrom)]
    others = [name for name in names if not name.startswith("scim_tests.report.reproduction.scripted")]
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("answer", "identity"),
    [
        ({"id": "7a"}, "7a"),
        ({"createdBy": {"id": "no"}, "id": 7}, "7"),
        ({"createdBy": {"id": "no"}}, ""),
        ([{"id": "no"}], ""),
        (None, ""),
        *(({"id": bad}, "") for bad in ("..", ".", "", "a/b", "a\\b", "a?b", "a#b", "a%2e", "a;b", "a\nb", True, 1.5, ["a"], None)),
    ],
)  # fmt: skip
def test_only_an_id_on_top_is_one(answer: object, identity: str) -> None:
    """An id is a string or an integer of the object itself, and nothing that would change a path."""
    assert id_of(answer) == identity


def test_ours_is_who_shows_our_name_under_that_id() -> None:
    """A read proves somebody only with 200, the id that was asked for, and the name of the run."""

    def shows(body: str, status: int = 200, kind: str = "/Users") -> bool:
        return is_ours({"status": status, "body": body}, kind, "7", "RUN1")

    assert shows('{"id": 7, "userName": "scim-tests.RUN1.a@example.com"}')
    assert not shows('{"id": "8", "userName": "scim-tests.RUN1.a@example.com"}')
    assert not shows('{"id": "7", "userName": "x@example.com", "displayName": "RUN1"}')
    assert not shows('{"id": "7", "userName": ["RUN1"]}')
    assert not shows('{"id": "7", "userName": "RUN1"}', 404)
    assert not shows('{"id": "7", "userName": "RUN1"}', kind="/Groups")
    assert not shows("no JSON")
    assert not shows("[" * 100_000)


OURS, THEIRS = "scim-tests.RUN1.a@example.com", "real.person@example.org"


@pytest.mark.parametrize("kind", ["/Users", "/Groups"])
@pytest.mark.parametrize(
    ("body", "proves"),
    [
        ('{"id": "7", "NAME": "OURS"}', True),
        ('{"ID": "7", "name": "OURS", "urn:x:2.0:User": {"NAME": "OURS"}, "groups": [{"id": "8"}]}', True),
        ('{"id": "7", "NAME": "OURS", "meta": {"createdBy": {"NAME": "THEIRS"}}, "lastChangedBy": {"NAME": "THEIRS"}}', True),
        ('{"id": "7", "NAME": "THEIRS", "NAME": "OURS"}', False),
        ('{"id": "7", "NAME": "OURS", "NAME": "OURS"}', False),
        ('{"id": "7", "NAME": "OURS", "name": "THEIRS"}', False),
        ('{"id": "7", "name": "THEIRS", "NAME": "OURS"}', False),
        ('{"id": "7", "ID": "8", "NAME": "OURS"}', False),
        ('{"id": "8", "id": "7", "NAME": "OURS"}', False),
        ('{"id": "7", "NAME": "OURS", "x": {"a": 1, "A": 2}}', False),
        ('{"id": "7", "NAME": "OURS", "user": {"NAME": "THEIRS"}}', False),
        ('{"id": "7", "NAME": "OURS", "Resources": [[{"name": "THEIRS"}]]}', False),
        ('{"id": "7", "NAME": "OURS", "urn:x:2.0:User:NAME": "THEIRS"}', False),
        ('{"id": "7", "NAME": "OURS", "urn:x:2.0:User": {"NAME": ["THEIRS"]}}', False),
        ('{"id": "7", "NAME": ["OURS"]}', False),
        ('{"id": "7", "NAME": "OURS", "x": NaN}', False),
        ('{"id": "7", "NAME": "OURS"}{"id": "7", "NAME": "THEIRS"}', False),
        ('\ufeff{"id": "7", "NAME": "OURS"}', False),
        ('[{"id": "7", "NAME": "OURS"}]', False),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_proves_nobody(kind: str, body: str, proves: bool) -> None:
    """Valid JSON, no key twice in any letter case, and no second name anywhere, or it is not ours."""
    name = {"/Users": "userName", "/Groups": "displayName"}[kind]
    written = body.replace("NAME", name).replace('"name"', f'"{name.lower()}"')
    answer = {"status": 200, "body": written.replace("OURS", OURS).replace("THEIRS", THEIRS)}
    assert is_ours(answer, kind, "7", "RUN1") is proves


def test_a_group_may_tell_the_names_of_its_members() -> None:
    """They are names of others, and say nothing of whose the group is; of a user there are no members."""
    body = f'{{"id": "7", "%s": "{OURS}", "members": [{{"%s": "{THEIRS}"}}]}}'
    assert is_ours({"status": 200, "body": body.replace("%s", "displayName")}, "/Groups", "7", "RUN1")
    assert not is_ours({"status": 200, "body": body.replace("%s", "userName")}, "/Users", "7", "RUN1")


def test_ids_on_a_list() -> None:
    """Of a list the first few ids that can be written to, each once."""
    body = '{"Resources": [{"id": "a"}, {"id": "a"}, {"id": "../b"}, 7, {"id": 8}]}'
    assert ids_found({"body": body}) == ["a", "8"]
    assert ids_found({"body": '{"Resources": {"id": "a"}}'}) == []


def test_a_terminal_is_not_steered() -> None:
    """Control characters and halves of characters are blanks; lines stay lines."""
    assert shown("a\x1b[2J\nb\u2028c\ud800") == "a [2J\nb c "


def _told(body: str, where: str = "", path: str = "/Users/1", **names: str) -> object:
    likeness = Likeness(names, (), (), ordered=True)
    answer = {"path": path, "status": 200, "headers": [], "body": body}
    return at_place(likeness.of(answer), where)


def test_what_is_a_runs_own_is_not_compared() -> None:
    """Names, ids, dates and versions of two runs are alike; another value, type, or missing member is not."""
    one = _told(
        '{"id":"abcd","n":"x.run1","meta":{"created":"2026-01-01T00:00:00Z"}}', abcd="(ID)", run1="(RUN)"
    )
    two = _told(
        '{"id":"efgh","n":"x.run2","meta":{"created":"2027-01-01T00:00:00Z"}}', efgh="(ID)", run2="(RUN)"
    )
    assert alike(one, two)
    bodies = ['{"a": 1}', '{"a": true}', '{"a": "1"}', '{"a": null}', "{}", '{"a": 1, "a": 1}', "", "no"]
    assert not any(alike(_told(one), _told(two)) for one, two in pairwise(bodies))


def test_whatever_stands_in_the_place_of_an_id_can_be_compared() -> None:
    """A look-up may show one person several times, with ids of any kind or none: each is told from the others."""
    path = '/Users?filter=userName%20eq%20"a"'
    people = [
        {"userName": "a", "id": "7"},
        *({"userName": "a", **odd} for odd in ({}, {"id": None}, {"id": {}})),
    ]
    one, two = (
        _told(json.dumps({"Resources": shown}), "$.Resources[*].id", path, **{"7": "(ID)", "a": "(NAME)"})
        for shown in (people, people[:1])
    )
    assert alike(one, one)
    assert not alike(one, two)


def test_what_the_reader_cannot_answer_is_no_verdict(tmp_path: Path) -> None:
    """Whatever fails in it, it says nothing and ends with 2, for 1 would mean that the fault is there."""
    (tmp_path / "question.json").write_text("[" * 100_000)
    (tmp_path / "1").write_bytes(b"HTTP/1.1 \xff\xff\r\n\r\n{}")
    assert reader.main("verdict", str(tmp_path)) == 2
    assert reader.main("found") == 2
    assert reader.kept(str(tmp_path / "1"))["status"] == 0


@pytest.mark.parametrize(
    ("where", "same"),
    [
        ("$.a", False),
        ("$.b", True),
        ("$['urn:x:2.0:User'].c", False),
        ("$.urn:x:2.0:User.d", True),
        ("$..c", False),
    ],
)
def test_a_place_alone_counts(where: str, same: bool) -> None:
    """Where a finding names a JSON path, nothing else is compared."""
    one = '{"a": 1, "b": 2, "urn:x:2.0:User": {"c": 1, "d": 1}}'
    two = '{"a": 2, "b": 2, "urn:x:2.0:User": {"c": 2, "d": 1}}'
    assert alike(_told(one, where), _told(two, where)) is same
