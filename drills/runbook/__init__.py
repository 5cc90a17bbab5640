"""The runbook as the framework knows it: policy, procedures, and who carries them out."""
