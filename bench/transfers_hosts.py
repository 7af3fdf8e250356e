"""Who is called back in the benchmark of transfers: names that resolve to this machine."""

# Its callbacks only pile up: it is paused.
PILE = "pile.bench.test:8792"
HEALTHY = tuple(f"healthy{n}.bench.test:{8793 + n}" for n in range(4))
HANGING = "hanging.bench.test:8799"
HOSTS = (PILE, *HEALTHY, HANGING)


def name_of(host: str) -> str:
    return host.partition(":")[0]


def port_of(host: str) -> int:
    return int(host.partition(":")[2])
