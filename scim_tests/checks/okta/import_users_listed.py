"""Import: the pages show every user the run created, active or not."""

from scim_tests.checks.okta.import_users import PAGE, whole_walk
from scim_tests.knowledge.consequences import IMPORT_LOSES
from scim_tests.model.check import (
    BOTH,
    DOCUMENTED,
    MUST,
    OKTA,
    PLAY,
    SHOULD,
    WRONG_DATA,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript


@check(
    "import_users.lists-whom-the-run-created",
    on=PLAY,
    title="All pages together show every active user that this run created",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2.4-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="List every user, however it was created.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "import_users.lists-as-many-as-it-totals",
        "deactivate_user.keeps-the-user-readable",
        "every_read.answers-200",
    ),
)
def lists_whom_the_run_created(transcript: Transcript) -> Finding | None:
    created = {
        each.answer.id: each
        for each in transcript.of("push_user.create", "bulk_assignment.create")
        if each.is_success
    }
    inactive = _inactive(transcript)
    active = {user_id: number for user_id, number in created.items() if user_id and user_id not in inactive}
    return _all_listed(transcript, active)


@check(
    "import_users.lists-inactive-people",
    on=PLAY,
    title="All pages together show inactive users too",
    references=("INTEROP-6.6-02", "okta:CONC"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=Consequence(
        "Okta imports no inactive users; but where the app is the profile source, a user missing from "
        "the list is deleted in Okta, while one listed as inactive is deactivated.",
        DOCUMENTED,
    ),
    fix="List inactive users with active false; only a DELETE takes a user off the list.",
)
def lists_inactive_people(transcript: Transcript) -> Finding | None:
    return _all_listed(transcript, _inactive(transcript))


def _inactive(transcript: Transcript) -> dict[str, Exchange]:
    """Whom the run saw last as inactive."""
    last: dict[str, Exchange] = {}
    for each in transcript.of("deactivate_user.read_back", "reactivate_user.read_*"):
        if each.is_success and each.answer.id:
            last[each.answer.id] = each
    return {user_id: each for user_id, each in last.items() if get(each.resource, "active") is False}


def _all_listed(transcript: Transcript, users: dict[str, Exchange]) -> Finding | None:
    if not users:
        raise NotObserved("", "the run made no such user")
    pages = transcript.of(PAGE)
    listed = {user_id for page in pages if page.is_success for user_id in page.page.ids}
    missing = [user_id for user_id in users if user_id not in listed]
    if missing or not pages:
        whole_walk(transcript)  # says why the walk may have passed them by
        where = (users[missing[0]], transcript.one(PAGE))
        return Finding(
            f"the user {missing[0]}",
            f"a list without {len(missing)} of {len(users)} users",
            "$.Resources",
            where,
        )
    return None
