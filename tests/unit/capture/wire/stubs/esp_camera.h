// Just enough of the ESP32 camera driver to check a sketch's syntax.
#pragma once
#include <cstddef>
#include <cstdint>
enum pixformat_t { PIXFORMAT_RGB565, PIXFORMAT_GRAYSCALE };
enum framesize_t { FRAMESIZE_96X96 };
enum esp_err_t { ESP_OK };
struct camera_config_t {
    int pin_pwdn, pin_reset, pin_xclk, pin_sccb_sda, pin_sccb_scl;
    int pin_d7, pin_d6, pin_d5, pin_d4, pin_d3, pin_d2, pin_d1, pin_d0, pin_vsync, pin_href, pin_pclk;
    int xclk_freq_hz;
    pixformat_t pixel_format;
    framesize_t frame_size;
    size_t fb_count;
};
struct camera_fb_t {
    uint8_t *buf;
    size_t width, height;
};
esp_err_t esp_camera_init(const camera_config_t *);
camera_fb_t *esp_camera_fb_get();
void esp_camera_fb_return(camera_fb_t *);
