"""HTML of ours on paper: A4 pages by a child process that reaches nothing."""
