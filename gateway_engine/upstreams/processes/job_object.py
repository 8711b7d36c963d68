"""Windows Job Objects by ctypes: every process in the job ends when our handle closes.

Not yet run on Windows: written from the Win32 reference (CreateJobObjectW,
JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, AssignProcessToJobObject, TerminateJobObject).
One job a child, so that one tree can be ended alone; the handles die with our process.
"""

import ctypes
import sys
from typing import Any, Final

_PROCESS_SET_QUOTA_AND_TERMINATE: Final = 0x0100 | 0x0001
_EXTENDED_LIMIT_INFORMATION: Final = 9
_KILL_ON_JOB_CLOSE: Final = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class JobObject:
    """The jobs of our children, one each."""

    def __init__(self) -> None:
        library: Any = getattr(ctypes, "WinDLL", None)
        if library is None:
            raise OSError("Job Objects exist on Windows only")
        self._kernel: Any = library("kernel32", use_last_error=True)
        for name in ("CreateJobObjectW", "OpenProcess"):
            getattr(self._kernel, name).restype = ctypes.c_void_p
        self._jobs: dict[int, ctypes.c_void_p] = {}

    def add(self, pid: int) -> None:
        """Put the process into a job of its own that ends with us. Raises OSError."""
        kernel = self._kernel
        job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        process = ctypes.c_void_p(kernel.OpenProcess(_PROCESS_SET_QUOTA_AND_TERMINATE, False, pid))
        done = (
            job.value
            and process.value
            and kernel.SetInformationJobObject(
                job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
            )
            and kernel.AssignProcessToJobObject(job, process)
        )
        error = _last_error()
        if process.value:
            kernel.CloseHandle(process)
        if not done:
            if job.value:
                kernel.CloseHandle(job)
            raise OSError(error, "could not put the child into a Job Object")
        self._jobs[pid] = job

    def kill(self, pid: int) -> None:
        """End what still lives in the job of `pid`."""
        job = self._jobs.pop(pid, None)
        if job is not None:
            self._kernel.TerminateJobObject(job, 1)
            self._kernel.CloseHandle(job)

    def close(self) -> None:
        """Close all jobs, which ends what is in them."""
        for pid in list(self._jobs):
            self.kill(pid)


def _last_error() -> int:
    if sys.platform == "win32":
        return ctypes.get_last_error()
    return 0
