/* Uses the network as an application does, so that the linker keeps what an application needs, and no more. */
#include "@PREFIX@.h"

int main(void);
__attribute__((section(".harness"), used)) int main(void) {
    volatile int8_t *input = (volatile int8_t *)@PREFIX@_input();
    input[0] = 0;
    return @PREFIX@_invoke() + *(const volatile int8_t *)@PREFIX@_output();
}
