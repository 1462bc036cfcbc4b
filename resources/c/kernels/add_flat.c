/* ADD and SUB of tensors of one shape at speed: rounded once, where that gives the same bytes as rounding three times. */
#include "add_flat.h"

#include "dual.h"
#include "four_bytes.h"

#define TOGETHER 4

#if WB_DSP

#define ODD_BYTES 0x7f807f80u /* of a word, or the even ones, seven places up: all of a half word counts */

static inline uint32_t lower_sum(const struct wb_flat_sum *sum, uint32_t a, uint32_t b)
{
    uint32_t value;

    __asm__("smlawb %0, %1, %2, %3" : "=r"(value) : "r"(sum->factor_a), "r"(a), "r"(sum->offset));
    __asm__("smlawb %0, %1, %2, %0" : "+r"(value) : "r"(sum->factor_b), "r"(b));
    __asm__("usat %0, #8, %0, asr #20" : "+r"(value));
    return value;
}

static inline uint32_t upper_sum(const struct wb_flat_sum *sum, uint32_t a, uint32_t b)
{
    uint32_t value;

    __asm__("smlawt %0, %1, %2, %3" : "=r"(value) : "r"(sum->factor_a), "r"(a), "r"(sum->offset));
    __asm__("smlawt %0, %1, %2, %0" : "+r"(value) : "r"(sum->factor_b), "r"(b));
    __asm__("usat %0, #8, %0, asr #20" : "+r"(value));
    return value;
}

static inline void four_sums(const struct wb_flat_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *output)
{
    const uint32_t word_a = wb_four_bytes(a), word_b = wb_four_bytes(b);
    const uint32_t even_a = word_a << 7 & ODD_BYTES, even_b = word_b << 7 & ODD_BYTES;
    const uint32_t odd_a = word_a >> 1 & ODD_BYTES, odd_b = word_b >> 1 & ODD_BYTES;

    output[0] = (uint8_t)lower_sum(sum, even_a, even_b);
    output[1] = (uint8_t)lower_sum(sum, odd_a, odd_b);
    output[2] = (uint8_t)upper_sum(sum, even_a, even_b);
    output[3] = (uint8_t)upper_sum(sum, odd_a, odd_b);
}

#else

static inline void four_sums(const struct wb_flat_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *output)
{
    uint8_t held[TOGETHER]; /* the output may lie on the inputs */
    int32_t i;

    for (i = 0; i < TOGETHER; i++) {
        const int32_t of_a = (int32_t)((int64_t)sum->factor_a * a[i] >> 9);
        const int32_t of_b = (int32_t)((int64_t)sum->factor_b * b[i] >> 9);

        held[i] = wb_byte((sum->offset + of_a + of_b) >> 20);
    }
    for (i = 0; i < TOGETHER; i++) {
        output[i] = held[i];
    }
}

#endif

void wb_add_flat(const struct wb_flat_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *output, int32_t count,
                 int32_t backwards)
{
    const struct wb_flat_sum how = *sum;
    const int32_t step = backwards ? -TOGETHER : TOGETHER;
    int32_t at = backwards ? count - TOGETHER : 0;

    for (; count > 0; count -= TOGETHER, at += step) {
        four_sums(&how, a + at, b + at, output + at);
    }
}
