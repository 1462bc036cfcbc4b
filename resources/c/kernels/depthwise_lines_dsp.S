/* Depthwise convolutions of 3x3, in the instructions of a core with DSP. depthwise_lines.c says the same in C, for all
 * other cores; depthwise_lines.h says what they do.
 *
 * The ring holds three lines side by side: four positions of the first, the same four of the second, of the third, then
 * the next four. What turns is the table of weights, two words for each line of taps, doubled: 0 1 2 0 1. */
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

    .syntax unified
    .thumb

/* struct wb_lines */
.equ LINE_STEP, 0
.equ POSITION_STEP, 4
.equ OUT_LINE_STEP, 8
.equ OUT_POSITION_STEP, 12
.equ CHANNELS, 18
.equ LINES, 22
.equ OUT_LINES, 24
.equ STRIDE, 28
.equ BEFORE, 32
.equ LENGTH, 34
.equ OUT_LENGTH, 36
.equ BEFORE_ALONG, 44
.equ POSITIONS, 48
.equ ZERO_POINT, 50

/* The frame. Of the channel: weights, its constants. */
.equ WEIGHTS, 0
.equ BIAS, 40
.equ MULTIPLIER, 44 /* and offset */
.equ SHIFT, 52
.equ STREAM, 56
.equ LEFT, 60 /* channels */
.equ INPUT, 64 /* and output */
/* What loads a line: the padding of one position, where the line lies, positions to come by fours, steps, whether
 * padding stands in front. */
.equ LOAD, 72
.equ FROM, LOAD + 4
/* What makes a line of outputs: the ring, the first weights, where to and in which steps, positions. */
.equ MAKE, 96
.equ TURN, MAKE + 4 /* weights and output */
.equ SLOT, 116 /* of the next input line, its number, the first that is not needed yet, output lines left, their steps */
.equ FORM, 140 /* struct wb_lines, its lines, the padding of two positions */
.equ PLANE, 144
.equ PADDING, 148
.equ FRAME, 156
.equ RING, FRAME + 36

.equ SLOT_BYTES, 8
.equ BLOCK_BYTES, 3 * SLOT_BYTES

.macro PAIR_OF_WEIGHTS first, last, from
    sxtb16  \first, \from
    sxtb16  \last, \from, ror #8
    sadd16  \first, \first, \first
    sadd16  \last, \last, \last
.endm

/* A doubled sum with its bias to an activation: multiplier r8, offset r9, shift r10. */
.macro ACTIVATION relu, sum
    .if \relu
    smmlar  \sum, \sum, r8, r9
    .else
    add     r11, r9, \sum, asr #31
    smmlar  \sum, \sum, r8, r11
    .endif
    asr     \sum, \sum, r10
    usat    \sum, #8, \sum
.endm

/* Stride 1, one line of taps: positions in r8, r9 and r12, weights in r10 and r11, four sums. */
.macro FOUR_SUMS slot, first=0
    .if \first
    ldr     r7, [sp, #BIAS]
    ldrd    r8, r9, [r0], #BLOCK_BYTES
    ldrd    r10, r11, [r1]
    smlad   r4, r8, r10, r7
    smlatb  r5, r8, r10, r7
    smlad   r6, r9, r10, r7
    smlatb  r7, r9, r10, r7
    .else
    ldrd    r8, r9, [r0, #SLOT_BYTES * \slot - BLOCK_BYTES]
    ldrd    r10, r11, [r1, #SLOT_BYTES * \slot]
    smlad   r4, r8, r10, r4
    smlatb  r5, r8, r10, r5
    smlad   r6, r9, r10, r6
    smlatb  r7, r9, r10, r7
    .endif
    ldr     r12, [r0, #SLOT_BYTES * \slot]
    smlabt  r4, r9, r11, r4
    smlad   r5, r9, r11, r5
    smlabt  r6, r12, r11, r6
    smlad   r7, r12, r11, r7
.endm

/* Stride 1, one line of taps: two positions at r0, two at r12, two sums. */
.macro TWO_SUMS slot, first=0
    ldr     r8, [r0, #SLOT_BYTES * \slot]
    ldr     r9, [r12, #SLOT_BYTES * \slot]
    ldrd    r10, r11, [r1, #SLOT_BYTES * \slot]
    .if \first
    ldr     r5, [sp, #BIAS]
    smlad   r4, r8, r10, r5
    .else
    smlad   r4, r8, r10, r4
    .endif
    smlatb  r5, r8, r10, r5
    smlabt  r4, r9, r11, r4
    smlad   r5, r9, r11, r5
.endm

/* Stride 2, one line of taps, two sums. */
.macro TWO_APART slot, first=0
    .if \first
    ldr     r5, [sp, #BIAS]
    ldrd    r8, r9, [r0], #BLOCK_BYTES
    ldrd    r10, r11, [r1]
    smlad   r4, r8, r10, r5
    .else
    ldrd    r8, r9, [r0, #SLOT_BYTES * \slot - BLOCK_BYTES]
    ldrd    r10, r11, [r1, #SLOT_BYTES * \slot]
    smlad   r4, r8, r10, r4
    .endif
    ldr     r12, [r0, #SLOT_BYTES * \slot]
    smlad   r5, r9, r10, r5
    smlabt  r4, r9, r11, r4
    smlabt  r5, r12, r11, r5
.endm

/* The same, four sums. */
.macro FOUR_APART slot, first=0
    .if \first
    ldr     r7, [sp, #BIAS]
    ldrd    r8, r9, [r0], #2 * BLOCK_BYTES
    ldrd    r10, r11, [r1]
    smlad   r4, r8, r10, r7
    smlad   r5, r9, r10, r7
    .else
    ldrd    r8, r9, [r0, #SLOT_BYTES * \slot - 2 * BLOCK_BYTES]
    ldrd    r10, r11, [r1, #SLOT_BYTES * \slot]
    smlad   r4, r8, r10, r4
    smlad   r5, r9, r10, r5
    .endif
    smlabt  r4, r9, r11, r4
    ldrd    r8, r9, [r0, #SLOT_BYTES * \slot - BLOCK_BYTES]
    ldr     r12, [r0, #SLOT_BYTES * \slot]
    smlabt  r5, r8, r11, r5
    .if \first
    smlad   r6, r8, r10, r7
    .else
    smlad   r6, r8, r10, r6
    .endif
    smlad   r7, r9, r10, r7
    smlabt  r6, r9, r11, r6
    smlabt  r7, r12, r11, r7
.endm

/* One line of taps, one sum. */
.macro ONE_SUM slot, first=0
    .if \first
    ldr     r4, [sp, #BIAS]
    .endif
    ldrd    r8, r9, [r0, #SLOT_BYTES * \slot]
    ldrd    r10, r11, [r1, #SLOT_BYTES * \slot]
    smlad   r4, r8, r10, r4
    smlabt  r4, r9, r11, r4
.endm

.macro CONSTANTS
    ldrd    r8, r9, [sp, #MULTIPLIER]
    ldr     r10, [sp, #SHIFT]
.endm

.macro STORE_FOUR
    strb    r4, [r2]
    strb    r5, [r2, r3]
    add     r2, r2, r3, lsl #1
    strb    r6, [r2]
    strb    r7, [r2, r3]
    add     r2, r2, r3, lsl #1
.endm

/* A line of outputs: ring r0, weights r1, output r2 and its step r3, outputs left lr. */
.macro LINE_BY_1 relu
    subs    lr, lr, #4
    blt     2f
1:
    FOUR_SUMS 0, first=1
    FOUR_SUMS 1
    FOUR_SUMS 2
    CONSTANTS
    ACTIVATION \relu, r4
    ACTIVATION \relu, r5
    ACTIVATION \relu, r6
    ACTIVATION \relu, r7
    STORE_FOUR
    subs    lr, lr, #4
    bge     1b
2:
    adds    lr, lr, #4
    beq     4f
    add     r12, r0, #4
3:
    TWO_SUMS 0, first=1
    TWO_SUMS 1
    TWO_SUMS 2
    CONSTANTS
    ACTIVATION \relu, r4
    strb    r4, [r2]
    subs    lr, lr, #2
    blt     4f
    ACTIVATION \relu, r5
    strb    r5, [r2, r3]
    beq     4f
    add     r2, r2, r3, lsl #1
    add     r4, r0, #BLOCK_BYTES
    mov     r0, r12
    mov     r12, r4
    b       3b
4:
.endm

.macro LINE_BY_2 relu
    subs    lr, lr, #4
    blt     2f
1:
    FOUR_APART 0, first=1
    FOUR_APART 1
    FOUR_APART 2
    CONSTANTS
    ACTIVATION \relu, r4
    ACTIVATION \relu, r5
    ACTIVATION \relu, r6
    ACTIVATION \relu, r7
    STORE_FOUR
    subs    lr, lr, #4
    bge     1b
2:
    lsls    lr, lr, #31 /* bit 1 of what is left, then bit 0 */
    bcc     3f
    TWO_APART 0, first=1
    TWO_APART 1
    TWO_APART 2
    CONSTANTS
    ACTIVATION \relu, r4
    ACTIVATION \relu, r5
    strb    r4, [r2]
    strb    r5, [r2, r3]
    add     r2, r2, r3, lsl #1
3:
    cmp     lr, #0
    beq     4f
    ONE_SUM 0, first=1
    ONE_SUM 1
    ONE_SUM 2
    CONSTANTS
    ACTIVATION \relu, r4
    strb    r4, [r2]
4:
.endm

.macro DEPTHWISE name, stride, relu
    .section .text.\name, "ax", %progbits
    .balign 4
    .global \name
    .thumb_func
    .type \name, %function
\name:
    push    {r4-r11, lr}
    sub     sp, sp, #FRAME
    ldrsh   r4, [r0, #CHANNELS]
    strd    r1, r4, [sp, #STREAM]
    strd    r2, r3, [sp, #INPUT]
    ldrh    r1, [r0, #ZERO_POINT]
    ldrsh   r3, [r0, #LENGTH]
    ldr     r4, [r0, #POSITION_STEP]
    ldr     r5, [r0, #LINE_STEP]
    ldrsh   r6, [r0, #BEFORE_ALONG]
    subs    r3, r3, #4
    cmp     r6, #0
    it      eq
    subeq   r3, r3, #1 /* the first one stands in front of them */
    add     r7, sp, #LOAD
    stmia   r7, {r1-r6}
    ldr     r1, [sp, #RING]
    ldr     r4, [r0, #OUT_POSITION_STEP]
    ldrsh   r5, [r0, #OUT_LENGTH]
    add     r7, sp, #MAKE
    stmia   r7, {r1-r5}
    ldr     r6, [r0, #OUT_LINE_STEP]
    str     r6, [sp, #SLOT + 16]
    ldrsh   r6, [r0, #STRIDE]
    str     r6, [sp, #SLOT + 20]
    ldrsh   r6, [r0, #LINES]
    ldrh    r7, [r0, #ZERO_POINT]
    orr     r7, r7, r7, lsl #16
    strd    r0, r6, [sp, #FORM]
    str     r7, [sp, #PADDING]
    ldrsh   r6, [r0, #POSITIONS]
    add     r6, r6, r6, lsl #1
1:
    str     r7, [r1], #4 /* the padding of each line stays */
    subs    r6, r6, #2
    bne     1b

10: /* a channel */
    ldr     r1, [sp, #STREAM]
    ldmia   r1!, {r2-r7}
    str     r1, [sp, #STREAM]
    PAIR_OF_WEIGHTS r8, r9, r2
    PAIR_OF_WEIGHTS r10, r11, r3
    PAIR_OF_WEIGHTS r12, lr, r4
    add     r0, sp, #WEIGHTS
    mov     r1, r0
    stmia   r0!, {r8-r12, lr}
    stmia   r0!, {r8-r11}
    uxtb    r8, r7
    lsrs    r7, r7, #8
    sub     r9, r8, #1
    lsls    r7, r7, r9
    stmia   r0, {r5-r8}
    ldrd    r3, r2, [sp, #INPUT]
    str     r3, [sp, #FROM]
    strd    r1, r2, [sp, #TURN]
    ldr     r0, [sp, #FORM]
    ldr     r3, [sp, #RING]
    ldrsh   r4, [r0, #BEFORE]
    rsb     r5, r4, #3
    rsbs    r4, r4, #0
    ldrsh   r6, [r0, #OUT_LINES]
    strd    r5, r6, [sp, #SLOT + 8]

11: /* an input line, number r4 of those before r5, to the slot r3 */
    ldr     r1, [sp, #PLANE]
    mov     r12, r3
    cmp     r4, r1
    bhs     15f
    add     r0, sp, #LOAD
    ldmia   r0, {r1, r2, r6-r9}
    add     r8, r8, r2
    str     r8, [sp, #FROM]
    cmp     r9, #0
    bne     12f
    ldrb    r1, [r2]
    add     r2, r2, r7
12:
    cmp     r6, #0
    blt     14f
    add     r11, r7, r7, lsl #1
13:
    ldrb    r8, [r2]
    ldrb    r9, [r2, r7]
    ldrb    r10, [r2, r7, lsl #1]
    orr     r8, r1, r8, lsl #16
    ldrb    r1, [r2, r11]
    orr     r9, r9, r10, lsl #16
    add     r2, r2, r7, lsl #2
    strd    r8, r9, [r12], #BLOCK_BYTES
    subs    r6, r6, #4
    bge     13b
14:
    strh    r1, [r12]
    adds    r6, r6, #4
    beq     17f
1:
    ldrb    r1, [r2]
    add     r2, r2, r7
    strh    r1, [r12, #2]!
    subs    r6, r6, #1
    bne     1b
    b       17f
15: /* outside the plane */
    ldr     r0, [sp, #FORM]
    ldr     r1, [sp, #PADDING]
    ldrsh   r6, [r0, #POSITIONS]
1:
    strd    r1, r1, [r12], #BLOCK_BYTES
    subs    r6, r6, #4
    bne     1b
17:
    add     r12, sp, #MAKE
    ldmia   r12, {r0-r2}
    adds    r3, r3, #SLOT_BYTES
    add     r7, r0, #BLOCK_BYTES
    cmp     r3, r7
    it      eq
    moveq   r3, r0
    adds    r4, r4, #1
    cmp     r4, r5
    blt     11b

    strd    r3, r4, [sp, #SLOT]
    ldrd    r3, lr, [r12, #12]
    LINE_BY_\stride \relu

    add     r12, sp, #SLOT
    ldmia   r12, {r3-r8}
    subs    r6, r6, #1
    beq     18f
    ldrd    r1, r2, [sp, #TURN]
    mov     r9, sp
    add     r5, r5, r8
    add     r2, r2, r7
    sub     r1, r1, r8, lsl #3
    strd    r5, r6, [sp, #SLOT + 8]
    cmp     r1, r9
    it      lo
    addlo   r1, r1, #BLOCK_BYTES
    strd    r1, r2, [sp, #TURN]
    b       11b
18:
    ldrd    r2, r3, [sp, #INPUT]
    ldr     r4, [sp, #LEFT]
    adds    r2, r2, #1
    adds    r3, r3, #1
    subs    r4, r4, #1
    strd    r2, r3, [sp, #INPUT]
    str     r4, [sp, #LEFT]
    bne     10b

    add     sp, sp, #FRAME
    pop     {r4-r11, pc}
    .size \name, . - \name
.endm

    DEPTHWISE wb_depthwise_1, 1, 0
    DEPTHWISE wb_depthwise_2, 2, 0
    DEPTHWISE wb_depthwise_1_relu, 1, 1
    DEPTHWISE wb_depthwise_2_relu, 2, 1

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
