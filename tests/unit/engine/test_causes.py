"""Root causes come from evidence: which findings are one trouble, and which stand for themselves."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from scim_tests.engine.causes import SHORT as FEW
from scim_tests.engine.causes import causes
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Result
from scim_tests.knowledge.effect import Effect
from scim_tests.model.check import COSMETIC, DEGRADED, INFERRED, STOPS, Check, Consequence, Finding, Severity
from scim_tests.model.conversation import Conversation, read_line
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.verdict import Verdict
from tests.unit.engine.test_results import a_check, bad

SHOWN = dict.fromkeys(("active", "title", "a", "b", "x", "y"), "a value")
THEN = Consequence("Then this.", INFERRED)


def asked(number: int, what: str, status: int = 200, *, scene: str = "", **body: object) -> Exchange:
    """An exchange: `GET /Users/1` and its answer, which shows some attributes; the scene is one of its own unless told."""
    method, path = what.split()
    heard = Heard(Request(method, path), Answer(status, (), json.dumps(SHOWN | body).encode()))
    return Exchange(f"act.step{number}", scene or f"scene{number}", heard, number=number)


def red(check: Check | str, *at: Exchange, where: str = "", severity: Severity = STOPS) -> Result:
    """A check that failed over these exchanges; without a place it is the refusal that was found."""
    check = check if isinstance(check, Check) else a_check(check, bad)
    got = "another value" if where else at[-1].answer.phrase
    judgement = Judgement(Verdict.FAIL, at, Finding("good", got, where, at), effect=Effect(severity, THEN))
    return Result(check, Verdict.FAIL, (judgement,))


def heads(*found: Result) -> list[str]:
    return [each.result.check.id.removeprefix("a.") for each in causes(found)]


def following(words: str, *names: str, on: str = "a.one") -> Check:
    return a_check(words, bad, on=on, follows=tuple(f"a.{name}" for name in names))


def test_one_place_in_one_answer_is_one_trouble() -> None:
    """Two checks that are red about the same attribute of the same answer; another attribute, or answer, is another."""
    first, second = asked(1, "GET /Users/1"), asked(2, "GET /Users/1")
    assert heads(
        red("mild", first, where="$.active", severity=COSMETIC),
        red("grave", first, where="$.active"),
        red("else", first, where="$.title"),
        red("later", second, where="$.active"),
    ) == ["grave", "else", "later"]


def test_one_refusal_is_told_by_the_particular_check() -> None:
    """A rule for every answer that is red about it, too, is explained; about another answer it stands for itself."""
    refused, other = asked(1, "POST /Users", 500), asked(2, "GET /Users?count=0", 500)
    rule, particular = a_check("rule", bad, on="*.*"), a_check("create", bad)
    once = red(rule, refused)
    both = replace(once, judgements=(*once.judgements, *red(rule, other).judgements))
    assert heads(once, red(particular, refused)) == ["create"]
    assert heads(both, red(particular, refused)) == ["create", "rule"]


@pytest.mark.parametrize(
    ("words", "causes_shown"),
    [
        (("Name 'kim' is taken", "Name 'joe' is taken"), ["first"]),
        (("kim@a.example is taken", "joe@b.example is taken"), ["first"]),
        (("Name 'kim' is taken", "Name 'kim' is too long"), ["first", "second"]),
        (("Bad Request", "Bad Request"), ["first", "second"]),
    ],
)
def test_refusals_in_the_same_words_are_one_trouble(words: tuple[str, str], causes_shown: list[str]) -> None:
    """Whomever they name; words that only say the status say nothing."""
    taken = asked(3, "POST /Users", 201)  # not all creates are refused
    found = [
        red(each, asked(number, "POST /Users", 400, detail=said))
        for number, (each, said) in enumerate(zip(("first", "second"), words, strict=True), 1)
    ]
    passed = Result(a_check("good", bad), Verdict.PASS, (Judgement(Verdict.PASS, (taken,)),))
    assert heads(*found, passed) == causes_shown


def test_what_is_refused_however_it_is_asked_is_one_trouble() -> None:
    """All requests of a form that get one status are one cause, unless one of the form was taken."""
    found = [red("first", asked(1, "PATCH /Users/1", 501)), red("second", asked(2, "PATCH /Users/2", 501))]
    taken = Result(
        a_check("good", bad), Verdict.PASS, (Judgement(Verdict.PASS, (asked(3, "PATCH /Users/3"),)),)
    )
    assert heads(*found) == ["first"]
    assert heads(*found, taken) == ["first", "second"]


def test_what_is_refused_with_one_parameter_is_one_trouble() -> None:
    """Every request with `count` fails, whatever is asked: one cause, as long as none of them was taken."""
    users, groups = asked(1, "GET /Users?count=2", 500), asked(2, "GET /Groups?count=2&startIndex=1", 500)
    taken = Result(
        a_check("good", bad), Verdict.PASS, (Judgement(Verdict.PASS, (asked(3, "GET /Groups?count=9&x=1"),)),)
    )
    others = [
        Result(a_check("good", bad), Verdict.PASS, (Judgement(Verdict.PASS, (asked(number, what),)),))
        for number, what in ((4, "GET /Users"), (5, "GET /Groups"))
    ]
    assert heads(red("users", users), red("groups", groups), *others) == ["users"]
    assert heads(red("users", users), red("groups", groups), *others, taken) == ["users", "groups"]


def test_what_errors_leave_out_is_one_trouble() -> None:
    """One place writes all errors: what they lack is one cause; a value of the wrong kind is another."""
    first, second = (
        asked(1, "POST /Users", 409, detail="taken"),
        asked(2, "GET /Groups/1", 404, detail="none"),
    )
    lacking = [red("status", first, where="$.status"), red("type", second, where="$.scimType")]
    assert heads(*lacking) == ["status"]
    assert heads(*lacking, red("words", second, where="$.detail")) == ["status", "words"]


def test_pages_out_of_range_are_one_trouble() -> None:
    """Whatever is made of a count or a start below one; about a page in range it is another."""
    queries = ("count=0", "startIndex=-5", "count=2")
    shown = {"Resources": [{"id": "1", "userName": "kim"}], "itemsPerPage": 1}
    none, negative, first = (asked(n, f"GET /Users?{query}", **shown) for n, query in enumerate(queries, 1))
    found = [red("count", none, where="$.Resources"), red("start", negative, where="$.itemsPerPage")]
    assert heads(*found) == ["count"]
    assert heads(*found, red("page", first, where="$.Resources")) == ["count", "page"]
    assert heads(*found, red("name", negative, where="$.Resources[0].userName")) == ["count", "name"]


def test_web_pages_in_the_place_of_answers_are_one_trouble() -> None:
    """Whatever is found missing from them; about a page that says it failed, each stands for itself."""

    def page(number: int, what: str, status: int = 200) -> Exchange:
        return replace(
            asked(number, what), heard=Heard(Request(*what.split()), Answer(status, (), b"<html>Log in"))
        )

    assert heads(red("json", page(1, "GET /Users")), red("open", page(2, "GET /Groups"))) == ["json"]
    assert heads(red("json", page(1, "GET /Users", 500)), red("open", page(2, "GET /Groups", 502))) == [
        "json",
        "open",
    ]


def test_what_is_gone_is_gone_for_all() -> None:
    """Each 404 about one id is one trouble, whatever is asked; about another id it is another."""
    there = Result(a_check("good", bad), Verdict.PASS, tuple(
        Judgement(Verdict.PASS, (asked(9, what),)) for what in ("GET /Groups/9", "PATCH /Groups/9")
    ))  # fmt: skip
    first, second = asked(1, "GET /Groups/1", 404), asked(2, "PATCH /Groups/1", 404)
    assert heads(red("read", first), red("written", second), there) == ["read"]
    assert heads(red("read", first), red("written", asked(2, "PATCH /Groups/2", 404)), there) == [
        "read",
        "written",
    ]


def test_what_no_answer_ever_shows_is_one_trouble() -> None:
    """An attribute without a value in every answer of its kind; where one of these shows it, each absence is judged by itself."""
    first, second = (
        asked(1, "GET /Groups/1", id="1", members=[]),
        asked(2, "GET /Groups/2", id="2", members=[]),
    )
    found = [red("created", first, where="$.members"), red("added", second, where="$.members")]
    listed = asked(3, "GET /Groups", Resources=[{"id": "3", "members": [{"value": "1"}]}])
    read = asked(4, "GET /Groups/3", id="3", members=[{"value": "1"}])
    in_lists, by_id = (
        Result(a_check("good", bad), Verdict.PASS, (Judgement(Verdict.PASS, (each,)),))
        for each in (listed, read)
    )
    assert heads(*found) == heads(*found, in_lists) == ["created"]
    assert heads(*found, by_id) == ["created", "added"]


@pytest.mark.parametrize(
    ("scenes", "shown"),
    [
        (("push:kim", "find:kim", "leave:kim"), ["first"]),
        (("push:kim", "find:kim", "leave:joe"), ["first", "third"]),
        (("push:kim", "find:joe", "leave:kim"), ["first", "second", "third"]),
        (("list", "list", "list"), ["first"]),
        (("list", "find", "leave"), ["first", "second", "third"]),
    ],
)
def test_what_follows_is_about_the_same_person(scenes: tuple[str, ...], shown: list[str]) -> None:
    """One scene's failure explains another's where both are about one person, also through a third check."""
    checks = [a_check("first", bad), following("second", "first"), following("third", "second")]
    places = [asked(number, f"GET /Users?{number}=", scene=scene) for number, scene in enumerate(scenes, 1)]
    assert (
        heads(
            *(red(check, each, where=f"$.{each.number}") for check, each in zip(checks, places, strict=True))
        )
        == shown
    )


def test_what_comes_later_explains_nothing_elsewhere() -> None:
    """A failure about somebody explains no earlier one about the same person, unless both are of one scene."""
    early, late = asked(1, "GET /Users/1", scene="push:kim"), asked(2, "GET /Users/1", scene="find:kim")
    follower = following("follower", "head")
    assert heads(red(follower, early, where="$.a"), red("head", late, where="$.b")) == ["follower", "head"]
    same = replace(late, scene="push:kim")
    assert heads(red(follower, early, where="$.a"), red("head", same, where="$.b")) == ["head"]


def test_a_rule_over_the_play_explains_what_it_points_to_alone() -> None:
    """Its finding names exchanges; that the whole play was judged makes it no cause of everything."""
    named, other = asked(1, "GET /Users/1", scene="push:kim"), asked(2, "GET /Users/2", scene="push:joe")
    rule = a_check("rule", bad, on="play")
    judgement = red(rule, named, where="$.id").judgements[0]
    over_all = Result(rule, Verdict.FAIL, (replace(judgement, exchanges=(named, other)),))
    about_joe, about_kim = following("joe", "rule"), following("kim", "rule")
    assert heads(over_all, red(about_joe, other, where="$.x"), red(about_kim, named, where="$.y")) == [
        "rule",
        "joe",
    ]


def test_what_is_blocked_is_explained_where_the_answer_was_wrong() -> None:
    """By the cause seen in that very exchange, else in a refusal of that step; by no cause that was seen elsewhere."""
    wrong, elsewhere = asked(1, "GET /Users"), replace(asked(2, "GET /Users"), step="act.step1")
    blocked = Result(
        a_check("blocked", bad), Verdict.BLOCKED, why="no id", blame="act.step1", blamed=(wrong,)
    )
    [other, cause] = causes(
        [red("other", elsewhere, where="$.b"), red("cause", wrong, where="$.a", severity=DEGRADED), blocked]
    )
    assert (other.explains, cause.explains) == ([], ["a.blocked"])
    refused = replace(asked(1, "GET /Users", 500))
    by_step = replace(blocked, blamed=())
    assert [each.explains for each in causes([red("cause", refused), by_step])] == [["a.blocked"]]


def test_the_gravest_comes_first_and_then_the_earliest() -> None:
    """A cause is as grave as the gravest finding that goes with it; among equals the play decides, not the catalogue."""
    first, second, third = (asked(number, f"GET /Users/{number}") for number in (1, 2, 3))
    mild = red("mild", first, where="$.a", severity=COSMETIC)
    follower = red(following("grave-follower", "mild"), first, where="$.b")
    assert [
        (each.result.check.id, each.severity)
        for each in causes(
            [red("late", third, where="$.a"), red("early", second, where="$.a"), mild, follower]
        )
    ] == [("a.mild", STOPS), ("a.early", STOPS), ("a.late", STOPS)]


SHORT, LONG = "act:short", "act:long"  # scenes that hold conversations
CONVERSATIONS = {SHORT: read_line("create:0 set:0:title=1 read:0"), LONG: read_line("create:0 put:0 read:0")}


def held(
    words: str, at: int, *, scene: str = SHORT, on: str = "a.one", severity: Severity = STOPS, where: str = ""
) -> Result:
    """A check that failed at that exchange of its scene, about a place of its own where none is named."""
    before = tuple(asked(number, "GET /Users/1", scene=scene) for number in range(1, at))
    seen = replace(asked(at, "GET /Users/1", scene=scene), before=before)
    return red(a_check(words, bad, on=on), seen, where=where or f"$.{words}", severity=severity)


def both(found: Result, other: Result) -> Result:
    """One check that failed in two places."""
    return replace(found, judgements=(*found.judgements, *other.judgements))


def explained(
    *found: Result, conversations: Mapping[str, Conversation] = CONVERSATIONS
) -> dict[str, list[str]]:
    """What each root cause explains."""
    told = causes(found, conversations)
    return {each.result.check.id[2:]: [name[2:] for name in each.explains] for each in told}


def test_what_fails_in_one_conversation_is_one_trouble() -> None:
    """What it ends with leads, of that the gravest, and no rule where another check saw it; elsewhere these are three troubles."""
    found = (
        held("rule", 4, on="*.*"),
        held("early", 2),
        held("mild", 4, severity=COSMETIC),
        held("grave", 4),
    )
    assert explained(*found) == {"grave": ["rule", "early", "mild"]}
    assert sorted(heads(*found)) == ["early", "grave", "mild", "rule"]


def test_a_rule_leads_where_nothing_else_failed() -> None:
    """Then the conversation was held for the rule."""
    assert explained(held("rule", 4, on="*.*"), held("other", 3, on="*.*")) == {"rule": ["other"]}


def test_each_conversation_has_a_cause_of_its_own() -> None:
    """What was known from a shorter one explains in a longer one only what it did before: that was held for something else."""
    known, rule = held("known", 3), held("rule", 3, on="*.*")
    again = (held("known", 4, scene=LONG), held("rule", 4, scene=LONG, on="*.*"))
    found = (both(known, again[0]), both(rule, again[1]), held("new", 5, scene=LONG))
    assert explained(*found) == {"known": ["rule"], "new": []}


def test_a_conversation_that_was_not_shortened_shows_several_troubles() -> None:
    """What is known from a shorter one explains there what it did before; the others stand for themselves."""
    long = {**CONVERSATIONS, LONG: read_line("read:0 " * (FEW + 1))}
    known, rule = held("known", 3), held("rule", 3, on="*.*")
    again = (held("known", 24, scene=LONG), held("rule", 24, scene=LONG, on="*.*"))
    new = (held("new", 25, scene=LONG), held("else", 26, scene=LONG))
    told = explained(both(known, again[0]), both(rule, again[1]), *new, conversations=long)
    assert told == {"known": ["rule"], "new": [], "else": []}


@pytest.mark.parametrize(
    ("shorter", "longer", "is_one"),
    [
        ("create:0 set:0:title=1 read:0", 'create:1 read:1 set:1:title="A" set:1:title=2 list', True),
        ("create:0 set:0:title=1 read:0", "create:0 set:0:nickName=1 read:0", False),
        ("create:0 deactivate:0 activate:0", "create:0 activate:0 deactivate:0", False),
        ("create:0 read:0", "create:0 list", False),
        ("list", "list-groups", False),
        ("create:0 set:0:title=1", f"create:0 set:0:title=1{' read:0' * FEW}", False),
    ],
)
def test_what_differs_in_who_looks_is_one_trouble(shorter: str, longer: str, is_one: bool) -> None:
    """Shortened conversations with the same writes, whatever their values, have one cause; where people are only made, or much is said, each finding has its own."""
    told = explained(
        held("one", 3, where="$.title"),
        held("two", 4, scene=LONG, where="$.title"),
        conversations={SHORT: read_line(shorter), LONG: read_line(longer)},
    )
    assert told == ({"one": ["two"]} if is_one else {"one": [], "two": []})


def test_what_the_same_writes_do_to_something_else_is_another_trouble() -> None:
    """A name that is taken twice does not explain a date that stays, though a rename shows both."""
    said = read_line("create:0 read:0 rename:0:=1 read:0")
    told = explained(
        held("one", 3), held("two", 4, scene=LONG), conversations={SHORT: said, LONG: (*said, *said[-1:])}
    )
    assert told == {"one": [], "two": []}


def test_a_check_that_fails_alone_in_another_conversation_is_a_cause_there() -> None:
    """What explains it in the one was not seen in the other."""
    assert explained(held("lead", 3), both(held("other", 2), held("other", 5, scene=LONG))) == {
        "lead": [],
        "other": [],
    }


def test_what_is_seen_after_a_conversation_beside_it_belongs_to_it() -> None:
    """A rule that compares the last look of a clean-up with what was written there."""
    written, look = asked(2, "GET /Users/1", scene=SHORT), asked(9, "GET /Users/1", scene="clean_up")
    assert explained(held("lead", 3), red(a_check("rule", bad, on="play"), written, look, where="$.x")) == {
        "lead": ["rule"]
    }
