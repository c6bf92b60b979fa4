"""What becomes of many operations in one request."""

from typing import Any

import orjson

from reference_server.faults.bending import Answer, Asked, Fault


class StatusIsAnObject(
    Fault,
    id="bulk-status-object",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/16110",
    on="POST /Bulk",
):
    """The status of each result of a bulk request is an object, and its response a string of JSON."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        return answer.having(Operations=[_result(each) for each in answer.json.get("Operations", [])])


def _result(operation: dict[str, Any]) -> dict[str, Any]:
    changed = {**operation, "status": {"code": int(operation["status"])}}
    if "response" in operation:
        changed["response"] = orjson.dumps(operation["response"]).decode()
    return changed
