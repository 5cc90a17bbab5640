"""A small program that keeps processors busy and needs nothing but the kernel, as machine code.

It is made as those of ``program`` are: so many threads that compute and touch no memory, of which
one looks at the clock and at its keeper some hundred times a second. All of them end at the
program's time to live, or when its keeper did, however that came about.
"""

from __future__ import annotations

from drills.stack.engines.program import program
from drills.units import NS


def hog(machine: str, keeper_pid: int, threads: int, time_to_live: float) -> bytes:
    """The program that keeps so many processors busy, while its keeper lives.

    ``keeper_pid`` is the keeper's number among the processes that the hog sees. Raises EngineError
    for an unknown machine.
    """
    return program(machine, _HOG, keeper_pid, threads, round(time_to_live * NS))


_HOG_X86_64 = """
488d1daa000000      lea rbx, [rip + data]
b8b2010000          mov eax, 434  ; pidfd_open of the keeper
488b3b              mov rdi, [rbx]
31f6                xor esi, esi
0f05                syscall
85c0                test eax, eax
0f888a000000        js fail
4883ec40            sub rsp, 64
890424              mov [rsp], eax
c744240401000000    mov dword ptr [rsp + 4], 1
4531e4              xor r12d, r12d
4c8b6b08            mov r13, [rbx + 8]
more:
49ffcd              dec r13
7416                jz look
b838000000          mov eax, 56  ; clone: one more thread, which touches no memory
bf00090100          mov edi, 0x10900
31f6                xor esi, esi
0f05                syscall
85c0                test eax, eax
7804                js look
75e7                jnz more
spin:
ebfe                jmp spin
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
483b4310            cmp rax, [rbx + 16]
7320                jae done
b807000000          mov eax, 7  ; poll the keeper, without waiting
4889e7              mov rdi, rsp
be01000000          mov esi, 1
31d2                xor edx, edx
0f05                syscall
85c0                test eax, eax
7f0b                jg done
b980969800          mov ecx, 10000000
burn:
ffc9                dec ecx
75fc                jnz burn
ebb0                jmp look
done:
b8e7000000          mov eax, 231  ; exit_group
31ff                xor edi, edi
0f05                syscall
fail:
b8e7000000          mov eax, 231
bf03000000          mov edi, 3
0f05                syscall
data:
"""

_HOG_AARCH64 = """
33070010            adr x19, data
600240f9            ldr x0, [x19]
010080d2            mov x1, #0
483680d2            mov x8, #434  ; pidfd_open of the keeper
010000d4            svc #0
2006f8b7            tbnz x0, #63, fail
ff0301d1            sub sp, sp, #64
e00300b9            str w0, [sp]
38008052            mov w24, #1
f80700b9            str w24, [sp, #4]
150080d2            mov x21, #0
740640f9            ldr x20, [x19, #8]
17409952            mov w23, #0xca00
5773a772            movk w23, #0x3b9a, lsl #16
more:
940600f1            subs x20, x20, #1
20010054            b.eq look
002081d2            mov x0, #0x900
2000a0f2            movk x0, #0x1, lsl #16
010080d2            mov x1, #0
881b80d2            mov x8, #220  ; clone: one more thread, which touches no memory
010000d4            svc #0
6000f8b7            tbnz x0, #63, look
00ffffb5            cbnz x0, more
spin:
00000014            b spin
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
610a40f9            ldr x1, [x19, #16]
1f0001eb            cmp x0, x1
02020054            b.hs done
ff7f02a9            stp xzr, xzr, [sp, #32]
e0030091            mov x0, sp
210080d2            mov x1, #1
e2830091            add x2, sp, #32
030080d2            mov x3, #0
040180d2            mov x4, #8
280980d2            mov x8, #73  ; ppoll the keeper, without waiting
010000d4            svc #0
1f0000f1            cmp x0, #0
cc000054            b.gt done
01d09252            mov w1, #0x9680
0113a072            movk w1, #0x98, lsl #16
burn:
21040071            subs w1, w1, #1
e1ffff54            b.ne burn
e6ffff17            b look
done:
000080d2            mov x0, #0
c80b80d2            mov x8, #94  ; exit_group
010000d4            svc #0
fail:
600080d2            mov x0, #3
c80b80d2            mov x8, #94
010000d4            svc #0
data:
"""

_HOG = {62: _HOG_X86_64, 183: _HOG_AARCH64}
