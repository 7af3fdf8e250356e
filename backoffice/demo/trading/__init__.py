"""The demo's history of trading: clients who trade, prices they trade at, and the money it moves. Chance is the same every time."""
