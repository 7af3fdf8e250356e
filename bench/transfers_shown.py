"""How the benchmark of transfers prints what it found: each side and each ratio with its median and its spread."""

import statistics

from bench.transfers_load import DONE, Load


class Shown:
    def __init__(self) -> None:
        self.head("")

    def head(self, title: str) -> None:
        self.title = title
        self.sides: dict[str, list[float]] = {}
        self.ratios: dict[str, list[float]] = {}
        self.notes: dict[str, str] = {}
        self.wrong: list[str] = []

    def add(self, name: str, value: float, *, note: str = "") -> None:
        self.sides.setdefault(name, []).append(value)
        self.notes[name] = note

    def ratio(self, name: str, above: float, below: float, target: str = "") -> None:
        """Of one run."""
        self.ratios.setdefault(name, []).append(above / below if below else 0.0)
        self.notes[name] = f"target {target}" if target else ""

    def odd(self, *loads: Load) -> None:
        """Answers that no load should get: they are told, for a figure with failures in it means little."""
        self.wrong += [f"answers {load.statuses}" for load in loads if set(load.statuses) - set(DONE)]

    def print(self, *, digits: int = 0) -> None:
        print(f"\n{self.title}")
        for form, found in ((f"{{:>12,.{digits}f}}", self.sides), ("{:>12.3f}", self.ratios)):
            for name, values in found.items():
                spread = f"[{form.strip().format(min(values)).strip()} - {form.format(max(values)).strip()}]"
                print(f"  {name:42} {form.format(statistics.median(values))} {spread:24} n={len(values)}  {self.notes[name]}".rstrip())
        for line in self.wrong:
            print(f"  {line}", flush=True)
        self.head("")
