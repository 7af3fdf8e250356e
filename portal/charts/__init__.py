"""Charts as SVG, drawn by the server: colours are the portal's own variables, so one drawing serves both themes.

A process that has drawn one must not fork: the child would hang in its next drawing.
"""
