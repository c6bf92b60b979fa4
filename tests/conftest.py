"""How properties are tried: no verdict depends on how busy the machine is, and a failure prints what repeats it.

`pytest tests/server --hypothesis-profile=soak` looks much longer for what they do not hold for.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("soak", settings.get_profile("suite"), max_examples=5000, stateful_step_count=100)
settings.load_profile("suite")
