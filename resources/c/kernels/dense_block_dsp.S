/* Four dense outputs at a time, in the instructions of a core with DSP. dense_block.c says the same in C, for all other
 * cores; dense_block.h says what it does. */
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

    .syntax unified
    .thumb

/* Registers: r0 input, r1 stream, r2 to r5 weights of a + 256 b or of a alone, r6 and r7 inputs; r8 and r9 the sums of
 * a + 256 b and of a, r10 and r11 those of c + 256 d and of c; r12 turns left, lr output.
 *
 * 64 groups of four inputs at most are summed up in one go: 256 times the sum of b fits into 32 bits then.
 *
 * Frame: input; turns of the loop and its entry, for the first groups, and the goes to come; blocks left; the entry now
 * and goes left; sums so far, doubled, with the biases. Arguments follow. */
.equ INPUT, 0
.equ FIRST_TURNS, 4 /* and entry */
.equ GOES, 12
.equ LEFT, 16
.equ ENTRY, 20
.equ GOES_LEFT, 24
.equ TOTALS, 28
.equ FRAME, 44
.equ OUTPUT, FRAME + 36
.equ OUTPUT_STEP, OUTPUT + 4
.equ CONSTANTS, OUTPUT + 8 /* and their step */
.equ IN_ONE_GO, 64 /* groups */

.macro LOAD_GROUP
    ldr     r7, [r0], #4
    ldmia.w r1!, {r2-r5}
    uxtb16  r6, r7
    uxtb16  r7, r7, ror #8
.endm

/* Four inputs with four outputs: sixteen products. */
.macro FIRST_GROUP
    LOAD_GROUP
    smuad   r8, r6, r2
    sxtb16  r2, r2
    smuad   r9, r6, r2
    smuad   r10, r6, r4
    sxtb16  r4, r4
    smuad   r11, r6, r4
    smlad   r8, r7, r3, r8
    sxtb16  r3, r3
    smlad   r9, r7, r3, r9
    smlad   r10, r7, r5, r10
    sxtb16  r5, r5
    smlad   r11, r7, r5, r11
.endm

.macro GROUP
    LOAD_GROUP
    smlad   r8, r6, r2, r8
    sxtb16  r2, r2
    smlad   r9, r6, r2, r9
    smlad   r10, r6, r4, r10
    sxtb16  r4, r4
    smlad   r11, r6, r4, r11
    smlad   r8, r7, r3, r8
    sxtb16  r3, r3
    smlad   r9, r7, r3, r9
    smlad   r10, r7, r5, r10
    sxtb16  r5, r5
    smlad   r11, r7, r5, r11
.endm
.equ GROUP_BYTES_LOG2, 6
.equ UNROLLED, 4 /* a power of two */

/* A doubled sum with its bias to an activation, with the constants at r0, a step of r12 apart. */
.macro ACTIVATION sum, place
    ldm     r0, {r6-r8}
    add     r0, r0, r12
    add     r7, r7, \sum, asr #31
    smmlar  \sum, \sum, r6, r7
    asr     \sum, \sum, r8
    usat    \sum, #8, \sum
    strb    \sum, [lr, #\place]
.endm

    .section .text.wb_dense_block, "ax", %progbits
    .balign 4
    .global wb_dense_block
    .thumb_func
    .type wb_dense_block, %function
wb_dense_block:
    push    {r4-r11, lr}
    sub     sp, sp, #FRAME
    mov     r4, r0
    mov     r0, r1
    mov     r1, r4
    subs    r2, r2, #1
    lsrs    r8, r2, #6 /* goes behind the first one */
    and     r2, r2, #IN_ONE_GO - 1 /* groups behind the first one, in the first go */
    add     r4, r2, #UNROLLED - 1
    lsrs    r4, r4, #2
    rsbs    r5, r2, #0
    and     r5, r5, #UNROLLED - 1
    cmp     r2, #0
    adr     r6, 2f
    ite     ne
    addne   r6, r6, r5, lsl #GROUP_BYTES_LOG2
    addeq   r6, r6, #3f - 2f
    orr     r6, r6, #1
    str     r0, [sp, #INPUT]
    strd    r4, r6, [sp, #FIRST_TURNS]
    strd    r8, r3, [sp, #GOES]
    ldr     lr, [sp, #OUTPUT]
1:
    ldmia   r1!, {r2-r5}
    ldrd    r12, r6, [sp, #FIRST_TURNS]
    ldr     r7, [sp, #GOES]
    add     r8, sp, #ENTRY
    stmia   r8, {r6, r7}
    strd    r2, r3, [sp, #TOTALS]
    strd    r4, r5, [sp, #TOTALS + 8]
10:
    FIRST_GROUP
    ldr     pc, [sp, #ENTRY]
    .balign 4
2:
    .rept UNROLLED
    GROUP
    .endr
    subs.w  r12, r12, #1
    bne.w   2b
3:
    ldr     r6, [sp, #GOES_LEFT]
    ldrd    r2, r3, [sp, #TOTALS]
    ldrd    r4, r5, [sp, #TOTALS + 8]
    sub     r8, r8, r9 /* 256 times the sum of b */
    sub     r10, r10, r11
    add     r2, r2, r9, lsl #1
    add     r3, r3, r8, asr #7
    add     r4, r4, r11, lsl #1
    add     r5, r5, r10, asr #7
    subs    r6, r6, #1
    blt     4f
    adr     r7, 2b
    add     r7, r7, #1 + (1 << GROUP_BYTES_LOG2) /* of 64 groups, one stands in front and three in the first turn */
    mov     r12, #IN_ONE_GO / UNROLLED
    strd    r7, r6, [sp, #ENTRY]
    strd    r2, r3, [sp, #TOTALS]
    strd    r4, r5, [sp, #TOTALS + 8]
    b       10b
4:
    ldrd    r0, r12, [sp, #CONSTANTS]
    ACTIVATION r2, 0
    ACTIVATION r3, 1
    ACTIVATION r4, 2
    ACTIVATION r5, 3
    str     r0, [sp, #CONSTANTS]
    ldr     r2, [sp, #OUTPUT_STEP]
    ldr     r3, [sp, #LEFT]
    ldr     r0, [sp, #INPUT]
    add     lr, lr, r2
    subs    r3, r3, #1
    str     r3, [sp, #LEFT]
    bne     1b

    add     sp, sp, #FRAME
    pop     {r4-r11, pc}
    .size wb_dense_block, . - wb_dense_block

#endif

#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
