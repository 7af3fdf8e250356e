"""One module for each section: what its pages show and do."""
