"""What Okta sends: one file an act, its people and its patience."""
