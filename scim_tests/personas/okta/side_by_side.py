"""What does not hang on each other goes on at the same time: what is done to several people or groups, and walks of lists."""

from collections.abc import Generator, Iterable

from scim_tests.model.act import Independent, Step
from scim_tests.model.exchange import Exchange, NotObserved

Doing = Generator[Step, Exchange, None]
AT_ONCE = 16  # which go on together; between a look at somebody and what follows lie so many requests at most


def side_by_side(doings: Iterable[Doing]) -> Generator[Independent, Exchange, None]:
    """Go on with each, round by round, until all are over; each hears what came of its own steps."""
    waiting = [(each, step) for each in doings if (step := next(each, None))]
    while waiting:
        try:
            heard = (yield Independent(step for _, step in waiting)).at_once
        except NotObserved as refused:  # of all of them
            following = [_after(each, refused) for each, _ in waiting]
        else:
            following = [_after(each, shown) for (each, _), shown in zip(waiting, heard, strict=True)]
        waiting = [(each, step) for (each, _), step in zip(waiting, following, strict=True) if step]


def alone(step: Step) -> Doing:
    """Something that is done with one step, whatever comes of it."""
    yield step


def _after(doing: Doing, heard: Exchange | NotObserved) -> Step | None:
    try:
        return doing.throw(heard) if isinstance(heard, NotObserved) else doing.send(heard)
    except StopIteration:
        return None
