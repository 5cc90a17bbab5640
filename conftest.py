"""Names the step modules and the plugins that the tests need; nothing else."""

pytest_plugins = [
    "pytester",
    "steps.stack",
    "steps.workload",
    "steps.faults",
    "steps.recovery",
    "steps.judgement",
]
