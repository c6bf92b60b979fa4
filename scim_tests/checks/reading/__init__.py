"""What checks share: readers of exchanges, resources and histories; no check stands here."""
