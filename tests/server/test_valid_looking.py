"""Requests that look right, over all routes: none of them is a defect. `make fuzz` sends a hundred thousand of another seed."""

from collections import Counter
from collections.abc import Callable

import pytest
from valid_looking import ValidLooking

from reference_server.settings import Token

from .conftest import Client
from .test_discovery import OKTA


@pytest.mark.parametrize("interop", [False, True], ids=["lenient", "interop"])
def test_no_valid_looking_request_is_a_defect(serve: Callable[..., Client], interop: bool) -> None:
    """Each gets a SCIM answer below 500, and most of what can be answered was."""
    scim = serve(tokens=(Token("secret", user_name="me"),), interop=interop, schema_file=OKTA)
    requests = ValidLooking(7, scim.found("/Schemas"), scim.found("/ResourceTypes"))
    statuses: Counter[int] = Counter()
    for _ in range(600):
        request = requests.next()
        kind = {"Content-Type": "application/scim+json"}
        answer = scim.request(
            request.method, request.path, content=request.body, headers={**kind, **request.headers}
        )
        requests.remember(request, answer.status_code, answer.json() if answer.content else None)
        statuses[answer.status_code] += 1
    assert max(statuses) < 500
    assert {200, 201, 204, 400, 404, 412} <= {*statuses}
    assert statuses[200] + statuses[201] + statuses[204] > (150 if interop else 250)
