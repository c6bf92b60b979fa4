"""The page for who validates a deployment: `scim-tests ui`, on this machine alone."""
