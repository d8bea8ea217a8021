"""Portals side by side: each is a generator that waits for its own pages only, while all else stays on one thread."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .errors import FetchError, StoreError
from .model import Request
from .ports import Fetcher
from .steps.asking import Answer, Asking, PortalReport

if TYPE_CHECKING:
    from concurrent.futures import Future

AT_ONCE = 32


def ask(fetcher: Fetcher, request: Request) -> Answer:
    """The fetcher's answer, errors included."""
    try:
        return fetcher.get(request)
    except FetchError as error:
        return error


def drive(tasks: Mapping[str, Asking], fetch: Callable[[Request], Answer], at_once: int = AT_ONCE) -> dict[str, PortalReport]:
    """Run every task to its end: each waits for its own pages only, while all else stays on this thread."""
    if len(tasks) == 1:
        [(name, task)] = tasks.items()
        return {name: _drive_one(name, task, fetch)}
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

    reports: dict[str, PortalReport] = {}
    with ThreadPoolExecutor(at_once) as crew:
        waiting: dict[Future[Answer], str] = {}

        def go_on(name: str, answer: Answer | None) -> None:
            request = _step(name, tasks[name], answer, reports)
            if request is not None:
                waiting[crew.submit(fetch, request)] = name

        for name in tasks:
            go_on(name, None)
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                go_on(waiting.pop(future), future.result())
    return {name: reports[name] for name in tasks}


def _drive_one(name: str, task: Asking, fetch: Callable[[Request], Answer]) -> PortalReport:
    reports: dict[str, PortalReport] = {}
    request = _step(name, task, None, reports)
    while request is not None:
        request = _step(name, task, fetch(request), reports)
    return reports[name]


def _step(name: str, task: Asking, answer: Answer | None, reports: dict[str, PortalReport]) -> Request | None:
    """The task's next request, or None when it has ended and its report is in `reports`."""
    try:
        return next(task) if answer is None else task.send(answer)
    except StopIteration as end:
        reports[name] = end.value
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug met at one portal must not stop the others
        report = reports[name] = PortalReport(name)
        report.blame("bug", f"{type(error).__name__}: {error}")
        report.broke = True
    return None
