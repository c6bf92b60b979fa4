"""A load: what Okta does to many people, played by Locust and judged."""

import os

# Locust reads it when it is first imported, by whichever module: it would put gevent in place of our threads and sockets.
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")
