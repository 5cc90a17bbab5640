"""Many drills: what a folder of reports holds, and in which order they were run."""
