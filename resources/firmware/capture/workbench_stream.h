/* Sends sensor readings and pictures in the workbench's native format: COBS frames with a CRC-16 and the board's clock.
 * C99, no dynamic memory. Copy the .h and the .c beside your sketch. */
#ifndef WORKBENCH_STREAM_H
#define WORKBENCH_STREAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest body of a frame, in bytes: a hello, or the readings of one frame. */
#ifndef WB_LARGEST_BODY
#define WB_LARGEST_BODY 1024U
#endif

/* Sends bytes to the computer; returns when they are handed over. */
typedef void (*wb_write_t)(const uint8_t *bytes, size_t count);

typedef struct {
    wb_write_t write;
    const char *hello; /* JSON, see wb_begin */
    uint8_t number; /* of the stream, see wb_begin */
    uint16_t sequence;
    uint16_t picture;
    uint32_t hello_us; /* when the hello was sent last */
    uint8_t frame[WB_LARGEST_BODY + 9U];
    uint8_t stuffed[WB_LARGEST_BODY + 9U + (WB_LARGEST_BODY + 9U) / 254U + 2U];
} wb_stream_t;

/* How the pixels of a picture are stored: one byte of grey, or five bits of red, six of green, five of blue. */
typedef enum { WB_GREY8 = 1, WB_RGB565_HIGH_BYTE_FIRST = 2, WB_RGB565_LOW_BYTE_FIRST = 3 } wb_layout_t;

/* Starts a stream and sends its description, which must stay in memory:
 * {"channels":[{"name":"ax","unit":"g","scale":0.001}],"rate":100}
 * Only int16 values are multiplied by the scale. Without readings, for pictures alone, it may be NULL.
 * One link carries up to 16 streams at rates of their own, such as motion and sound: give each a wb_stream_t, and set
 * its number (0 to 15) before this call. */
void wb_begin(wb_stream_t *stream, wb_write_t write, const char *hello, uint32_t now_us);

/* Sends one or more whole readings, values a channel after another; now_us is the time of the first. Repeats the
 * description once a second. Returns 0 when there are more values than a frame holds: then nothing is sent. */
int wb_send_float(wb_stream_t *stream, const float *values, size_t count, uint32_t now_us);
int wb_send_int16(wb_stream_t *stream, const int16_t *values, size_t count, uint32_t now_us);

/* Sends a picture, row after row from the top, in as many frames as it takes; now_us is when it was taken. */
void wb_send_picture(wb_stream_t *stream, const uint8_t *pixels, wb_layout_t layout, uint16_t width, uint16_t height,
                     uint32_t now_us);

#ifdef __cplusplus
}
#endif

#endif
