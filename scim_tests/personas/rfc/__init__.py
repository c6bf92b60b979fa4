"""What any client of the RFCs may send and Okta does not: one file an act."""
