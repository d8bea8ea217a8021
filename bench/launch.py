"""Runs a command and prints its seconds of wall and processor time and its peak memory in KB.

A script that imports nothing more: Linux counts the memory of who starts a process into that process's peak.
"""

import os
import sys
import time


def launched(words: list[str], said: str) -> tuple[float, float, int]:
    """What `words` cost; its output goes into the file `said`. Ends with its exit code where that is not 0."""
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), *((os.POSIX_SPAWN_DUP2, out, n) for n in (1, 2))]
    begun = time.perf_counter()
    child = os.posix_spawn(words[0], words, os.environ, file_actions=files)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begun
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


if __name__ == "__main__":
    print(*launched(sys.argv[2:], sys.argv[1]))
