"""A load: what Okta does to many people, played by Locust and judged.

Locust is a library here: it patches nothing of Python, and what somebody has set for loads of their own is not read.
"""

import os

for _name in [each for each in os.environ if each.startswith("LOCUST_")]:
    del os.environ[_name]
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"  # read when locust is imported, which only this room does
