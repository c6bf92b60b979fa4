"""The scripts that show a failed check again: a shell script of curl lines, and the same in Python.

Both need curl or Python 3 alone. They prove by a read before each write, and remove whom they made, as
`clean` does. Exit code 1 says that the fault is still there, 0 that it is gone, 2 that it could not be asked.
"""

from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.report.reproduction.python_script import python_script
from scim_tests.report.reproduction.question import said
from scim_tests.report.reproduction.reproduction import Dependencies, Reproduction
from scim_tests.report.reproduction.rewording import DECLARED
from scim_tests.report.reproduction.shell_script import shell_script
from scim_tests.wire.parts import TOKEN_VARIABLE, Text, Variable

REMOVES = "Makes its own people, and removes or deactivates them; writes to nobody else."
LEAVES = (
    "Makes its own people, whom the target cannot remove, and so only where SCIM_TESTS_LEAVE_USERS=yes is set;"
    " writes to nobody else."
)


def reproductions(record: RunRecord) -> tuple[dict[str, str], list[str]]:
    """File names with their text: `<check>.sh` and `<check>.py` for each failed check that can be shown.

    Of what an exploration found only root causes have any: the conversation of one shows what it explains, too. And a note for each that could not be written: a target's words must not cost the reports.
    """
    scripts: dict[str, str] = {}
    notes: list[str] = []
    dependencies = None
    causes = {each.check for each in record.root_causes}
    for check in (each for each in record.checks if each.verdict == "fail"):
        try:
            dependencies = dependencies or Dependencies(record)
            if check.id in causes or not dependencies.is_explored(check):
                scripts.update(_scripts(dependencies, check))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other scripts are written
            notes.append(f"No script shows {check.id} again: writing it failed with {type(error).__name__}.")
    return scripts, notes


def _scripts(dependencies: Dependencies, check: CheckRecord) -> dict[str, str]:
    reproduction = dependencies.reproduction(check)
    if not reproduction:
        return {}
    return {
        f"{check.id}.sh": shell_script(reproduction, _heading(reproduction), _credentials(reproduction)),
        f"{check.id}.py": python_script(reproduction, _heading(reproduction), _credentials(reproduction)),
    }


def _heading(reproduction: Reproduction) -> list[str]:
    where = f" at {reproduction.finding.where}" if reproduction.finding.where else ""
    return [
        said(f"{reproduction.check.id}: {reproduction.check.title}"),
        said(f"Expected: {reproduction.finding.expected}{where}"),
        said(f"Got: {reproduction.finding.got}"),
        LEAVES if reproduction.leaves_users else REMOVES,
        "Shows of an answer its status alone: a target may have put the token into its words.",
        "Exit code: 1 while the fault is there, 0 when it is gone, 2 when it could not be asked.",
        "SCIM_TESTS_TOKEN holds the token; an argument names another base URL.",
    ]


def _credentials(reproduction: Reproduction) -> list[tuple[str, Text]]:
    """What lets the script in where it asks on its own account: as the first request of the run that had the token."""
    lines = (line.call.headers for line in reproduction.lines)
    headers = next((each for each in lines if any(TOKEN_VARIABLE in value for _, value in each)), [])
    found = [(name, value) for name, value in headers if _lets_in(name, value)]
    return found or [("Authorization", ("Bearer ", TOKEN_VARIABLE))]


def _lets_in(name: str, value: Text) -> bool:
    return name.lower() not in DECLARED or any(isinstance(part, Variable) for part in value)
