"""Okta's own test plan for apps that want to be listed: `fixtures/okta/qa-plan.toml`."""

import tomllib
from functools import cache

from scim_tests.knowledge.reference import fixtures
from scim_tests.model.plan import Plan, plan_of


@cache
def qa_plan() -> Plan:
    """What Okta's reviewers work through before they list an app (okta:PLAN), from `fixtures/okta/qa-plan.toml`."""
    text = (fixtures() / "okta" / "qa-plan.toml").read_text(encoding="utf-8")
    return plan_of(tomllib.loads(text))
