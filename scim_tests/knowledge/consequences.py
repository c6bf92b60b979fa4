"""What Okta makes of a wrong answer, and what its admin then sees; shared by the checks it follows from.

`beside` says from which answers a consequence can follow: what presumes that Okta went on is not told of a refusal.

Texts in quotes are Okta's own (okta-protocol, section 5); `…` stands for the person or app.
"""

from scim_tests.model.check import BARE, CAPTURED, DOCUMENTED, INFERRED, REFUSED, SENT, TAKEN, Consequence

TEST_FAILS = Consequence(
    "Test API Credentials fails, so the admin cannot switch provisioning on.",
    DOCUMENTED,
    "Error authenticating: … The connector configuration could not be tested.",
    at="probe",
    beside=REFUSED,
)
NO_RESULTS = Consequence(
    "Test API Credentials fails because Okta sees no list of users.",
    DOCUMENTED,
    "No results for users returned",
    at="probe",
    beside=TAKEN,
)
UNREADABLE_LIST = Consequence(
    "Okta finds no list that it can read, so what it asked for fails: the test, the lookup or the import.",
    DOCUMENTED,
    beside=TAKEN,
)
OPEN_DOOR = Consequence(
    "Okta notices nothing; anyone on the network can read the directory.",
    INFERRED,
)
UNCLEAR_REFUSAL = Consequence(
    "Okta shows an error that does not say that the token is wrong.",
    CAPTURED,
    "Error authenticating: null. The connector configuration could not be tested.",
    at="probe",
    beside=REFUSED,
)
LOOKUP_FAILS = Consequence(
    "Okta stops: it neither creates nor links the person, and a task waits for the admin.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while verifying if user … exists: …",
    at="lookup",
    beside=REFUSED,
)
SEVERAL_PEOPLE = Consequence(
    "Okta finds several people and stops: it neither creates nor links the person.",
    DOCUMENTED,
    "Multiple users found by userName. Expected 0 or 1 results but was [n]",
    at="lookup",
    beside=TAKEN,
)
STRANGER_LINKED = Consequence(
    "Okta links the assigned person to the one that it finds, and writes to that account from then on.",
    DOCUMENTED,
    at="lookup",
    beside=TAKEN,
)
TOTAL_MISREAD = Consequence(
    "Where Okta goes by totalResults, it takes the person that it finds for several, or for nobody.",
    INFERRED,
    at="lookup",
    beside=TAKEN,
)
NOT_FOUND_AGAIN = Consequence(
    "At the next assignment Okta does not find the user, creates it again and gets a conflict every time.",
    CAPTURED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: Conflict.",
    at="create",
    beside=TAKEN,
)
OTHER_LETTERS = Consequence(
    "Where Okta has the name in other letters than the target, it does not find the user, creates it again and gets a conflict.",
    INFERRED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: Conflict.",
    at="create",
    beside=TAKEN,
)
CREATE_FAILS = Consequence(
    "The person is not provisioned; a task waits for the admin, and Okta does not retry by itself.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: …",
    at="create",
    beside=REFUSED,
)
EMPTY_CREATE = Consequence(
    "The user may exist on the target, but Okta holds no id for it and reports a failure.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: "
    "Create new user returned empty user.",
    at="create",
    beside=SENT,
)
LOST_ID = Consequence(
    "Okta addresses the user by the id it stored; with a wrong id every later push fails, and so does deactivation.",
    CAPTURED,
    "profile updates have errors",
    at="read",
    beside=TAKEN,
)
WRONG_PROFILE = Consequence(
    "Okta shows success, but the person's data on the target are wrong, and no admin is told.",
    INFERRED,
    beside=TAKEN,
)
DUPLICATES = Consequence(
    "One person has two accounts; later lookups find both, and Okta stops.",
    DOCUMENTED,
    "Multiple users found by userName. Expected 0 or 1 results but was [n]",
    at="lookup",
    beside=TAKEN,
)
PUSH_FAILS = Consequence(
    "The profile push fails; the item stays among the tasks until somebody retries it.",
    DOCUMENTED,
    "Automatic profile push of user … to app … failed: Error while trying to push profile update for …: …",
    at="push",
    beside=REFUSED,
)
QUIETLY_ACTIVE = Consequence(
    "Okta shows the person as unassigned, but the account still works, and no admin is told.",
    INFERRED,
    beside=TAKEN,
)
STILL_ACTIVE = Consequence(
    "Okta shows the person as unassigned, but the account still works; a failed deactivation is tried only once.",
    CAPTURED,
    "Push user deactivation to external application: FAILURE",
    at="deactivate",
    beside=REFUSED,
)
NOT_REACTIVATED = Consequence(
    "Okta does not find the inactive account of a returning person and creates a new one, which conflicts with the hidden one.",
    CAPTURED,
    "Automatic provisioning of user … to app … failed: Error while creating user …: Conflict.",
    at="create",
    beside=TAKEN,
)
NOT_GIVEN_BACK = Consequence(
    "The returning person does not get the account back; a task waits for the admin.",
    INFERRED,
    "Push user reactivation in external application: FAILURE: …",
    at="reactivate",
    beside=REFUSED,
)
IMPORT_LOSES = Consequence(
    "The import misses people without an error; linked people look deleted, and if more than a fifth are missing, Okta's safeguard stops the import.",
    DOCUMENTED,
    beside=TAKEN,
)
IMPORT_REPEATS = Consequence(
    "The import finds the same account twice and offers conflicting matches.",
    INFERRED,
    "This choice creates a conflict.",
    at="import",
    beside=TAKEN,
)
IMPORT_FAILS = Consequence(
    "The import fails or ends early; the admin sees fewer users scanned than there are.",
    INFERRED,
    beside=REFUSED,
)
NO_BODY = Consequence(
    "Okta finds no user in the answer and counts the request as failed.",
    DOCUMENTED,
    "Create new user returned empty user.",
    at="create",
    beside=SENT,
)
UNREADABLE = Consequence(
    "Okta cannot read the answer and reports the parser's error.",
    CAPTURED,
    "… Errors reported by remote server: Invalid JSON: Unrecognized token …",
    beside=SENT,
)
NO_REASON = Consequence(
    "The admin gets an error without the reason, because Okta shows the target's `detail`.",
    CAPTURED,
    "… Errors reported by remote server:",
    beside=BARE,
)
SERVER_ERROR = Consequence(
    "The job fails with the target's server error; Okta does not retry user pushes.",
    DOCUMENTED,
    "…: Internal Server Error. Errors reported by remote server: …",
    beside=REFUSED,
)
TIMES_OUT = Consequence(
    "Okta gives up after 60 seconds without an answer.",
    DOCUMENTED,
    "Error while verifying if user exists: null",
    at="lookup",
    beside=REFUSED,
)
NO_ANSWER = Consequence(
    "Okta gets no answer it can read, at the latest after 60 seconds; the task waits until the admin retries it.",
    CAPTURED,
    "Error while verifying if user exists: null",
    beside=REFUSED,
)
TYPE_MISREAD = Consequence(
    "Okta's JSON reader expects the declared type; with a wrong type the step fails or the value is lost.",
    DOCUMENTED,
    "Sync user in external application: FAILURE, without a reason",
    at="sync",
    beside=TAKEN,
)
LEAKED_SECRET = Consequence(
    "At the next profile push Okta sends back what it was shown, so the secret also gets into logs on the way.",
    CAPTURED,
    beside=TAKEN,
)
OKTA_INDIFFERENT = Consequence(
    "Okta's client continues as if everything were right; other SCIM clients may not.",
    INFERRED,
)
OTHERS_MISLED = Consequence(
    "Nothing: other clients rely on it and are misled.",
    DOCUMENTED,
)
NOT_OFFERED = Consequence(
    "With Import User Schema on, Okta does not offer the extension's attributes under Add Attribute in the "
    "Profile Editor, so that no admin can map them.",
    DOCUMENTED,
)
NO_ATTRIBUTES = Consequence(
    "With Import User Schema on, Okta finds no core attributes to offer under Add Attribute in the Profile Editor; "
    "other clients are misled, too.",
    DOCUMENTED,
)
REVIEW_FAILS = Consequence(
    "Okta's client continues, but Okta's official test suite, which a vendor runs before the app is listed, fails this step.",
    DOCUMENTED,
)
LEAKED_INSIDE = Consequence(
    "Okta shows the text to its admin and keeps it in the System Log, where it can help an attacker.",
    INFERRED,
    beside=REFUSED,
)
NOT_OKTAS = Consequence(
    "Okta deletes users only with granular deprovisioning switched on, else it deactivates them; "
    "other clients do delete, and so does the clean-up of this run.",
    DOCUMENTED,
)
WAITS_TOO_LONG = Consequence(
    "Without whole seconds in Retry-After Okta waits five minutes, and twice as long after each further refusal.",
    DOCUMENTED,
    "Rate Limit Exceeded",
    beside=REFUSED,
)
THROTTLED_FOR_GOOD = Consequence(
    "After ten attempts, each after twice the wait, the task fails and waits for the admin.",
    DOCUMENTED,
    "Rate Limit Exceeded",
    beside=REFUSED,
)
NOTHING_TO_ASSIGN = Consequence(
    "The import of roles and entitlements fails or leaves some out, so an admin cannot assign them in Okta.",
    INFERRED,
    beside=SENT,
)
REFUSED_WITHOUT_WORDS = Consequence(
    "If an admin turns the feature on, the push fails with an error that does not say that the app lacks it.",
    INFERRED,
    beside=REFUSED,
)
SUCCESS_WITHOUT_EFFECT = Consequence(
    "If an admin turns the feature on, Okta shows success, but nothing happens on the target, and no admin is told.",
    INFERRED,
    beside=TAKEN,
)
ALTERED_IN_PASSING = Consequence(
    "A request changes an account, but Okta believes that it was refused or that it did something else.",
    INFERRED,
    beside=SENT,
)

GROUP_FAILS = Consequence(
    "The group is not pushed: its row under Push Groups shows an error, and its members do not get what it grants.",
    DOCUMENTED,
    "Unable to update Group Push mapping target App group …: Error while creating user group …: …",
    at="group_create",
    beside=REFUSED,
)
GROUP_LOST = Consequence(
    "Okta addresses the group by the id it was given; without an id, or with a wrong one, no membership is pushed.",
    DOCUMENTED,
    "Unable to update Group Push mapping target App group …",
    at="group_update",
    beside=TAKEN,
)
WRONG_GROUP = Consequence(
    "Okta can link its group to another group of the target and push its members there.",
    INFERRED,
    beside=TAKEN,
)
MEMBERSHIP_FAILS = Consequence(
    "The membership push fails; the Push Groups tab shows an error beside the group, and no member is added or removed.",
    CAPTURED,
    "… Error while updating user group membership for group … Errors reported by remote server: …",
    at="group_update",
    beside=REFUSED,
)
GROUP_PUSH_FAILS = Consequence(
    "The push fails; the Push Groups tab shows an error beside the group, and the target's group stays as it was.",
    CAPTURED,
    at="group_update",
    beside=REFUSED,
)
MEMBERS_WRONG = Consequence(
    "Okta shows success, but on the target the group has other members than in Okta: "
    "who is one too many keeps what the group grants, and who is missing lacks it.",
    INFERRED,
    beside=TAKEN,
)
OVERLAP_LOST = Consequence(
    "Okta shows success for every write, and on the target one of them undid another. "
    "How far Okta overlaps writes to one user or group is not documented; several jobs run at once.",
    INFERRED,
    beside=TAKEN,
)
GROUP_NAME_LOST = Consequence(
    "Okta and the target have different names for the group, and a later lookup by name does not find it.",
    INFERRED,
    beside=TAKEN,
)
GROUP_NOT_FOUND = Consequence(
    "Okta does not find the group that it pushed, and creates it a second time or meets a conflict.",
    INFERRED,
    beside=TAKEN,
)
GROUP_NOT_DELETED = Consequence(
    "Okta forgets the group, but the group stays on the target, with what it grants.",
    INFERRED,
    beside=REFUSED,
)
GROUP_STAYS = Consequence(
    "Okta forgets the deleted group, but the group stays on the target, with what it grants.",
    INFERRED,
    beside=TAKEN,
)
GROUPS_NOT_IMPORTED = Consequence(
    "Groups that the import misses cannot be linked or assigned in Okta.",
    INFERRED,
    beside=TAKEN,
)
