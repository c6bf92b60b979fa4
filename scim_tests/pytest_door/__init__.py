"""What stands behind `pytest scim_tests`: the session, its items and report.html."""
