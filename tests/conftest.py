"""How properties are tried: no verdict depends on how busy the machine is, and a failure prints what repeats it.

What is random is the same in every run of the suite: luck is no reason to fail. `--hypothesis-profile=fresh`
tries something else each time, and `pytest tests/server --hypothesis-profile=soak` looks much longer for what they do not hold for.
"""

from hypothesis import HealthCheck, settings

from scim_tests.session import removing

settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, derandomize=True
)
settings.register_profile("fresh", settings.get_profile("suite"), derandomize=False)
settings.register_profile("soak", settings.get_profile("fresh"), max_examples=5000, stateful_step_count=100)
settings.load_profile("suite")
removing.AGAIN = 0.0  # nobody waits: a target that went away is asked once more at once
