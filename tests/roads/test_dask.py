"""A Dask cluster of two workers on loopback comes to the same numbers, also when one dies."""

import os
import threading
import time
from datetime import date

import pytest

from ii_helpers.course import cohort, workers

distributed = pytest.importorskip("distributed")


@pytest.fixture
def many(tmp_path):
    """400 workbooks of a few rows."""
    for n in range(400):
        logs = tmp_path / "many" / f"l{n:03}" / "data" / "log"
        logs.mkdir(parents=True)
        people = "".join(f"con_{m},teacher,2026-10-0{1 + m}T10:00:00+00:00\n" for m in range(n % 7))
        (logs / "contacts.csv").write_text("id,how_known,created_at\n" + people)
    return tmp_path / "many"


def run(many, to, **options):
    done = cohort.cohort(many, to, today=date(2026, 12, 1), **options)
    return done.totals, (to / "progress.csv").read_bytes()


def test_a_cluster_comes_to_the_same_and_survives_the_loss_of_a_worker(many, tmp_path, monkeypatch):
    expected = run(many, tmp_path / "loop", workers=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address
        assert run(many, tmp_path / "o1", scheduler=address) == expected

        started, count = threading.Event(), workers._next
        monkeypatch.setattr(workers, "BATCH", 4)

        def slowly(*args):
            started.set()
            time.sleep(0.02)  # so that the worker dies while work is under way
            return (yield from count(*args))

        monkeypatch.setattr(workers, "_next", slowly)
        victim = next(iter(cluster.workers.values())).pid

        def kill():
            assert started.wait(60)
            time.sleep(0.2)
            os.kill(victim, 9)

        killer = threading.Thread(target=kill)
        killer.start()
        assert run(many, tmp_path / "o2", scheduler=address) == expected
        killer.join()
