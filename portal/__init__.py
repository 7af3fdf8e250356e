"""The browser face of the desk: server-rendered pages that also answer htmx with fragments."""
