"""Rules that hold in every answer, whoever asked."""
