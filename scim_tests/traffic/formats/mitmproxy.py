"""Reads mitmproxy's own flow files, by mitmproxy itself where it is installed; else says how to make a HAR of one."""

import io
import re

from scim_tests.errors import UsageError
from scim_tests.traffic.formats.source import Found, Source

_FLOW = re.compile(rb"\d{1,12}:\d{1,9}:[a-z_]{1,20}[;,]")  # a tnetstring that begins with a member's name
HAR_OF_IT = "mitmdump -nr {name} --set hardump=out.har"


def read(source: Source) -> Found | None:
    """UsageError `bad-recording` where it is such a file and cannot be read here."""
    if not _FLOW.match(source.data):
        return None
    hint = f"Make a HAR of it: {HAR_OF_IT.format(name=source.name)}"
    try:
        from mitmproxy.addons.savehar import SaveHar  # noqa: PLC0415 -- only who has flows pays, and may not have it
        from mitmproxy.exceptions import FlowReadException  # noqa: PLC0415
        from mitmproxy.io import FlowReader  # noqa: PLC0415
    except ImportError:
        said = f"{source.name} is a flow file of mitmproxy's, which mitmproxy alone can read."
        raise UsageError("bad-recording", said, hint) from None
    flows, whole = [], True
    try:
        flows.extend(FlowReader(io.BytesIO(source.data)).stream())
    except FlowReadException:
        whole = False
    try:
        return Found(whole, SaveHar().make_har(flows)["log"]["entries"])
    except Exception as error:  # noqa: BLE001 -- a stranger's file in a stranger's reader
        said = f"{source.name} is a flow file of mitmproxy's that it could not read ({type(error).__name__})."
        raise UsageError("bad-recording", said, hint) from None
