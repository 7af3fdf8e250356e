"""Tables that people fill in, as CSV or XLSX: read under limits, recognised by their header, written so that no cell becomes a formula."""
