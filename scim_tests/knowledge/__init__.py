"""What is known beforehand, from `fixtures/`: requirements, Okta's messages, its plan, and what becomes of a failure."""
