"""`python -m scim_tests` is the command."""

from scim_tests.cli import main

main()
