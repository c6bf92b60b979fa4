"""Acts out Okta as a SCIM 2.0 client against a target and judges every answer."""

__version__ = "0.1.0"
