/* Start-up of a 32-bit RISC-V core: stack pointer and initial values. */
#include <stdint.h>

extern uint32_t wb_data_load[], wb_data_start[], wb_data_end[], wb_bss_start[], wb_bss_end[];
int main(void);

/* The pointers are volatile to keep the compiler from calling memcpy, which would count as the network's code. */
__attribute__((section(".harness"), used, noreturn)) static void start(void) {
    volatile uint32_t *to;
    const volatile uint32_t *from = wb_data_load;
    for (to = wb_data_start; to < wb_data_end; to++, from++) {
        *to = *from;
    }
    for (to = wb_bss_start; to < wb_bss_end; to++) {
        *to = 0;
    }
    (void)main();
    for (;;) {
    }
}

__attribute__((section(".harness.vectors"), used, naked)) void Reset_Handler(void) {
    __asm__ volatile("la sp, wb_stack_top\n\tj %0" : : "i"(start));
}
