"""Two small programs that need nothing but the kernel, written as machine code.

A container may have no interpreter, no shell, not even a C library, and a file system that is
read-only. So a leak is a static program, made here for the machine that the engine runs on:

- the *keeper* writes its own process number and a line feed, then sleeps to its end;
- the *leak* grows by the monotonic clock, holds what it has at its bound, and ends at its time to
  live, or 50 ms after its keeper did, however that came about.

Each listing has the code's bytes in hexadecimal on the left and their assembly on the right. What
differs from one program to the next stands behind the code, at ``data``: whole numbers of 64 bits.
"""

from __future__ import annotations

import struct

from drills.errors import EngineError
from drills.units import NS

_PAGE = 4096
_BASE = 0x400000
_ALIGNED = 0x10000  # the largest page of a kernel that is in use
_MACHINES = {"amd64": 62, "x86_64": 62, "arm64": 183, "aarch64": 183}  # ELF's numbers
_HEADERS = struct.Struct("<16sHHIQQQIHHHHHHIIQQQQQQ")


def keeper(machine: str, time_to_live: float) -> bytes:
    """The program that holds on for so many seconds. Raises EngineError for an unknown machine."""
    whole, rest = divmod(round(time_to_live * NS), NS)
    return program(machine, _KEEPER, whole, rest)


def leak(machine: str, keeper_pid: int, rate: float, bound: int, time_to_live: float) -> bytes:
    """The program that takes ``rate`` bytes a second up to ``bound``, while its keeper lives.

    ``keeper_pid`` is the keeper's number among the processes that the leak sees. Raises EngineError
    for an unknown machine.
    """
    pages = max(1, bound // _PAGE)
    per_page_ns = max(1, round(_PAGE * NS / rate))
    ttl_ns = round(time_to_live * NS)
    return program(machine, _LEAK, keeper_pid, pages * _PAGE, per_page_ns, pages, ttl_ns)


def program(machine: str, listings: dict[int, str], *data: int) -> bytes:
    """An ELF file of one segment, which may be read and executed but not written."""
    number = _MACHINES.get(machine)
    if number is None:
        known = ", ".join(sorted(_MACHINES))
        raise EngineError(
            f"there is no program for a machine of kind {machine!r}, only for {known}"
        )
    content = _code(listings[number]) + struct.pack(f"<{len(data)}q", *data)
    begin = _HEADERS.size
    size = begin + len(content)
    elf = (b"\x7fELF\x02\x01\x01", 2, number, 1, _BASE + begin, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = (1, 5, 0, _BASE, _BASE, size, size, _ALIGNED)
    return _HEADERS.pack(*elf, *segment) + content


def _code(listing: str) -> bytes:
    lines = [line for line in listing.split("\n") if line and not line.endswith(":")]
    return b"".join(bytes.fromhex(line.split()[0]) for line in lines)


_LEAK_X86_64 = """
488d1def000000      lea rbx, [rip + data]
b8b2010000          mov eax, 434  ; pidfd_open of the keeper
488b3b              mov rdi, [rbx]
31f6                xor esi, esi
0f05                syscall
85c0                test eax, eax
0f88cf000000        js fail
4883ec40            sub rsp, 64
890424              mov [rsp], eax
c744240401000000    mov dword ptr [rsp + 4], 1
b809000000          mov eax, 9  ; mmap of the bound, nothing taken yet
31ff                xor edi, edi
488b7308            mov rsi, [rbx + 8]
ba03000000          mov edx, 3
41ba22400000        mov r10d, 0x4022
49c7c0ffffffff      mov r8, -1
4531c9              xor r9d, r9d
0f05                syscall
483d00f0ffff        cmp rax, -4096
0f8792000000        ja fail
4889c5              mov rbp, rax
b81c000000          mov eax, 28  ; madvise: page by page, no huge pages
4889ef              mov rdi, rbp
488b7308            mov rsi, [rbx + 8]
ba0f000000          mov edx, 15
0f05                syscall
4531e4              xor r12d, r12d
4531ed              xor r13d, r13d
look:
b8e4000000          mov eax, 228  ; clock_gettime, monotonic
bf01000000          mov edi, 1
488d742410          lea rsi, [rsp + 16]
0f05                syscall
486944241000ca9a3b  imul rax, [rsp + 16], 1000000000
4803442418          add rax, [rsp + 24]
4d85e4              test r12, r12
7503                jnz begun
4989c4              mov r12, rax
begun:
4c29e0              sub rax, r12
483b4320            cmp rax, [rbx + 32]
733d                jae done
31d2                xor edx, edx
48f77310            div qword ptr [rbx + 16]
483b4318            cmp rax, [rbx + 24]
480f474318          cmova rax, [rbx + 24]
grow:
4939c5              cmp r13, rax
7311                jae rest
4c89e9              mov rcx, r13
48c1e10c            shl rcx, 12
c6440d0001          mov byte ptr [rbp + rcx], 1
49ffc5              inc r13
ebea                jmp grow
rest:
b807000000          mov eax, 7  ; poll the keeper for 50 ms
4889e7              mov rdi, rsp
be01000000          mov esi, 1
ba32000000          mov edx, 50
0f05                syscall
85c0                test eax, eax
7e93                jle look
done:
b8e7000000          mov eax, 231  ; exit_group
31ff                xor edi, edi
0f05                syscall
fail:
b8e7000000          mov eax, 231  ; exit_group
bf03000000          mov edi, 3
0f05                syscall
data:
"""

_KEEPER_X86_64 = """
b827000000          mov eax, 39  ; getpid
0f05                syscall
4883ec40            sub rsp, 64
488d74240f          lea rsi, [rsp + 15]
c6060a              mov byte ptr [rsi], 10
b90a000000          mov ecx, 10
digit:
31d2                xor edx, edx
f7f1                div ecx
83c230              add edx, 48
48ffce              dec rsi
8816                mov [rsi], dl
85c0                test eax, eax
75f0                jnz digit
488d542410          lea rdx, [rsp + 16]
4829f2              sub rdx, rsi
bf01000000          mov edi, 1
b801000000          mov eax, 1  ; write
0f05                syscall
488d3d12000000      lea rdi, [rip + data]
31f6                xor esi, esi
b823000000          mov eax, 35  ; nanosleep
0f05                syscall
b8e7000000          mov eax, 231  ; exit_group
31ff                xor edi, edi
0f05                syscall
data:
"""

_LEAK_AARCH64 = """
d3080010            adr x19, data
600240f9            ldr x0, [x19]
010080d2            mov x1, #0
483680d2            mov x8, #434  ; pidfd_open of the keeper
010000d4            svc #0
c007f8b7            tbnz x0, #63, fail
ff0301d1            sub sp, sp, #64
e00300b9            str w0, [sp]
38008052            mov w24, #1
f80700b9            str w24, [sp, #4]
000080d2            mov x0, #0
610640f9            ldr x1, [x19, #8]
620080d2            mov x2, #3
430488d2            mov x3, #0x4022
04008092            mov x4, #-1
050080d2            mov x5, #0
c81b80d2            mov x8, #222  ; mmap of the bound, nothing taken yet
010000d4            svc #0
1ffc3fb1            cmn x0, #4095
02060054            b.hs fail
f40300aa            mov x20, x0
610640f9            ldr x1, [x19, #8]
e20180d2            mov x2, #15
281d80d2            mov x8, #233  ; madvise: page by page, no huge pages
010000d4            svc #0
150080d2            mov x21, #0
160080d2            mov x22, #0
17409952            mov w23, #0xca00
5773a772            movk w23, #0x3b9a, lsl #16
look:
200080d2            mov x0, #1
e1430091            add x1, sp, #16
280e80d2            mov x8, #113  ; clock_gettime, monotonic
010000d4            svc #0
e00741a9            ldp x0, x1, [sp, #16]
0004179b            madd x0, x0, x23, x1
550000b5            cbnz x21, begun
f50300aa            mov x21, x0
begun:
000015cb            sub x0, x0, x21
611240f9            ldr x1, [x19, #32]
1f0001eb            cmp x0, x1
02030054            b.hs done
610a40f9            ldr x1, [x19, #16]
0008c19a            udiv x0, x0, x1
610e40f9            ldr x1, [x19, #24]
1f0001eb            cmp x0, x1
0030819a            csel x0, x0, x1, lo
grow:
df0200eb            cmp x22, x0
a2000054            b.hs rest
c1ce74d3            lsl x1, x22, #12
986a2138            strb w24, [x20, x1]
d6060091            add x22, x22, #1
fbffff17            b grow
rest:
01109e52            mov w1, #0xf080
415fa072            movk w1, #0x2fa, lsl #16
ff0702a9            stp xzr, x1, [sp, #32]
e0030091            mov x0, sp
210080d2            mov x1, #1
e2830091            add x2, sp, #32
030080d2            mov x3, #0
040180d2            mov x4, #8
280980d2            mov x8, #73  ; ppoll the keeper for 50 ms
010000d4            svc #0
1f0000f1            cmp x0, #0
cdfbff54            b.le look
done:
000080d2            mov x0, #0
c80b80d2            mov x8, #94  ; exit_group
010000d4            svc #0
fail:
600080d2            mov x0, #3
c80b80d2            mov x8, #94  ; exit_group
010000d4            svc #0
data:
"""

_KEEPER_AARCH64 = """
881580d2            mov x8, #172  ; getpid
010000d4            svc #0
ff0301d1            sub sp, sp, #64
e13f0091            add x1, sp, #15
42018052            mov w2, #10
22000039            strb w2, [x1]
digit:
0308c21a            udiv w3, w0, w2
6480021b            msub w4, w3, w2, w0
84c00011            add w4, w4, #48
24fc1f38            strb w4, [x1, #-1]!
e003032a            mov w0, w3
60ffff35            cbnz w0, digit
e2430091            add x2, sp, #16
420001cb            sub x2, x2, x1
200080d2            mov x0, #1
080880d2            mov x8, #64  ; write
010000d4            svc #0
e0000010            adr x0, data
010080d2            mov x1, #0
a80c80d2            mov x8, #101  ; nanosleep
010000d4            svc #0
000080d2            mov x0, #0
c80b80d2            mov x8, #94  ; exit_group
010000d4            svc #0
data:
"""

_LEAK = {62: _LEAK_X86_64, 183: _LEAK_AARCH64}
_KEEPER = {62: _KEEPER_X86_64, 183: _KEEPER_AARCH64}
