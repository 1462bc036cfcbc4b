#ifndef PDM_H
#define PDM_H
#include <stddef.h>
struct PDMClass {
    int begin(int channels, int rate);
    void onReceive(void (*callback)());
    int read(void *buffer, size_t size);
};
extern PDMClass PDM;
#endif
