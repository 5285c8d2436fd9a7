"""What is on its way from a Hub while something else is done: a few requests side by side."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
AT_ONCE: Final = 16
"""Requests that are under way at a time: each costs a round trip or two, and few bytes."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """Work that is taken up in the order in which it comes, by threads that are there as long as there is any.

    They are daemons, unlike those of a pool: who interrupts the command does not wait for the Hub.
    """

    _waiting: deque[tuple[Future[Any], Callable[[], Any]]] = field(default_factory=deque, init=False, repr=False)
    _threads: set[threading.Thread] = field(default_factory=set, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def fetch(self, work: Callable[[], T]) -> Future[T]:
        """Return the answer of ``work`` as it will be, or the error that it raises."""
        found: Future[T] = Future()
        with self._lock:
            self._waiting.append((found, work))
            if len(self._threads) < AT_ONCE:
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.add(thread)
                thread.start()
        return found

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._threads.discard(threading.current_thread())
                    return
                found, work = self._waiting.popleft()
            try:
                found.set_result(work())
            except BaseException as error:  # noqa: BLE001 -- told to whoever waits for it, as a pool does
                found.set_exception(error)
