"""The control group: a whole, honest SCIM 2.0 server that the harness checks itself against.

It implements RFC 7643, RFC 7644 and RFC 9865 on Starlette, uvicorn and SQLite,
and shares no code with the harness, so that one misreading cannot hide in both.
"""
