"""badge.svg: the verdict as a picture for somebody's README; nothing is asked of a server for it."""

from scim_tests.model.record import RunRecord
from scim_tests.report.templating import filled

LABEL = "SCIM for Okta"
LETTER, MARGIN = 6.5, 6  # pixels, by and large; the text is fitted to them
GREEN, RED, GREY = "#2c7a3f", "#b3261e", "#5f6368"


def badge(record: RunRecord) -> str:
    """How the run ended, and how many of the checks that were judged passed, as an SVG."""
    counts, verdict = record.counts, record.outcome.verdict
    is_judged = verdict in {"passed", "failed"}
    share = f": {counts.passed + counts.advice} of {counts.judged} pass" if is_judged else ""
    return filled(
        "badge.svg",
        label=LABEL,
        said=verdict + share,
        colour=(GREEN if verdict == "passed" else RED) if is_judged else GREY,
        width=lambda text: round(LETTER * len(text) + 2 * MARGIN),
        margin=MARGIN,
    )
