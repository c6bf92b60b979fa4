"""What an exploration found: the conversation that shows it, of which no request can be left out."""

from urllib.parse import unquote

from scim_tests.model.record import ExchangeRecord, FindingRecord, RunRecord
from scim_tests.report.reproduction.asked import id_told


class Explored:
    """The conversations of a run that nobody wrote; any other run has none."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.scenes = frozenset(each.name for each in record.scenes if each.conversation)
        self._scene_of = {each.number: each.scene for each in record.exchanges if each.scene in self.scenes}
        made = {
            f"{each.path}/{id_told(each)}": each.scene
            for each in record.exchanges
            if each.scene in self.scenes and each.method == "POST" and id_told(each)
        }
        # What is asked about whom a conversation made, by the clean-up, too.
        places = ((each.number, unquote(each.path.partition("?")[0])) for each in record.exchanges)
        self._about = {number: made[place] for number, place in places if place in made}

    def scene(self, finding: FindingRecord) -> str:
        """The scene of the conversation in which it was found, or whose people it is about; empty where there is none."""
        scenes = (of[number] for of in (self._scene_of, self._about) for number in finding.at if number in of)
        return next(scenes, "")

    def exchanges(self, finding: FindingRecord) -> list[ExchangeRecord]:
        """All of its conversation up to the finding, and what was asked about its people after it, up to the looks that show it."""
        if not (scene := self.scene(finding)):
            return []
        theirs = {*finding.at, *(number for number, of in self._about.items() if of == scene)}
        of_it = (each for each in self.record.exchanges if each.scene == scene or each.number in theirs)
        return [each for each in of_it if each.number <= max(finding.at) and each.status != 429]

    def found(self, finding: FindingRecord) -> frozenset[int]:
        """At which exchanges anything at all failed in its conversation, by their numbers."""
        scene = self.scene(finding)
        every = (each for check in self.record.checks for each in check.findings if each.verdict == "fail")
        here = (each for each in every if scene and self.scene(each) == scene)
        return frozenset(number for each in here for number in each.at)
