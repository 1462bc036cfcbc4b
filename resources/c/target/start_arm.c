/* Start-up of a Cortex-M: vector table, initial values, floating-point unit. */
#include <stdint.h>

extern uint32_t wb_data_load[], wb_data_start[], wb_data_end[], wb_bss_start[], wb_bss_end[], wb_stack_top[];
int main(void);

/* The pointers are volatile to keep the compiler from calling memcpy, which would count as the network's code. */
__attribute__((section(".harness"), used, noreturn)) void Reset_Handler(void) {
    volatile uint32_t *to;
    const volatile uint32_t *from = wb_data_load;
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    *(volatile uint32_t *)0xE000ED88U |= 0xFU << 20; /* CPACR: coprocessors 10 and 11, the floating-point unit */
    __asm__ volatile("dsb\n\tisb");
#endif
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

__attribute__((section(".harness"), used, noreturn)) static void stop(void) {
    for (;;) {
    }
}

typedef void (*handler)(void);
__attribute__((section(".harness.vectors"), used)) static const handler vectors[16] = {
    (handler)(uintptr_t)wb_stack_top, Reset_Handler, stop, stop, stop, stop, stop, stop,
    stop, stop, stop, stop, stop, stop, stop, stop,
};
