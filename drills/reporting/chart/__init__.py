"""The chart of a report: the drill as a picture, and how its marks and lanes are arranged."""
