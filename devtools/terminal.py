"""Speaking to whoever called, and calling other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn, Sequence

ROOT = Path(__file__).resolve().parent.parent
EXIT_FAILED = 1
EXIT_USAGE = 2


class RefusedError(Exception):
    """What stops us, in words for whoever called; the exit code is EXIT_USAGE."""


def say(text: str) -> None:
    """Tell the one at the terminal, one line a step, in ASCII: consoles differ."""
    print(f"-- {text}", flush=True)


def call(arguments: Sequence[str | Path], **options: Any) -> int:
    """Run a program in the project's folder and give back its exit code."""
    return subprocess.call([str(a) for a in arguments], cwd=ROOT, **options)


def call_quietly(arguments: Sequence[str | Path], **options: Any) -> int:
    """Run a program like `call`, but show what it says only when it fails."""
    done = subprocess.run(
        [str(a) for a in arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )
    if done.returncode:
        print(done.stdout.decode("utf-8", "replace"), file=sys.stderr, flush=True)
    return done.returncode


def answer(arguments: Sequence[str | Path]) -> str | None:
    """What a program prints, or None when it cannot be run or fails."""
    try:
        done = subprocess.run(
            [str(a) for a in arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def become(arguments: Sequence[str | Path]) -> NoReturn:
    """Be that program: its signals and its exit code are ours."""
    words = [str(a) for a in arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(words[0], words)
    # Windows has no exec that keeps the console: wait, and leave Ctrl-C to the child.
    with subprocess.Popen(words) as child:
        while True:
            try:
                sys.exit(child.wait())
            except KeyboardInterrupt:
                continue
