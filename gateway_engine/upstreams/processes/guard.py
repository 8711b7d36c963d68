"""The orphan guard: when the gateway dies in any way, SIGKILL included, its children die too.

POSIX: a tiny shell holds the reading end of a pipe and the list of our process groups. The kernel
closes the pipe when we end, however we end; the shell then ends the groups: SIGTERM, one second,
SIGKILL. It needs no code in the forked child (`preexec_fn` is unsafe beside threads) and, other
than a parent-death signal, it reaches grandchildren and does not depend on the thread that forked.

Between the fork and the moment we know the child's number, the guard knows it by a mark in its
environment: we may be killed just then.

Windows: a Job Object with kill-on-close, held by our process
(gateway_engine.upstreams.processes.job_object).
"""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

SHELL_EXIT_S: Final = 5.0
MARK_NAME: Final = "LGW_CHILD_MARK"
"""Environment variable of every child, of use while that child is being started. It has no
setting's prefix: a gateway that such a child starts must not take it for one.
"""

# Reads "+ID" and "-ID" lines (groups) and "?MARK" and "=MARK" lines (children about to be started,
# and started); at the end of input it ends every group still listed, and, where ps and awk exist,
# the descendants that left their group. A child between fork and exec has no mark yet: it is looked
# for a second time.
_SCRIPT: Final = r"""
trap '' INT TERM HUP
groups=' '
marks=' '
while IFS= read -r line; do
  id=${line#?}
  case $line in
    +*) groups="$groups$id " ;;
    -*) case $groups in *" $id "*) groups="${groups%% $id *} ${groups#* $id }" ;; esac ;;
    \?*) marks="$marks$id " ;;
    =*) case $marks in *" $id "*) marks="${marks%% $id *} ${marks#* $id }" ;; esac ;;
  esac
done
[ "$groups$marks" != '  ' ] || exit 0
find_started() {
  for mark in $marks; do
    if [ -d /proc/self ]; then
      for file in $(grep -lsF -e "$1=$mark" /proc/[0-9]*/environ 2>/dev/null); do
        id=${file#/proc/}
        groups="$groups${id%/environ} "
      done
    else
      groups="$groups$(ps -Aww -E -o pid= -o command= 2>/dev/null |
        awk -v name="$1" -v mark="$mark" 'index($0, name "=" mark) { print $1 }') "
    fi
  done
}
find_started "$1"
family=$(ps -A -o pid= -o ppid= 2>/dev/null | awk -v roots="$groups" '
  BEGIN { n = split(roots, r, " "); for (i = 1; i <= n; i++) mine[r[i]] = 1 }
  { pid[NR] = $1; parent[NR] = $2 }
  END {
    do { more = 0
      for (i = 1; i <= NR; i++)
        if (mine[parent[i]] && !mine[pid[i]]) { mine[pid[i]] = 1; print pid[i]; more = 1 }
    } while (more)
  }')
end() {
  for id in $groups; do kill -s "$1" -- "-$id" 2>/dev/null; done
  for id in $family; do kill -s "$1" -- "$id" 2>/dev/null; done
}
end TERM
sleep 1
find_started "$1"
end KILL
exit 0
"""


class OrphanGuard:
    """Watches over process groups. One per engine; not thread-safe."""

    def __init__(self) -> None:
        self._watched: set[int] = set()
        self._expected: set[str] = set()
        self._shell: subprocess.Popen[bytes] | None = None
        self._job: _JobHandle | None = None

    @contextlib.contextmanager
    def expecting(self) -> Iterator[str]:
        """Within the block a child is started and watched; its environment holds the mark given.

        It is there as MARK_NAME. A start that fails has nothing to undo.
        """
        mark = secrets.token_hex(8)
        self._expected.add(mark)
        if sys.platform != "win32":
            self._tell(b"?%s\n" % mark.encode())
        try:
            yield mark
        finally:
            self._expected.discard(mark)
            if sys.platform != "win32":
                self._tell(b"=%s\n" % mark.encode())

    def watch(self, pid: int) -> None:
        """From now on `pid` (a group leader) ends when we do."""
        self._watched.add(pid)
        if sys.platform == "win32":
            if self._job is None:
                self._job = _JobHandle()
            self._job.add(pid)
        else:
            self._tell(b"+%d\n" % pid)

    def release(self, pid: int) -> None:
        """`pid` and its group have ended: their number may be another's soon."""
        if pid in self._watched:
            self._watched.discard(pid)
            if sys.platform != "win32":
                self._tell(b"-%d\n" % pid)

    def kill_tree(self, pid: int) -> None:
        """Windows: end what is left of `pid`'s tree."""
        if self._job is not None:
            self._job.kill(pid)

    def close(self) -> None:
        """Let go. Whatever is still watched is ended."""
        if self._shell is not None:
            if self._shell.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    self._shell.stdin.close()
            if self._watched:
                self._shell.wait()
            else:
                # Nothing listed: the shell has nothing left to do but exit.
                try:
                    self._shell.wait(timeout=SHELL_EXIT_S)
                except subprocess.TimeoutExpired:
                    self._shell.kill()
                    self._shell.wait()
            self._shell = None
        if self._job is not None:
            self._job.close()
            self._job = None
        self._watched.clear()

    def _tell(self, line: bytes) -> None:
        if self._shell is None or self._shell.poll() is not None:
            self._start_shell()
            return  # a new shell is told of all that is watched
        if self._shell.stdin is not None:
            try:
                os.write(self._shell.stdin.fileno(), line)
            except BrokenPipeError:
                self._start_shell()

    def _start_shell(self) -> None:
        old, self._shell = self._shell, None
        if old is not None and old.stdin is not None:
            old.stdin.close()
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "orphan-guard", MARK_NAME],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            start_new_session=True,
        )
        if self._shell.stdin is not None:
            lines = [b"+%d\n" % pid for pid in self._watched]
            lines += [b"?%s\n" % mark.encode() for mark in self._expected]
            for line in lines:
                os.write(self._shell.stdin.fileno(), line)


if sys.platform == "win32":
    from gateway_engine.upstreams.processes.job_object import JobObject as _JobHandle
else:

    class _JobHandle:
        """Stands in the types where there are no Job Objects; never made."""

        def add(self, pid: int) -> None: ...

        def kill(self, pid: int) -> None: ...

        def close(self) -> None: ...
