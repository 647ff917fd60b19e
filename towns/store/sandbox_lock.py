"""How the child that runs a user's SQL gives up what it will not need: limits, files, sockets, other programs.

Every lock that the platform lacks is left out; `lock` returns those that hold. Imports only the standard library.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: More processor time than any session needs: a child that outlives its parent ends by itself.
_CPU_SECONDS: Final = 600
#: A child that holds so many times what it held at the start is replaced.
_GROWN: Final = 1.2
_FORBIDDEN_EVENTS: Final = (
    "open", "socket", "subprocess", "os.", "shutil", "ctypes", "pty", "fcntl", "mmap", "import", "marshal.load",
    "exec", "compile", "tempfile", "glob", "urllib", "sqlite3", "winreg", "_winapi", "signal",
)  # fmt: skip
#: Linux on x86-64: calls that open, find, make, move or remove files, reach others or start programs.
_CALLS: Final = {
    "open": 2, "creat": 85, "openat": 257, "openat2": 437, "open_by_handle_at": 304, "name_to_handle_at": 303,
    "socket": 41, "socketpair": 53, "connect": 42, "bind": 49, "listen": 50, "accept": 43, "accept4": 288,
    "sendto": 44, "sendmsg": 46, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "clone3": 435,
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kill": 62, "unlink": 87, "unlinkat": 263,
    "rename": 82, "renameat": 264, "renameat2": 316, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "link": 86,
    "linkat": 265, "symlink": 88, "symlinkat": 266, "truncate": 76, "ftruncate": 77, "chmod": 90, "fchmod": 91,
    "fchmodat": 268, "chown": 92, "fchown": 93, "fchownat": 260, "mknod": 133, "mknodat": 259, "mount": 165,
    "umount2": 166, "chroot": 161, "chdir": 80, "fchdir": 81, "unshare": 272, "setns": 308, "bpf": 321,
    "perf_event_open": 298, "io_uring_setup": 425, "keyctl": 250, "memfd_create": 319, "userfaultfd": 323,
    "init_module": 175, "finit_module": 313, "kexec_load": 246, "shmget": 29, "getcwd": 79, "getdents": 78,
    "getdents64": 217, "readlink": 89, "readlinkat": 267, "setuid": 105, "setgid": 106, "stat": 4, "lstat": 6,
    "statx": 332, "access": 21, "faccessat": 269, "faccessat2": 439, "sendmmsg": 307, "tkill": 200,
    "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "pidfd_open": 434, "pidfd_getfd": 438, "pidfd_send_signal": 424,
    "process_madvise": 440, "kcmp": 312, "io_uring_enter": 426, "io_uring_register": 427, "inotify_init": 253,
    "inotify_init1": 294, "fanotify_init": 300, "fsopen": 430, "fspick": 433, "open_tree": 428, "move_mount": 429,
    "mount_setattr": 442, "pivot_root": 155, "swapon": 167, "reboot": 169, "acct": 163, "quotactl": 179,
    "add_key": 248, "request_key": 249, "msgget": 68, "semget": 64, "shmat": 30, "mq_open": 240, "memfd_secret": 447,
    "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280, "lchown": 94, "setxattr": 188, "lsetxattr": 189,
    "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "personality": 135, "iopl": 172,
    "ioperm": 173, "modify_ldt": 154,
}  # fmt: skip
_EPERM: Final = 1
_X86_64: Final = 0xC000003E
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
#: Numbers from here on belong to another calling convention of the same processor.
_X32: Final = 0x40000000
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22


def lock(memory: int) -> list[str]:
    """Give up everything but the open file, the two pipes and `memory` bytes; return the locks that hold.

    limits: address space, processor time, no file may grow, no new process · filter: the kernel refuses the calls
    above · audit: Python itself refuses them.
    """
    held = []
    if _set_limits(memory):
        held.append("limits")
    if _set_filter():
        held.append("filter")
    sys.addaudithook(_refuse)
    return [*held, "audit"]


def allow_seconds(seconds: float) -> None:
    """Let the kernel end this process after `seconds` more of processor time."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 2
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (min(soft, _CPU_SECONDS), _CPU_SECONDS))


def has_aged() -> bool:
    """Return whether this process has used half of the processor time that it will ever get."""
    if resource is None:
        return False
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return bool(usage.ru_utime + usage.ru_stime > _CPU_SECONDS / 2)


class Memory:
    """How much this process holds, told and given back after the locks as well: made before them."""

    def __init__(self) -> None:
        try:
            self._table = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._table = -1
        try:
            self._trim: Callable[[int], int] | None = ctypes.CDLL(None).malloc_trim
        except (OSError, AttributeError, TypeError):
            self._trim = None
        self._base = 0

    def begin(self) -> None:
        """Remember what is held now as what is needed."""
        self._base = self._held()

    def has_grown(self) -> bool:
        """Give back what is not in use, and say whether there is still a fifth more than at the beginning."""
        if self._held() <= self._base * _GROWN:
            return False
        if self._trim is not None:
            self._trim(0)
        return self._held() > self._base * _GROWN

    def _held(self) -> int:
        if self._table >= 0:
            return int(os.pread(self._table, 200, 0).split()[1])
        # Elsewhere only the most that was ever held is known, on Windows not even that.
        if resource is None:
            return 0
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _set_limits(memory: int) -> bool:
    if resource is None:
        return False
    wanted = [("RLIMIT_CPU", _CPU_SECONDS), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0), ("RLIMIT_NPROC", 0)]
    # macOS takes the limit of the address space and does not keep it; there memory_limit and the clock remain.
    wanted += [("RLIMIT_AS", memory)] if sys.platform != "darwin" else []
    wanted.append(("RLIMIT_NOFILE", _first_free_number()))
    for name, value in wanted:
        number = getattr(resource, name, None)
        if number is None:
            continue
        try:
            resource.setrlimit(number, (value, value))
        except (ValueError, OSError):
            return False
    return True


def _first_free_number() -> int:
    """Return the smallest number that no open file has: as a limit it lets none be opened."""
    number = os.dup(0)
    os.close(number)
    return number


def _set_filter() -> bool:
    """Have the kernel answer the calls above with “not permitted”, for good and for all threads to come."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        return False
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, _X86_64), (0x06, 0, 0, _ERRNO | _EPERM), (0x20, 0, 0, 0)]
    steps += [(0x35, 0, 1, _X32), (0x06, 0, 0, _ERRNO | _EPERM)]
    for number in _CALLS.values():
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, _ERRNO | _EPERM)]
    steps.append((0x06, 0, 0, _ALLOW))
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(header), 0, 0) == 0)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(event)
