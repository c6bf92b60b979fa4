"""What is judged of requests that the RFCs allow and Okta never sends: one file an act."""
