#!/usr/bin/env python3
"""Becomes the Chromium at $CHROMIUM, on Linux without word of the machine's network.

With every container that starts or ends, Chromium would hear of an address more or less, and fail requests that wait
for a connection, to 127.0.0.1 too (ERR_NETWORK_CHANGED); no switch keeps it from that. The kernel tells it through
netlink, so sockets of that family are refused to it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys

#: By machine: its number in linux/audit.h, and that of the system call `socket`.
SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

# linux/bpf_common.h, linux/seccomp.h, linux/prctl.h
LOAD, SKIP_UNLESS_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL, MACHINE, FAMILY = 0, 4, 16  # where struct seccomp_data has them
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EAFNOSUPPORT
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_netlink(machine: int, call: int) -> None:
    """To this process and those that come of it."""
    instructions = [
        (LOAD, 0, MACHINE),
        (SKIP_UNLESS_EQUAL, 5, machine),
        (LOAD, 0, CALL),
        (SKIP_UNLESS_EQUAL, 3, call),
        (LOAD, 0, FAMILY),
        (SKIP_UNLESS_EQUAL, 1, socket.AF_NETLINK),
        (RETURN, 0, REFUSE),
        (RETURN, 0, ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", what, 0, skipped, value) for what, skipped, value in instructions)
    program = Program(len(instructions), code)
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if system.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")


if __name__ == "__main__":
    chromium = os.environ["CHROMIUM"]
    # A snap needs the privileges that a filtered process gives up.
    if sys.platform == "linux" and platform.machine() in SOCKET_CALLS and not chromium.startswith("/snap/"):
        refuse_netlink(*SOCKET_CALLS[platform.machine()])
    os.execv(chromium, [chromium, *sys.argv[1:]])
