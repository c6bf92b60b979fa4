"""Conversations that nobody wrote: found, shrunk and told."""
