"""Work shared by processes: answers as they come, nothing left running after an interruption."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import active_children, get_context
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def answers(
    work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[Task, Answer]]:
    """Each task with its answer, in the order in which they are done.

    Args:
        work: a function of a module, so that another process can find it.
        tasks: what it is given.
        jobs: how many processes; the tasks are done here if it is one.

    Raises:
        Exception: what ``work`` raised first; the tasks not done by then are given up.

    >>> sorted(answers(abs, [-2, 1], jobs=1))
    [(-2, 2), (1, 1)]
    """
    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            yield task, work(task)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), mp_context=get_context("spawn"), initializer=_undisturbed
    )
    try:
        futures = {pool.submit(work, task): task for task in tasks}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(active_children()) - others:
            process.terminate()
        raise
    pool.shutdown()


def _undisturbed() -> None:
    """An interruption from the keyboard is the first process's to answer, not the workers'."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
