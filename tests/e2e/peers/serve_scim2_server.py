"""scim2-server by its own command, made to say which free port it was given."""

import sys
from typing import Any

from scim2_server.testserver import cli

make_server = cli.make_server


def announcing(*arguments: Any, **options: Any) -> Any:
    server = make_server(*arguments, **options)
    print(f"http://127.0.0.1:{server.server_port}/v2", flush=True)
    return server


cli.make_server = announcing
sys.argv[1:] = ["--port", "0", "--bearer-token", sys.argv[1]]
cli.main()
