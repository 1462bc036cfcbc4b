/* Four output pixels of a convolution, in the instructions of a core with DSP. convolution_block.c says the same in C,
 * for all other cores; convolution_block.h says what it does. */
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

    .syntax unified
    .thumb

/* Registers: r0 stream, r1 buffer, r2 weights of a + 256 b, r3 of a alone, r4 and r5 inputs of two pixels; then, of
 * each pixel, the sum of a + 256 b and the sum of a: r6 r7, r8 r9, r10 r11, r12 lr.
 *
 * Frame: where the two channels of the first pixel go, how far from there those of the second to fourth; the buffer and
 * its end; where the loop over taps is entered; filters left. Arguments follow. */
.equ BUFFER, 16
.equ BUFFER_END, 20
.equ ENTRY, 24
.equ LEFT, 28
.equ FRAME, 36
.equ FILTERS, FRAME + 36
.equ PIXELS, FILTERS + 4

/* One word of weights, two taps of two channels, with four pixels: sixteen products. */
.macro FIRST_TAPS
    ldr.w   r2, [r0], #4
    ldmia   r1!, {r4, r5}
    sxtb16  r3, r2
    smuad   r6, r4, r2
    smuad   r7, r4, r3
    smuad   r8, r5, r2
    smuad   r9, r5, r3
    ldmia   r1!, {r4, r5}
    smuad   r10, r4, r2
    smuad   r11, r4, r3
    smuad   r12, r5, r2
    smuad   lr, r5, r3
.endm

.macro TAPS
    ldr.w   r2, [r0], #4
    ldmia   r1!, {r4, r5}
    sxtb16  r3, r2
    smlad   r6, r4, r2, r6
    smlad   r7, r4, r3, r7
    smlad   r8, r5, r2, r8
    smlad   r9, r5, r3, r9
    ldmia   r1!, {r4, r5}
    smlad   r10, r4, r2, r10
    smlad   r11, r4, r3, r11
    smlad   r12, r5, r2, r12
    smlad   lr, r5, r3, lr
.endm
.equ TAPS_BYTES, 44
.equ UNROLLED, 8 /* a power of two */

/* A doubled sum with its bias to an activation: multiplier r3, offset r4, the shift in the lowest byte of \shift. What
 * is negative is rounded in another way, which does not matter where all of it becomes 0. */
.macro ACTIVATION relu, sum, shift
    .if \relu
    smmlar  \sum, \sum, r3, r4
    .else
    add     r2, r4, \sum, asr #31
    smmlar  \sum, \sum, r3, r2
    .endif
    asr     \sum, \sum, \shift
    usat    \sum, #8, \sum
.endm

/* One channel of four pixels; the next one goes a byte further. Pixels that are not wanted lie on the last one that is:
 * it comes after them. */
.macro STORE first, second, third, fourth
    ldm     sp, {r2-r5}
    strb    \fourth, [r2, r5]
    strb    \third, [r2, r4]
    strb    \second, [r2, r3]
    strb    \first, [r2], #1
    str     r2, [sp]
.endm

.macro BLOCK relu
    push    {r4-r11, lr}
    sub     sp, sp, #FRAME
    ldr     r4, [sp, #FILTERS]
    ldr     r5, [sp, #PIXELS]
    movs    r6, #0
    cmp     r5, #1
    it      hi
    movhi   r6, r4
    mov     r7, r6
    cmp     r5, #2
    it      hi
    addhi   r7, r7, r4
    mov     r8, r7
    cmp     r5, #3
    it      hi
    addhi   r8, r8, r4
    add     r9, r1, r2, lsl #4
    subs    r2, r2, #1
    and     r2, r2, #UNROLLED - 1
    movs    r5, #TAPS_BYTES
    mul     r2, r2, r5
    adr     r10, 3f
    sub     r10, r10, r2
    orr     r10, r10, #1
    stm     sp, {r3, r6-r8}
    str     r1, [sp, #BUFFER]
    str     r9, [sp, #BUFFER_END]
    str     r10, [sp, #ENTRY]
    str     r4, [sp, #LEFT]
1:
    ldr     r1, [sp, #BUFFER]
    FIRST_TAPS
    ldr     pc, [sp, #ENTRY]
    .balign 4
2:
    .rept UNROLLED
    TAPS
    .endr
3:
    ldr     r4, [sp, #BUFFER_END]
    cmp     r1, r4
    bne     2b

    sub     r6, r6, r7 /* 256 times the sum of b */
    sub     r8, r8, r9
    sub     r10, r10, r11
    sub     r12, r12, lr
    ldmia   r0!, {r2-r5}
    add     r7, r2, r7, lsl #1
    add     r9, r2, r9, lsl #1
    add     r11, r2, r11, lsl #1
    add     lr, r2, lr, lsl #1
    ACTIVATION \relu, r7, r5
    ACTIVATION \relu, r9, r5
    ACTIVATION \relu, r11, r5
    ACTIVATION \relu, lr, r5
    lsrs    r1, r5, #8
    STORE   r7, r9, r11, lr
    ldr     r7, [sp, #LEFT]
    subs    r7, r7, #2 /* until the end of the loop, nothing else sets flags */
    str     r7, [sp, #LEFT]
    bmi     4f

    ldmia   r0!, {r2-r4}
    add     r6, r2, r6, asr #7
    add     r8, r2, r8, asr #7
    add     r10, r2, r10, asr #7
    add     r12, r2, r12, asr #7
    ACTIVATION \relu, r6, r1
    ACTIVATION \relu, r8, r1
    ACTIVATION \relu, r10, r1
    ACTIVATION \relu, r12, r1
    STORE   r6, r8, r10, r12
    bne     1b
4:
    add     sp, sp, #FRAME
    pop     {r4-r11, pc}
.endm

.macro FUNCTION name, relu
    .section .text.\name, "ax", %progbits
    .balign 4
    .global \name
    .thumb_func
    .type \name, %function
\name:
    BLOCK   \relu
    .size \name, . - \name
.endm

    FUNCTION wb_convolution_block, 0
    FUNCTION wb_convolution_block_relu, 1

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
