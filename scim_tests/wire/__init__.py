"""Hears: takes a step to the target and brings back what came of it, with every secret taken out.

Redaction sits here, in the pipe: whoever keeps or writes an exchange never held a secret.
"""
