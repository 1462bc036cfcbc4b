/* Four windows at a time into the buffer of a block, in the instructions of a core with DSP: convolution_gather.c says
 * it in C, for all other cores, and where words must not be loaded from any address (dual.h). */
#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_UNALIGNED) && !defined(__ARM_FEATURE_MVE)

    .syntax unified
    .thumb

/* Registers: r0 struct wb_runs, r1 the first pixel's next inputs, r2 the step to the second pixel's and r4 to the
 * fourth's, r3 where fours go, r5 what is left of the run, r6 to r9 four pixels' inputs.
 * Frame: where the run starts, runs left, where ones go. */

/* struct wb_runs */
.equ COUNT, 0
.equ APART, 4
.equ FOURS, 8
.equ ONES, 12

.equ FRAME, 12
.equ ONES_TO, 8

.macro LOAD load, bytes
    \load   r7, [r1, r2]
    \load   r8, [r1, r2, lsl #1]
    \load   r9, [r1, r4]
    \load   r6, [r1], #\bytes
.endm

    .section .text.wb_gather_four, "ax", %progbits
    .balign 4
    .global wb_gather_four
    .thumb_func
    .type wb_gather_four, %function
wb_gather_four:
    push    {r4-r11, lr}
    sub     sp, sp, #FRAME
    add     r4, r2, r2, lsl #1
    ldr     r6, [r0, #COUNT]
    ldr     r5, [r0, #FOURS]
    muls    r5, r6, r5
    add     r5, r3, r5, lsl #5
    str     r5, [sp, #ONES_TO]
1:
    strd    r1, r6, [sp]
    ldr     r5, [r0, #FOURS]
    cbz     r5, 3f
2:
    LOAD    ldr.w, 4
    uxtb16  r10, r6
    uxtb16  r11, r7
    uxtb16  r12, r8
    uxtb16  lr, r9
    stmia   r3!, {r10-r12, lr}
    uxtb16  r6, r6, ror #8
    uxtb16  r7, r7, ror #8
    uxtb16  r8, r8, ror #8
    uxtb16  r9, r9, ror #8
    stmia   r3!, {r6-r9}
    subs    r5, r5, #1
    bne     2b
3:
    ldr     r5, [r0, #ONES]
    cbz     r5, 5f
    ldr     r10, [sp, #ONES_TO]
4:
    LOAD    ldrb.w, 1
    ands    r11, r10, #2 /* the second half of a pair, or the first */
    strh    r6, [r10]
    strh    r7, [r10, #4]
    strh    r8, [r10, #8]
    strh    r9, [r10, #12]
    ite     eq
    addeq   r10, r10, #2
    addne   r10, r10, #14
    subs    r5, r5, #1
    bne     4b
    str     r10, [sp, #ONES_TO]
5:
    ldrd    r1, r6, [sp]
    ldr     r5, [r0, #APART]
    add     r1, r1, r5
    subs    r6, r6, #1
    bne     1b
    add     sp, sp, #FRAME
    pop     {r4-r11, pc}
    .size wb_gather_four, . - wb_gather_four

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
