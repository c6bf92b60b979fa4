"""What a scene found out: for the scenes that need it, for the clean-up, and for the reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scim_tests.model.record import ImportRecord
from scim_tests.model.scim import Json

Left = tuple[str, str, str]  # a userName or displayName, an id, and why it is still there


@dataclass(frozen=True)
class SceneResult:
    """What an act returns; what does not apply to it stays empty.

    The first ten are for later scenes of the play alone; the others are kept in the journal.
    """

    id: str = ""  # of the user or group it was about
    name: str = ""  # what that is called at its end: userName or displayName
    ids: tuple[str, ...] = ()  # where it was about many
    form: str = ""  # in which the target takes the token
    unmapped: tuple[str, ...] = ()  # attributes that the target refuses, so that they are sent no more
    mapped: Mapping[str, Json] = field(default_factory=dict)  # those it asked for, with what is sent
    config: Json = None  # the ServiceProviderConfig (RFC 7643 5), where it was asked for
    removes: bool = False  # a DELETE was seen to reach whom it named
    # In a clean-up, of groups (True) and of users: DELETE was seen to reach whom it named; it may reach others.
    reached: tuple[bool, ...] = ()
    stopped: tuple[bool, ...] = ()
    remark: str = ""  # for the reader of the scene
    ended_early: str = ""  # why it had no more to send
    not_looked_at: tuple[str, ...] = ()  # sentences about what it left out
    left_behind: tuple[Left, ...] = ()  # what it could not remove
    absent: tuple[str, ...] = ()  # userNames that a lookup showed to be nobody's
    gone: tuple[str, ...] = ()  # ids that were found to be gone
    limits: Mapping[str, tuple[bool, str]] = field(
        default_factory=dict
    )  # by capability: refused? in which words
    imported: ImportRecord | None = None  # what Okta would make of the people it met

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Every id of the run's own that it learnt."""
        return (self.id, *self.ids) if self.id else self.ids


NOTHING = SceneResult()  # of a scene that was not played to its end
