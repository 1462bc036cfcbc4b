/* All taps of four outputs side by side, in the instructions of a core with DSP. depthwise_taps.c says the same in C,
 * for all other cores, and where words must not be loaded from any address (dual.h). */
#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_UNALIGNED) && !defined(__ARM_FEATURE_MVE)

    .syntax unified
    .thumb

/* struct wb_taps */
.equ END, 4
.equ SECOND, 8 /* and third */
.equ FOURTH, 16
.equ LINES, 20
.equ TAPS, 24
.equ STEP, 28
.equ RING, 32

    .section .text.wb_depthwise_taps, "ax", %progbits
    .balign 4
    .global wb_depthwise_taps
    .thumb_func
    .type wb_depthwise_taps, %function
/* Registers: r0 struct wb_taps, r1 weights, r2 positions under the first output, r3 to r5 how far those under the others
 * lie from there, r6 to r9 sums, r10 two weights, r11 two positions, r12 taps left. Frame: the line, lines left. */
wb_depthwise_taps:
    push    {r2, r4-r11, lr}
    sub     sp, sp, #8
    ldr     r2, [r0]
    ldrd    r3, r4, [r0, #SECOND]
    ldrd    r5, lr, [r0, #FOURTH]
    lsls    r3, r3, #1
    lsls    r4, r4, #1
    lsls    r5, r5, #1
    movs    r6, #0
    movs    r7, #0
    mov     r8, #0
    mov     r9, #0
1:
    strd    r2, lr, [sp]
    ldr     r12, [r0, #TAPS]
    subs    r12, r12, #2
    blt     3f
2:
    ldrsb   r10, [r1], #1
    ldrsb   lr, [r1], #1
    pkhbt   r10, r10, lr, lsl #16
    ldr     r11, [r2, r3]
    smlad   r7, r11, r10, r7
    ldr     r11, [r2, r4]
    smlad   r8, r11, r10, r8
    ldr     r11, [r2, r5]
    smlad   r9, r11, r10, r9
    ldr     r11, [r2], #4
    smlad   r6, r11, r10, r6
    subs    r12, r12, #2
    bge     2b
3:
    adds    r12, r12, #2
    beq     4f
    ldrsb   r10, [r1], #1
    ldrsh   r11, [r2]
    smlabb  r6, r11, r10, r6
    ldrsh   r11, [r2, r3]
    smlabb  r7, r11, r10, r7
    ldrsh   r11, [r2, r4]
    smlabb  r8, r11, r10, r8
    ldrsh   r11, [r2, r5]
    smlabb  r9, r11, r10, r9
4:
    ldrd    r2, lr, [sp]
    ldrd    r10, r11, [r0, #STEP]
    ldr     r12, [r0, #END]
    add     r2, r2, r10, lsl #1
    cmp     r2, r12
    it      hs
    subhs   r2, r2, r11, lsl #1
    subs    lr, lr, #1
    bne     1b
    ldr     r2, [sp, #8]
    stm     r2, {r6-r9}
    add     sp, sp, #12
    pop     {r4-r11, pc}
    .size wb_depthwise_taps, . - wb_depthwise_taps

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
