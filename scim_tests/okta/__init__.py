"""What Okta says: one file an act, and the play they make up."""
