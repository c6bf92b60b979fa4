"""Who speaks to the target: one folder a persona, and the play they make up."""
