"""What outlives a drill that dies: it undoes the faults, removes the stack, writes the report."""
