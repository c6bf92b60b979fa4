"""The record of a load, from what was counted and judged."""

from collections.abc import Sequence

from scim_tests import __version__
from scim_tests.load.verdicts import notices as notices_of
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadInfo, LoadRecord, Moment, StepStats
from scim_tests.model.profile import Profile
from scim_tests.model.record import CheckRecord, LeftBehind, Outcome, TargetInfo
from scim_tests.model.tally import StepTally, Tally, quantile, together
from scim_tests.record.build import profile_info, sources
from scim_tests.report.load.told import told


def recorded(  # noqa: PLR0913 -- the parts of a load, each by its name
    plan: LoadPlan,
    tally: Tally,
    *,
    started: str,
    seconds: float,
    target: TargetInfo,
    profile: Profile,
    steps: Sequence[StepStats],
    history: Sequence[Moment],
    checks: Sequence[CheckRecord],
    outcome: Outcome,
    left_behind: Sequence[LeftBehind] = (),
    notices: Sequence[str] = (),
) -> LoadRecord:
    """The whole record; what is ours and not the target's is among its notices."""
    return LoadRecord(
        load=LoadInfo(started, seconds, __version__, plan),
        target=target,
        profile=profile_info(profile),
        outcome=outcome,
        told=told(plan, tally),
        checks=list(checks),
        steps=list(steps),
        history=list(history),
        tally=tally,
        left_behind=list(left_behind),
        notices=[*notices_of(plan, tally), *notices],
        sources=sources(check.aftermath for check in checks),
    )


def counted_steps(tally: Tally) -> list[StepStats]:
    """Each step as it was counted here, where Locust can no longer be asked; times are those of successes."""
    return [_step(name, step) for name, step in tally.steps.items()]


def _step(name: str, step: StepTally) -> StepStats:
    times = step.timing
    median, p95, p99, longest = (quantile(times, share) or 0.0 for share in (0.5, 0.95, 0.99, 1.0))
    return StepStats(name, step.method, step.sent, step.sent - sum(times.values()), median, p95, p99, longest)


def counted_history(tally: Tally) -> list[Moment]:
    """The same of the history: a point a slice."""
    seconds = tally.slice_seconds
    moments = []
    for key in sorted(tally.sent, key=int):
        times = together(step.slices.get(key, {}) for step in tally.steps.values())
        moments.append(
            Moment(
                second=(int(key) + 1) * seconds,
                requests=tally.sent[key] / seconds,
                failures=tally.failed.get(key, 0) / seconds,
                median=quantile(times, 0.5) or 0.0,
                p95=quantile(times, 0.95) or 0.0,
            )
        )
    return moments
