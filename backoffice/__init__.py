"""The back office: contracts, the seam, and the domain apps that host the back-API."""
