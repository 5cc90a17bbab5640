"""The names in a drill's folder, and in the folder of all drills."""

from __future__ import annotations

JOURNAL = "journal.jsonl"  # the events, one a line
SAMPLES = "samples"  # the folder of what was asked: one file a lane
EVIDENCE = "evidence"  # the folder of what was kept
FINAL_READ = "final-read.json"  # what each node holds of each write
BACKUP_READS = "backup-reads.json"  # what each backup that was restored held of each write
RESULT, RECORD, REPORT = "drill.json", "incident.md", "report.html"
RECORD_DATA = "incident.json"  # the record for machines
TEMPLATE = "template of the incident record"  # the artefact that holds the team's own
# Made from what is sealed, so made anew by each judgement.
RENDERED = (RESULT, RECORD, RECORD_DATA, REPORT)

STANDING = "standing.json"  # how it stands against earlier drills; on these it rests, so unsealed
PRUNED = "pruned.txt"  # what was removed of an old drill, and when

LATEST = "latest"  # beside the drills: a link to the one that ended last
INDEX = "index.html"  # beside the drills: all of them on one page
TAKEN = ".incidents"  # beside the drills: an empty file for each incident's number that was given
