"""What is judged of each act of Okta's: one file an act."""
