"""What a fault of the sets is: one wrong server that no check was built for."""

from typing import ClassVar, Literal

from reference_server.faults.bending import Answer, Asked, Fault, Honest

Meets = Literal["okta", "others"]


class FirstSight(Fault):
    """One wrong behaviour, said in its docstring, written from the RFC or a public report without a look at the checks.

    `kind` is one of the kinds that were asked for or a new one, `meets` says whether Okta or only other clients send
    what shows it, `paragraph` what it breaks, `source` the public report, where there is one.
    """

    kind: ClassVar[str] = ""
    meets: ClassVar[Meets] = "okta"
    paragraph: ClassVar[str] = ""
    written: ClassVar[list[type["FirstSight"]]] = []

    def __init_subclass__(
        cls,
        *,
        kind: str = "",
        meets: Meets = "okta",
        paragraph: str = "",
        source: str = "",
        on: str | tuple[str, ...] = (),
    ) -> None:
        super().__init_subclass__(on=on)
        if kind:
            cls.kind, cls.meets, cls.paragraph, cls.source = kind, meets, paragraph, source
            FirstSight.written.append(cls)

    async def answering(self, asked: Asked, honest: Honest) -> Answer:
        """Who wrote the fault did not think of all that is asked: where it cannot be acted out, the server is honest."""
        try:
            return await super().answering(asked, honest)
        except (TypeError, ValueError, AttributeError, LookupError):
            return await honest(asked)
