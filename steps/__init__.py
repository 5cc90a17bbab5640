"""The sentences that features are written in, by domain concept."""
