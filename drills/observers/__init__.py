"""Everything that watches a drill: as the team's monitoring does, and beside it as we do.

Only what the team's own monitoring said counts as *detected*: an alert that reached the pager, or
a container's own health check. What the engine saw stands beside it on the timeline.
"""
