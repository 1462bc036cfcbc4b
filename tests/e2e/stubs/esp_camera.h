#ifndef ESP_CAMERA_H
#define ESP_CAMERA_H
/* The ESP32 camera driver's types; its picture is a ramp, brighter to the right. */
#include <cstddef>
#include <cstdint>

typedef int esp_err_t;
#define ESP_OK 0
enum ledc_timer_t { LEDC_TIMER_0 };
enum ledc_channel_t { LEDC_CHANNEL_0 };
enum pixformat_t { PIXFORMAT_RGB565, PIXFORMAT_GRAYSCALE = 3 };
enum framesize_t { FRAMESIZE_96X96, FRAMESIZE_QQVGA, FRAMESIZE_QVGA, FRAMESIZE_VGA };

struct camera_config_t {
    int pin_pwdn, pin_reset, pin_xclk, pin_sccb_sda, pin_sccb_scl;
    int pin_d7, pin_d6, pin_d5, pin_d4, pin_d3, pin_d2, pin_d1, pin_d0;
    int pin_vsync, pin_href, pin_pclk;
    int xclk_freq_hz;
    ledc_timer_t ledc_timer;
    ledc_channel_t ledc_channel;
    pixformat_t pixel_format;
    framesize_t frame_size;
    size_t fb_count;
};
struct camera_fb_t {
    uint8_t *buf;
    size_t len, width, height;
};
esp_err_t esp_camera_init(const camera_config_t *config);
camera_fb_t *esp_camera_fb_get();
void esp_camera_fb_return(camera_fb_t *frame);
#endif
