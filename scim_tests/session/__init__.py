"""One run, from options to reports, and everything else that sends: target, access, clean-up, journal, folder."""
