"""What Okta makes of a wrong answer, and what its admin then sees; shared by the checks it follows from.

Texts in quotes are Okta's own (okta-protocol, section 5); `…` stands for the person or app.
"""

from scim_tests.model.check import CAPTURED, DOCUMENTED, INFERRED, Consequence

TEST_FAILS = Consequence(
    "Test API Credentials fails, so the admin cannot switch provisioning on.",
    DOCUMENTED,
    "Error authenticating: … The connector configuration could not be tested.",
    at="probe",
)
NO_RESULTS = Consequence(
    "Test API Credentials fails because Okta sees no list of users.",
    DOCUMENTED,
    "No results for users returned",
    at="probe",
)
OPEN_DOOR = Consequence(
    "Okta notices nothing; anybody on the network can read the directory.",
    INFERRED,
)
UNCLEAR_REFUSAL = Consequence(
    "Okta shows an error that does not say that the token is wrong.",
    CAPTURED,
    "Error authenticating: null. The connector configuration could not be tested.",
    at="probe",
)
LOOKUP_FAILS = Consequence(
    "Okta stops: it neither creates nor links the person, and a task waits for the admin.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while verifying if user … exists: …",
    at="lookup",
)
WRONG_PERSON = Consequence(
    "With several people on the list Okta stops; with exactly one it links the assigned person to that stranger.",
    DOCUMENTED,
    "Multiple users found by userName. Expected 0 or 1 results but was [n]",
    at="lookup",
)
NOT_FOUND_AGAIN = Consequence(
    "At the next assignment Okta does not find the user, creates again and meets a conflict for good.",
    CAPTURED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: Conflict.",
    at="create",
)
CREATE_FAILS = Consequence(
    "The person is not provisioned; a task waits for the admin, and Okta does not retry by itself.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: …",
    at="create",
)
EMPTY_CREATE = Consequence(
    "The user may exist on the target, but Okta holds no id for it and reports a failure.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: "
    "Create new user returned empty user.",
    at="create",
)
LOST_ID = Consequence(
    "Okta addresses the user by the id it stored; under a wrong one every later push fails, and nothing is deactivated.",
    CAPTURED,
    "profile updates have errors",
    at="read",
)
WRONG_PROFILE = Consequence(
    "Okta shows success, but the person's data on the target are wrong, and nobody is told.",
    INFERRED,
)
DUPLICATES = Consequence(
    "One person has two accounts; later lookups find both, and Okta stops.",
    DOCUMENTED,
    "Multiple users found by userName. Expected 0 or 1 results but was [n]",
    at="lookup",
)
PUSH_FAILS = Consequence(
    "The profile push fails; the item stays among the tasks until somebody retries it.",
    DOCUMENTED,
    "Automatic profile push of user … to app … failed: Error while trying to push profile update for …: …",
    at="push",
)
STILL_ACTIVE = Consequence(
    "Okta shows the person as unassigned while the account goes on working; a failed deactivation is tried only once.",
    CAPTURED,
    "Push user deactivation to external application: FAILURE",
    at="deactivate",
)
NOT_REACTIVATED = Consequence(
    "A returning person is not found inactive but created anew, which conflicts with the hidden account.",
    CAPTURED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: Conflict.",
    at="create",
)
IMPORT_LOSES = Consequence(
    "The import misses people without a word; linked ones look deleted, and more than a fifth missing trips the safeguard.",
    DOCUMENTED,
)
IMPORT_REPEATS = Consequence(
    "The import meets the same account twice and offers conflicting matches.",
    INFERRED,
    "This choice creates a conflict.",
    at="import",
)
IMPORT_FAILS = Consequence(
    "The import fails or ends early; the admin sees fewer users scanned than there are.",
    INFERRED,
)
NO_BODY = Consequence(
    "Okta finds no user in the answer: a create counts as failed, and a connection test finds nobody.",
    DOCUMENTED,
    "Create new user returned empty user.",
    at="create",
)
UNREADABLE = Consequence(
    "Okta cannot read the answer and reports the parser's complaint.",
    CAPTURED,
    "… Errors reported by remote server: Invalid JSON: Unrecognized token …",
)
NO_REASON = Consequence(
    "The admin gets an error without the reason, because Okta shows the target's `detail`.",
    CAPTURED,
    "… Errors reported by remote server:",
)
SERVER_ERROR = Consequence(
    "The job fails with the target's server error; Okta does not retry user pushes.",
    DOCUMENTED,
    "…: Internal Server Error. Errors reported by remote server: …",
)
TIMES_OUT = Consequence(
    "Okta gives up after 60 seconds without an answer.",
    DOCUMENTED,
    "Error while verifying if user exists: null",
    at="lookup",
)
NO_ANSWER = Consequence(
    "Okta gets no answer it can read, at the latest after 60 seconds; the task waits until the admin retries it.",
    CAPTURED,
    "Error while verifying if user exists: null",
)
TYPE_MISREAD = Consequence(
    "Okta's JSON reader expects the declared type; a wrong one fails the step or loses the value.",
    DOCUMENTED,
    "Sync user in external application: FAILURE, without a reason",
    at="sync",
)
LEAKED_SECRET = Consequence(
    "Okta sends back what it is shown at the next profile push, so the secret also lands in logs on the way.",
    CAPTURED,
)
OKTA_INDIFFERENT = Consequence(
    "Okta's client goes on as if all were well; other SCIM clients may not.",
    INFERRED,
)
REVIEW_FAILS = Consequence(
    "Okta's client goes on, but its official test suite, which a vendor runs before the app is listed, fails this step.",
    DOCUMENTED,
)
LEAKED_INSIDE = Consequence(
    "Okta shows the text to its admin and keeps it in the System Log, with what it tells an attacker.",
    INFERRED,
)
OTHERS_MISLED = Consequence(
    "Okta never asks; other clients rely on it and guess wrong.",
    DOCUMENTED,
)
NOT_OKTAS = Consequence(
    "Okta never deletes users; other clients do, and so does the clean-up of this run.",
    DOCUMENTED,
)
WAITS_TOO_LONG = Consequence(
    "Without whole seconds in Retry-After Okta waits five minutes, and twice as long after each further refusal.",
    DOCUMENTED,
    "Rate Limit Exceeded",
)
THROTTLED_FOR_GOOD = Consequence(
    "After ten attempts, each after twice the wait, the task has failed for good and waits for the admin.",
    DOCUMENTED,
    "Rate Limit Exceeded",
)
NOTHING_TO_ASSIGN = Consequence(
    "The import of roles and entitlements fails or leaves some out, so an admin cannot assign them in Okta.",
    INFERRED,
)
REFUSED_WITHOUT_WORDS = Consequence(
    "Where an admin turns the feature on, the push fails with an error that does not say that the app lacks it.",
    INFERRED,
)
SUCCESS_WITHOUT_EFFECT = Consequence(
    "Where an admin turns the feature on, Okta shows success while nothing happens on the target, and nobody is told.",
    INFERRED,
)
ALTERED_IN_PASSING = Consequence(
    "A request that Okta takes for refused, or for another one, changes an account unseen.",
    INFERRED,
)

GROUP_FAILS = Consequence(
    "The group is not pushed: its row under Push Groups shows an error, and nobody gets what it grants.",
    DOCUMENTED,
    "Unable to update Group Push mapping target App group …: Error while creating user group …: …",
    at="group_create",
)
GROUP_LOST = Consequence(
    "Okta addresses the group by the id it was given; without it, or under a wrong one, no membership is pushed.",
    DOCUMENTED,
    "Unable to update Group Push mapping target App group …",
    at="group_update",
)
WRONG_GROUP = Consequence(
    "Okta can link its group to another group of the target and push its members there.",
    INFERRED,
)
MEMBERSHIP_FAILS = Consequence(
    "The membership push fails; the Push Groups tab shows an error beside the group, and nobody comes or goes.",
    CAPTURED,
    "… Error while updating user group membership for group … Errors reported by remote server: …",
    at="group_update",
)
STILL_MEMBER = Consequence(
    "Okta shows success, while somebody taken out of the group keeps what it grants on the target.",
    INFERRED,
)
MEMBER_MISSING = Consequence(
    "Okta shows success, while members lack what the group grants, until an admin presses Push now.",
    INFERRED,
)
GROUP_NAME_LOST = Consequence(
    "Okta and the target call the group by different names, and a later lookup by name misses it.",
    INFERRED,
)
GROUP_STAYS = Consequence(
    "Okta forgets the group once it is deleted; on the target it stays, with what it grants.",
    INFERRED,
)
GROUPS_NOT_IMPORTED = Consequence(
    "Groups that the import misses cannot be linked or assigned in Okta.",
    INFERRED,
)
