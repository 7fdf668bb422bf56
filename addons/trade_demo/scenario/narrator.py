"""Tells what happens as it happens, and holds every step to its deadline."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE = 0.1  # seconds between two looks
DEADLINE = 45  # seconds a step may take unless it says otherwise; generous, machines differ


class NotYet(Exception):
    """What was looked for is not there yet; says what is."""


class StepFailed(Exception):
    """A step of the scenario did not happen."""


class Narrator:
    """Prints one line per step with the seconds since the start."""

    def __init__(self):
        self.started = time.monotonic()
        self.done = 0
        self._colours = sys.stdout.isatty()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def act(self, title: str) -> None:
        """Begin a new act."""
        print(f"\n{self._paint(title, 1)}", flush=True)

    def say(self, text: str) -> None:
        """A line that is no step: what the audience should know."""
        print(f"{'':9}  {text}", flush=True)

    @contextmanager
    def step(self, text: str, seconds: float = DEADLINE) -> Iterator[list[str]]:
        """Do something that has to succeed.

        :param seconds: its deadline; what takes longer has failed, even if it succeeds in the end.
        :raise StepFailed: it raised something, or took too long.
        """
        begun, more = time.monotonic(), []
        try:
            yield more
        except StepFailed:
            raise
        except Exception as error:
            raise self._failed(text, f"{type(error).__name__}: {error}") from error
        took = time.monotonic() - begun
        if took > seconds:
            raise self._failed(text, f"it took {took:.1f} s, allowed are {seconds:g} s")
        self.done += 1
        self._line("✓", 32, text, took)
        for line in more:
            self.say(line)

    def wait(self, text: str, look: Callable[[], list[str] | None], seconds: float = DEADLINE) -> None:
        """Wait until ``look`` no longer raises :class:`NotYet`. Lines it returns are told.

        :raise StepFailed: the deadline passed; says what was there instead.
        """
        begun = time.monotonic()
        while True:
            try:
                more = look()
                break
            except NotYet as error:
                if time.monotonic() - begun > seconds:
                    raise self._failed(text, f"after {seconds:g} s: {error}") from error
            except Exception as error:
                raise self._failed(text, f"{type(error).__name__}: {error}") from error
            time.sleep(PAUSE)
        self.done += 1
        self._line("✓", 32, text, time.monotonic() - begun)
        for line in more or ():
            self.say(line)

    def check(self, sentence: str, failures: list[str]) -> None:
        """A check that holds, or what contradicts it."""
        mark = self._paint("✗", 31) if failures else self._paint("✓", 32)
        print(f"{mark} {sentence}", flush=True)
        for failure in failures:
            print(f"  {self._paint(failure, 31)}", flush=True)

    def _failed(self, text: str, why: str) -> StepFailed:
        self._line("✗", 31, text, None)
        self.say(self._paint(why, 31))
        return StepFailed(f"{text} ({why})")

    def _line(self, mark: str, colour: int, text: str, took: float | None) -> None:
        duration = "" if took is None else f"  ({took:.1f} s)"
        print(f"{self.elapsed:7.1f} s  {self._paint(mark, colour)} {text}{duration}", flush=True)

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colours else text
