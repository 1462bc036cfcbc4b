/* The part of TensorFlow Lite Micro's interpreter that a sketch sees. It computes nothing: Invoke() keeps the input and
 * answers with what the test gave. */
#ifndef MICRO_INTERPRETER_H
#define MICRO_INTERPRETER_H

#include <cstddef>
#include <cstdint>

enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };

union TfLitePtrUnion {
    int16_t *i16;
    int8_t *int8;
    uint8_t *uint8;
    float *f;
    void *raw;
};

struct TfLiteTensor {
    TfLitePtrUnion data;
    size_t bytes;
};

namespace tflite {

struct Model;

class MicroOpResolver {
  public:
    virtual ~MicroOpResolver() = default;
    virtual const char *const *names() const = 0;
    virtual unsigned int count() const = 0;
    virtual unsigned int room() const = 0;
};

class MicroInterpreter {
  public:
    MicroInterpreter(const Model *model, const MicroOpResolver &resolver, uint8_t *arena, size_t arena_bytes);
    TfLiteStatus AllocateTensors();
    TfLiteStatus Invoke();
    TfLiteTensor *input(size_t index);
    TfLiteTensor *output(size_t index);
    size_t arena_used_bytes() const;

  private:
    uint8_t *arena_;
    size_t arena_bytes_;
};

} // namespace tflite
#endif
