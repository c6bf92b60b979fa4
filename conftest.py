"""Loads the pytest door, so that `pytest scim_tests --reference` works in a checkout."""

pytest_plugins = ["scim_tests.plugin"]
