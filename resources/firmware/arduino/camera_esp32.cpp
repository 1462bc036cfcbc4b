/* $banner */
/*
 * Takes pictures with the board's own camera through the driver that comes with the ESP32 core, cuts out the middle and
 * averages it down to $picture_text.
 * The model knows only pictures like those it was trained on: same subject, background and light.
 * This file is yours to change; a later export keeps your changes.
 */
#include "camera.h"

#include <Arduino.h>
#include <esp_camera.h>

#include "model_info.h"

bool begin_camera()
{
    camera_config_t config = {};
    config.pin_pwdn = $pwdn;
    config.pin_reset = $reset;
    config.pin_xclk = $xclk;
    config.pin_sccb_sda = $sccb_sda;
    config.pin_sccb_scl = $sccb_scl;
    config.pin_d0 = $d0;
    config.pin_d1 = $d1;
    config.pin_d2 = $d2;
    config.pin_d3 = $d3;
    config.pin_d4 = $d4;
    config.pin_d5 = $d5;
    config.pin_d6 = $d6;
    config.pin_d7 = $d7;
    config.pin_vsync = $vsync;
    config.pin_href = $href;
    config.pin_pclk = $pclk;
    config.xclk_freq_hz = 20000000;
    config.ledc_timer = LEDC_TIMER_0;
    config.ledc_channel = LEDC_CHANNEL_0;
    config.pixel_format = $pixel_format;
    config.frame_size = $frame_size;
    config.fb_count = 1;
    return esp_camera_init(&config) == ESP_OK;
}

/* One colour of one pixel of the camera's picture, 0..255. */
static uint32_t pixel(const camera_fb_t *frame, size_t row, size_t column, size_t colour)
{
    const size_t place = row * frame->width + column;
#if MODEL_CHANNELS == 1
    (void)colour;
    return frame->buf[place];
#else
    /* RGB565, the upper byte first: five bits of red, six of green, five of blue. */
    const uint32_t packed = (uint32_t)frame->buf[2U * place] << 8 | frame->buf[2U * place + 1U];
    if (colour == 0U) {
        return (packed >> 11) * 255U / 31U;
    }
    return colour == 1U ? (packed >> 5 & 63U) * 255U / 63U : (packed & 31U) * 255U / 31U;
#endif
}

bool read_picture(uint8_t *picture)
{
    camera_fb_t *const frame = esp_camera_fb_get();
    if (frame == nullptr) {
        return false;
    }
    /* The largest part with the model's proportions, in the middle. */
    size_t width = frame->width;
    size_t height = width * MODEL_PICTURE_HEIGHT / MODEL_PICTURE_WIDTH;
    if (height > frame->height) {
        height = frame->height;
        width = height * MODEL_PICTURE_WIDTH / MODEL_PICTURE_HEIGHT;
    }
    const size_t left = (frame->width - width) / 2U;
    const size_t top = (frame->height - height) / 2U;
    for (size_t row = 0; row < MODEL_PICTURE_HEIGHT; ++row) {
        const size_t first_row = top + row * height / MODEL_PICTURE_HEIGHT;
        const size_t last_row = top + (row + 1U) * height / MODEL_PICTURE_HEIGHT;
        for (size_t column = 0; column < MODEL_PICTURE_WIDTH; ++column) {
            const size_t first_column = left + column * width / MODEL_PICTURE_WIDTH;
            const size_t last_column = left + (column + 1U) * width / MODEL_PICTURE_WIDTH;
            const uint32_t pixels = (uint32_t)((last_row - first_row) * (last_column - first_column));
            for (size_t colour = 0; colour < MODEL_CHANNELS; ++colour) {
                uint32_t sum = 0;
                for (size_t y = first_row; y < last_row; ++y) {
                    for (size_t x = first_column; x < last_column; ++x) {
                        sum += pixel(frame, y, x, colour);
                    }
                }
                *picture++ = (uint8_t)((sum + pixels / 2U) / pixels);
            }
        }
    }
    esp_camera_fb_return(frame);
    return true;
}
