"""What an exploration found: the conversation that shows it, of which no request can be left out."""

from scim_tests.model.record import ExchangeRecord, FindingRecord, RunRecord


class Explored:
    """The conversations of a run that nobody wrote; any other run has none."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.scenes = frozenset(each.name for each in record.scenes if each.conversation)
        self._scene_of = {each.number: each.scene for each in record.exchanges if each.scene in self.scenes}

    def scene(self, finding: FindingRecord) -> str:
        """The scene of the conversation in which it was found; empty where there is none."""
        return next((self._scene_of[number] for number in finding.at if number in self._scene_of), "")

    def exchanges(self, finding: FindingRecord) -> list[ExchangeRecord]:
        """All of its conversation up to the finding, and the looks after it that show it."""
        if not (scene := self.scene(finding)):
            return []
        of_it = (each for each in self.record.exchanges if each.scene == scene or each.number in finding.at)
        return [each for each in of_it if each.number <= max(finding.at) and each.status != 429]

    def found(self, finding: FindingRecord) -> frozenset[int]:
        """At which exchanges anything at all failed in its conversation, by their numbers."""
        scene = self.scene(finding)
        every = (each for check in self.record.checks for each in check.findings if each.verdict == "fail")
        here = (each for each in every if scene and self.scene(each) == scene)
        return frozenset(number for each in here for number in each.at)
