"""The runbook as it is written: its commands, read from its code, and what became of each."""
