"""Reports: templates and their schedules, the making of files from one snapshot, and what is due to whom."""
