"""A receiver of callbacks for the demo: it verifies, keeps and shows what arrives, and misbehaves when it is told to.

It is a program of its own, as a gateway's would be: it knows the desk by its callbacks alone.
"""
