/* Runs an exported sketch on the host: setup(), then loop() once for every row that the test gives.
 *
 * host <rows.bin> <inputs.bin>
 * rows.bin holds six floats a row: acceleration in g, rotation in degrees a second. Every input that the model is
 * invoked with is appended to inputs.bin. Whatever the sketch prints goes to standard output.
 */
#include <Arduino.h>
#include "stub_imu.h"
#include <Wire.h>
#include <cstdlib>
#include <esp_camera.h>
#include <tensorflow/lite/micro/micro_interpreter.h>
#include <vector>

#include "model_info.h"

void setup();
void loop();

uint64_t stub_us = 4294900000U; /* micros() soon wraps around, as on every board */
StubSerial Serial;
TwoWire Wire, Wire1;
StubImu IMU;

static std::vector<float> row_values = {0, 0, 0, 0, 0, 0};
static FILE *inputs_file = nullptr;

int StubImu::begin() { return 1; }
int StubImu::accelerationAvailable() { return 1; }
int StubImu::gyroscopeAvailable() { return 1; }
int StubImu::magneticFieldAvailable() { return 0; }

static int give(size_t first, float &x, float &y, float &z)
{
    x = row_values[first];
    y = row_values[first + 1];
    z = row_values[first + 2];
    return 1;
}

int StubImu::readAcceleration(float &x, float &y, float &z) { return give(0, x, y, z); }
int StubImu::readGyroscope(float &x, float &y, float &z) { return give(3, x, y, z); }
int StubImu::readMagneticField(float &x, float &y, float &z) { return give(0, x, y, z); }

/* A camera whose picture is a ramp: a pixel is as bright as its column, in every colour. */
static camera_config_t camera;
static uint8_t camera_bytes[2 * 160 * 120];
static camera_fb_t camera_frame = {camera_bytes, sizeof(camera_bytes), 160, 120};

esp_err_t esp_camera_init(const camera_config_t *config)
{
    camera = *config;
    if (camera.frame_size == FRAMESIZE_96X96) {
        camera_frame.width = camera_frame.height = 96;
    }
    return ESP_OK;
}

camera_fb_t *esp_camera_fb_get()
{
    for (size_t place = 0; place < camera_frame.width * camera_frame.height; ++place) {
        const unsigned int bright = static_cast<unsigned int>(place % camera_frame.width);
        const unsigned int packed = bright >> 3 << 11 | bright >> 2 << 5 | bright >> 3;
        if (camera.pixel_format == PIXFORMAT_GRAYSCALE) {
            camera_bytes[place] = static_cast<uint8_t>(bright);
        } else {
            camera_bytes[2 * place] = static_cast<uint8_t>(packed >> 8);
            camera_bytes[2 * place + 1] = static_cast<uint8_t>(packed & 255U);
        }
    }
    return &camera_frame;
}

void esp_camera_fb_return(camera_fb_t *) {}

static model_input_t input_data[MODEL_INPUT_VALUES];
static model_output_t output_data[MODEL_OUTPUT_VALUES];
static TfLiteTensor input_tensor, output_tensor;

namespace tflite {

MicroInterpreter::MicroInterpreter(const Model *, const MicroOpResolver &resolver, uint8_t *arena, size_t arena_bytes)
    : arena_(arena), arena_bytes_(arena_bytes)
{
    std::printf("operators %u of %u:", resolver.count(), resolver.room());
    for (unsigned int i = 0; i < resolver.count(); ++i) {
        std::printf(" %s", resolver.names()[i]);
    }
    std::printf("\n");
}

TfLiteStatus MicroInterpreter::AllocateTensors()
{
    input_tensor.data.raw = input_data;
    input_tensor.bytes = sizeof(input_data);
    output_tensor.data.raw = output_data;
    output_tensor.bytes = sizeof(output_data);
    const bool aligned = reinterpret_cast<uintptr_t>(arena_) % 16U == 0U;
    const bool enough = arena_bytes_ >= MODEL_ARENA_BYTES && std::getenv("STUB_ARENA_TOO_SMALL") == nullptr;
    return aligned && enough ? kTfLiteOk : kTfLiteError;
}

TfLiteStatus MicroInterpreter::Invoke()
{
    std::fwrite(input_data, sizeof(input_data), 1, inputs_file);
    for (size_t i = 0; i < MODEL_OUTPUT_VALUES; ++i) {
        output_data[i] = static_cast<model_output_t>(i); /* the last output is the largest */
    }
    stub_us += 1234U;
    return kTfLiteOk;
}

TfLiteTensor *MicroInterpreter::input(size_t) { return &input_tensor; }
TfLiteTensor *MicroInterpreter::output(size_t) { return &output_tensor; }
size_t MicroInterpreter::arena_used_bytes() const { return MODEL_ARENA_BYTES; }

} // namespace tflite

/* A sketch that stops with a message repeats it for ever: the first time is enough. */
void stub_delay(unsigned long ms)
{
    if (ms >= 5000UL) {
        std::fflush(stdout);
        std::exit(3);
    }
    stub_us += static_cast<uint64_t>(ms) * 1000U;
}

int main(int count, char **arguments)
{
    if (count != 3) {
        return 2;
    }
    FILE *const rows = std::fopen(arguments[1], "rb");
    inputs_file = std::fopen(arguments[2], "wb");
    if (rows == nullptr || inputs_file == nullptr) {
        return 2;
    }
    setup();
    const uint64_t start = stub_us;
    for (uint64_t row = 0; std::fread(row_values.data(), sizeof(float), 6, rows) == 6; ++row) {
        /* Each row a little after its time, whatever the sketch has done before. */
        stub_us = start + static_cast<uint64_t>(static_cast<double>(row) * STUB_ROW_US) + STUB_LATE_US;
        loop();
        loop(); /* nothing is due: a row must not be read twice */
    }
    std::fclose(inputs_file);
    return 0;
}
