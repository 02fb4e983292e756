"""Whether int8 is worth it on this machine."""

import time
from collections.abc import Callable

import numpy as np

from memex.embedding.protocol import Embedder

WORTHWHILE_GAIN = 1.3
FAITHFUL_COSINE = 0.97
"""CPUs without VNNI may saturate int8 sums: fast, but wrong."""
ROUNDS = 4
PROBE_SECONDS = 1.0

PROBE_TEXTS = (
    "The upload test fails on its second run because the temporary bucket is not deleted when the fixture is "
    "torn down; make the fixture own the bucket and empty it before the next test starts.",
    "error[E0502]: cannot borrow `self.pending` as mutable because it is also borrowed as immutable, "
    "src/scheduler.rs:214:9, first borrow occurs here, later used by the loop condition",
    "def retry(call, attempts=3, pause=0.2): for attempt in range(attempts): try: return call() except "
    "TimeoutError: if attempt + 1 == attempts: raise; time.sleep(pause * 2 ** attempt)",
    "git rebase --onto main feature/login~4 feature/login && pytest tests/auth -q --maxfail=1 --no-cov",
    "services/billing/src/invoice_renderer.ts services/billing/test/invoice_renderer.spec.ts package.json",
    "Moved the migration into its own transaction, added an index on (tenant_id, created_at), and the report "
    "that took forty seconds now takes two hundred milliseconds on the copy of production.",
    "Traceback (most recent call last): File \"/srv/app/worker.py\", line 88, in run: KeyError: 'session_id' "
    "while reading the message from the queue, 14 messages were returned to it",
    "Please find out why the dashboard shows yesterday's numbers: the cache key may lack the time zone.",
)


def choose_variant(
    fp32: Embedder, int8: Embedder, clock: Callable[[], float] = time.perf_counter
) -> Embedder:
    """int8 where it is clearly faster and says the same; takes about `PROBE_SECONDS`.

    The fastest of several alternating rounds counts, so that other work on the machine does not decide.
    """
    agreement = np.sum(fp32.encode(PROBE_TEXTS) * int8.encode(PROBE_TEXTS), axis=1)  # also warms both up
    if agreement.min() < FAITHFUL_COSINE:
        return fp32
    fastest = [float("inf"), float("inf")]
    begun = clock()
    for _ in range(ROUNDS):
        for place, embedder in enumerate((fp32, int8)):
            start = clock()
            embedder.encode(PROBE_TEXTS)
            fastest[place] = min(fastest[place], clock() - start)
        if clock() - begun > PROBE_SECONDS:
            break
    return int8 if fastest[0] >= WORTHWHILE_GAIN * fastest[1] else fp32
