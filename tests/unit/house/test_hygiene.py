"""Each leftover fails the test that left it, and a clean test passes (tests/support/hygiene.py)."""

import re
import sys

import pytest

from tests.unit.house.conftest import InnerRun

LEFTOVERS = """
import asyncio, gc, logging, os, signal, socket, subprocess, sys, threading, warnings
import pytest

keep = []

def test_leaves_thread():
    keep.append(threading.Event())
    threading.Thread(target=keep[-1].wait, name="left", daemon=True).start()

def test_after_the_thread():
    keep.pop().set()

def test_leaves_open_file(tmp_path):
    keep.append(open(tmp_path / "x", "w"))

def test_leaves_socket():
    keep.append(socket.socket())

def test_closes_its_socket():
    socket.socket().close()

def test_leaves_child():
    keep.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_waits_for_its_child():
    subprocess.run([sys.executable, "-c", ""], check=True)

# The child ends, so that its own child has no parent that leads to us.
ORPHAN = '''
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import select; select.select([], [], [], 20)"])
'''

def test_leaves_orphan():
    subprocess.run([sys.executable, "-c", ORPHAN], check=True, stderr=subprocess.DEVNULL)

def test_leaves_warning():
    warnings.warn("old", DeprecationWarning)

def test_leaves_log_record():
    logging.getLogger("product").warning("alarming %d", 1)

def test_leaves_log_record_where_nothing_propagates():
    logger = logging.getLogger("product.quiet")
    logger.propagate = False
    logger.error("hidden")

def test_logs_info():
    logging.getLogger("product").info("fine")

def test_announced_log_record(expected_logs):
    expected_logs.expect("alarming", logger="product", level=logging.WARNING)
    logging.getLogger("product.part").warning("alarming %d", 1)

def test_leaves_record_above_the_announced_level(expected_logs):
    expected_logs.expect("alarming", logger="product", level=logging.WARNING)
    logging.getLogger("product").error("alarming")

def test_leaves_record_of_another_logger(expected_logs):
    expected_logs.allow("alarming", logger="prod")
    logging.getLogger("product").error("alarming")

def test_leaves_announced_record_out(expected_logs):
    expected_logs.expect("never")

def test_may_leave_an_allowed_record_out(expected_logs):
    expected_logs.allow("never")

def test_leaves_thread_exception():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

class Unraisable:
    def __del__(self):
        raise ValueError("in __del__")

def test_leaves_unraisable():
    Unraisable()

def test_leaves_unraisable_in_a_cycle():
    broken = Unraisable()
    broken.itself = broken

async def test_leaves_task():
    keep.append(asyncio.get_running_loop().create_task(asyncio.sleep(60)))

async def test_leaves_task_exception():
    async def fail():
        raise ValueError("nobody looks")
    asyncio.get_running_loop().create_task(fail())
    await asyncio.sleep(0.01)

async def test_leaves_coroutine_never_awaited():
    asyncio.sleep(0)

async def test_waits_for_its_task():
    await asyncio.get_running_loop().create_task(asyncio.sleep(0))

async def test_cancels_its_task_at_the_end():
    asyncio.get_running_loop().create_task(asyncio.sleep(60)).cancel()

async def test_uses_the_executor():
    assert await asyncio.to_thread(threading.current_thread) is not threading.main_thread()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="file descriptors are watched on Linux")
def test_whatever_is_left_over_fails_the_test_that_left_it(inner_run: InnerRun) -> None:
    result = inner_run(LEFTOVERS, "--tb=short", "-rA")
    text = result.stdout.str()
    tests = re.findall(r"def (test_\w+)", LEFTOVERS)
    bad = set(re.findall(r"^(?:ERROR|FAILED) test_inner.py::(\w+)", text, re.MULTILINE))
    assert bad == {name for name in tests if name.startswith("test_leaves_")}, text
    result.stdout.fnmatch_lines_random(
        [
            "*thread 'left' (daemon)*",
            "*file descriptor * -> */x*",
            "*file descriptor * -> socket:*",
            "*process * python*",
            "*left-over tasks:*",
            "*unexpected log record: WARNING product: alarming 1*",
            "*unexpected log record: ERROR product.quiet: hidden*",
            "*expected log record never came: 'never'*",
            "*Task exception was never retrieved*",
        ]
    )
