#include "workbench_stream.h"

#include <string.h>

#define HELLO 1U
#define INT16 2U
#define FLOAT32 3U
#define PICTURE 4U
#define HEADER_BYTES 7U
#define PART_HEADER_BYTES 9U
#define HELLO_EVERY_US 1000000U
#define LONGEST_RUN 255U /* COBS: a code for 254 bytes that no zero follows */

/* CRC-16-CCITT: polynomial 0x1021, initial value 0xFFFF, nothing reflected or inverted. */
static uint16_t crc16(const uint8_t *bytes, size_t count)
{
    uint16_t crc = 0xFFFFU;
    for (size_t i = 0; i < count; ++i) {
        crc = (uint16_t)(crc ^ (uint16_t)((unsigned int)bytes[i] << 8));
        for (int bit = 0; bit < 8; ++bit) {
            const unsigned int shifted = (unsigned int)crc << 1;
            crc = (uint16_t)((crc & 0x8000U) != 0U ? shifted ^ 0x1021U : shifted);
        }
    }
    return crc;
}

/* Consistent Overhead Byte Stuffing, with the zero that ends a frame; returns the bytes to send. */
static size_t stuff(const uint8_t *bytes, size_t count, uint8_t *out)
{
    size_t code_at = 0;
    size_t place = 1;
    unsigned int run = 1;
    for (size_t i = 0; i < count; ++i) {
        if (bytes[i] != 0U) {
            out[place++] = bytes[i];
            ++run;
        }
        if (bytes[i] == 0U || run == LONGEST_RUN) {
            out[code_at] = (uint8_t)run;
            code_at = place++;
            run = 1;
        }
    }
    out[code_at] = (uint8_t)run;
    out[place++] = 0U;
    return place;
}

static void put(uint8_t *place, uint32_t value, unsigned int bytes)
{
    for (unsigned int i = 0; i < bytes; ++i) {
        place[i] = (uint8_t)((value >> (8U * i)) & 0xFFU);
    }
}

/* The body stands in the frame already, behind the room for the header. */
static void send_frame(wb_stream_t *stream, unsigned int type, uint16_t sequence, size_t body_bytes, uint32_t now_us)
{
    uint8_t *frame = stream->frame;
    size_t size = HEADER_BYTES + body_bytes;
    frame[0] = (uint8_t)((unsigned int)stream->number << 4 | type);
    put(frame + 1, sequence, 2U);
    put(frame + 3, now_us, 4U);
    const uint16_t crc = crc16(frame, size);
    frame[size++] = (uint8_t)(crc & 0xFFU);
    frame[size++] = (uint8_t)(crc >> 8);
    stream->write(stream->stuffed, stuff(frame, size, stream->stuffed));
}

static void send_hello(wb_stream_t *stream, uint32_t now_us)
{
    const size_t size = stream->hello == NULL ? 0U : strlen(stream->hello);
    if (size > 0U && size <= WB_LARGEST_BODY) {
        memcpy(stream->frame + HEADER_BYTES, stream->hello, size);
        send_frame(stream, HELLO, stream->sequence, size, now_us);
    }
    stream->hello_us = now_us;
}

static void send_readings(wb_stream_t *stream, unsigned int type, size_t body_bytes, uint32_t now_us)
{
    send_frame(stream, type, stream->sequence, body_bytes, now_us);
    ++stream->sequence;
    if ((uint32_t)(now_us - stream->hello_us) >= HELLO_EVERY_US) {
        send_hello(stream, now_us);
    }
}

void wb_begin(wb_stream_t *stream, wb_write_t write, const char *hello, uint32_t now_us)
{
    const uint8_t end_of_boot_text = 0U;
    stream->write = write;
    stream->hello = hello;
    stream->sequence = 0U;
    stream->picture = 0U;
    write(&end_of_boot_text, 1);
    send_hello(stream, now_us);
}

int wb_send_float(wb_stream_t *stream, const float *values, size_t count, uint32_t now_us)
{
    if (count > WB_LARGEST_BODY / 4U) {
        return 0;
    }
    for (size_t i = 0; i < count; ++i) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        for (unsigned int byte = 0; byte < 4U; ++byte) {
            stream->frame[HEADER_BYTES + 4U * i + byte] = (uint8_t)((bits >> (8U * byte)) & 0xFFU);
        }
    }
    send_readings(stream, FLOAT32, 4U * count, now_us);
    return 1;
}

int wb_send_int16(wb_stream_t *stream, const int16_t *values, size_t count, uint32_t now_us)
{
    if (count > WB_LARGEST_BODY / 2U) {
        return 0;
    }
    for (size_t i = 0; i < count; ++i) {
        const uint16_t bits = (uint16_t)values[i];
        stream->frame[HEADER_BYTES + 2U * i] = (uint8_t)(bits & 0xFFU);
        stream->frame[HEADER_BYTES + 2U * i + 1U] = (uint8_t)(bits >> 8);
    }
    send_readings(stream, INT16, 2U * count, now_us);
    return 1;
}

void wb_send_picture(wb_stream_t *stream, const uint8_t *pixels, wb_layout_t layout, uint16_t width, uint16_t height,
                     uint32_t now_us)
{
    const uint32_t size = (uint32_t)width * height * (layout == WB_GREY8 ? 1U : 2U);
    uint8_t *body = stream->frame + HEADER_BYTES;
    for (uint32_t place = 0; place < size;) {
        const uint32_t rest = size - place;
        const uint32_t part = rest < WB_LARGEST_BODY - PART_HEADER_BYTES ? rest : WB_LARGEST_BODY - PART_HEADER_BYTES;
        body[0] = (uint8_t)layout;
        put(body + 1, width, 2U);
        put(body + 3, height, 2U);
        put(body + 5, place, 4U);
        memcpy(body + PART_HEADER_BYTES, pixels + place, part);
        send_frame(stream, PICTURE, stream->picture, PART_HEADER_BYTES + part, now_us);
        place += part;
    }
    ++stream->picture;
}
