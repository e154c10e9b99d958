"""A process that ingests, one run for each line of JSON on its input: so that memory is that of ingesting alone.

    python -m tests.ingesting

A line names root, today, since and until, and the client's limits; the answer, a line too, what the run told and the
highest memory so far, in MB.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from generator.config import read_config
from generator.ingest.catch_up import Wanted, ingest
from generator.ingest.client import CACHE, Client, Limits, user_agent
from generator.ingest.telling import summary, warnings


def main() -> None:
    """Work until the input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()


def run(root: str, since: str, until: str, today: str, limits: dict[str, Any]) -> dict[str, Any]:
    """Ingest once."""
    file, problems = read_config(Path(root))
    assert not problems, problems
    config = file.value
    own = [address for source in config.sources for address in (source.base_url, source.url, *source.pages) if address]
    wanted = Wanted(date.fromisoformat(today), date.fromisoformat(since), date.fromisoformat(until))
    with Client(user_agent(), Path(root) / CACHE, own=own, limits=Limits(**limits)) as client:
        outcome = ingest(Path(root), config, client.fetch, wanted)
    return {
        "summary": [summary(source) for source in outcome.sources],
        "warnings": [warning for source in outcome.sources for warning in warnings(source)],
        "written": outcome.written,
        "requests": [[request.url, request.status] for request in client.log],
        "memory": memory(),
    }


def memory() -> float | None:
    """Give the highest memory of this process, in MB; None where the system does not say it.

    Not ``getrusage``'s: that begins with the memory of the process that started this one.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return None
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1000


if __name__ == "__main__":
    main()
