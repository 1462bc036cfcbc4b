/* Uses the network as an application does, so that the linker keeps what an application needs, and no more. */
#include "@PREFIX@.h"

int main(void);
__attribute__((section(".harness"), used)) int main(void) {
    volatile uint8_t *input = (volatile uint8_t *)@PREFIX@_input();
    input[0] = 0;
@OTHER_PORTS@    return @PREFIX@_invoke() + *(const volatile uint8_t *)@PREFIX@_output();
}
