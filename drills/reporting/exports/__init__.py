"""What a run of drills is told to other programs: one module for each form, made from results."""
