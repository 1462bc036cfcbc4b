// Pictures of an ESP32 camera, 96 x 96 grey, in the workbench's native format.
#include <Arduino.h>
#include <esp_camera.h>

#include "workbench_stream.h"

// The pins of the AI-Thinker ESP32-CAM; those of other boards stand in the ESP32 core's camera example.
static const int PWDN = 32, RESET = -1, XCLK = 0, SDA_PIN = 26, SCL_PIN = 27, VSYNC = 25, HREF = 23, PCLK = 22;
static const int DATA[8] = {5, 18, 19, 21, 36, 39, 34, 35};

static wb_stream_t stream;

static void to_serial(const uint8_t *bytes, size_t count) { Serial.write(bytes, count); }

void setup() {
    Serial.begin(921600);
    camera_config_t config = {};
    config.pin_pwdn = PWDN;
    config.pin_reset = RESET;
    config.pin_xclk = XCLK;
    config.pin_sccb_sda = SDA_PIN;
    config.pin_sccb_scl = SCL_PIN;
    config.pin_d0 = DATA[0];
    config.pin_d1 = DATA[1];
    config.pin_d2 = DATA[2];
    config.pin_d3 = DATA[3];
    config.pin_d4 = DATA[4];
    config.pin_d5 = DATA[5];
    config.pin_d6 = DATA[6];
    config.pin_d7 = DATA[7];
    config.pin_vsync = VSYNC;
    config.pin_href = HREF;
    config.pin_pclk = PCLK;
    config.xclk_freq_hz = 20000000;
    config.pixel_format = PIXFORMAT_GRAYSCALE;  // PIXFORMAT_RGB565 with WB_RGB565_HIGH_BYTE_FIRST for colour
    config.frame_size = FRAMESIZE_96X96;
    config.fb_count = 1;
    while (esp_camera_init(&config) != ESP_OK) {
        Serial.println("The camera does not start.");
        delay(1000);
    }
    wb_begin(&stream, to_serial, NULL, micros());
}

void loop() {
    camera_fb_t *frame = esp_camera_fb_get();
    if (frame != NULL) {
        const uint16_t width = static_cast<uint16_t>(frame->width), height = static_cast<uint16_t>(frame->height);
        wb_send_picture(&stream, frame->buf, WB_GREY8, width, height, micros());
        esp_camera_fb_return(frame);
    }
}
