/* Counts the basic blocks an emulated core runs, by step of the network.
 *
 * The emulator calls count_block() before each block it runs. A block belongs to the step whose function was entered
 * last; the code that calls the steps, and whatever runs before and after, is step 0. Blocks are found again through a
 * hash table with linear probing. A run that takes more instructions than allowed is stopped.
 *
 * workbench/target/block_counts.py has the same structs.
 */
#include <stdint.h>
#include <stddef.h>

enum { ARM_THUMB = 0, RISC_V = 1 };

struct block {
    uint64_t address;
    uint32_t size; /* bytes; 0 marks a free place */
    uint32_t step;
    uint32_t instructions; /* in one run of the block */
    uint32_t unused;
    uint64_t runs;
    uint64_t jumps; /* runs that did not follow the code before them: a branch was taken */
};

struct counter {
    const uint8_t *code; /* a copy of what lies at code_start */
    uint64_t code_start;
    uint64_t code_bytes;
    const uint16_t *marks; /* for each half-word of code: 0 nothing, 1 not a step, 2 + n the entry of step n */
    uint64_t last_end;
    uint64_t instructions;
    uint64_t most_instructions;
    uint64_t capacity; /* a power of two */
    uint64_t used;
    uint32_t architecture;
    uint32_t step;
    uint32_t full;
    uint32_t endless;
    struct block *blocks;
    int (*stop)(void *emulator);
};

static uint32_t instructions_in(const struct counter *counter, uint64_t address, uint32_t size) {
    uint64_t offset = address - counter->code_start;
    uint64_t end = offset + size;
    uint32_t found = 0;
    if (address < counter->code_start || end > counter->code_bytes) {
        return 0;
    }
    while (offset + 1 < end) {
        unsigned low = counter->code[offset], high = counter->code[offset + 1];
        int wide = counter->architecture == RISC_V ? (low & 3U) == 3U : (high >> 3) >= 0x1DU;
        offset += wide ? 4U : 2U;
        found++;
    }
    return found;
}

static struct block *find(struct counter *counter, uint64_t address, uint32_t size) {
    uint64_t mask = counter->capacity - 1;
    uint64_t place = ((address >> 1) * 0x9E3779B1U + size * 0x85EBU + counter->step * 0xC2B2AE35U) & mask;
    struct block *block = &counter->blocks[place];
    while (block->size != 0) {
        if (block->address == address && block->size == size && block->step == counter->step) {
            return block;
        }
        place = (place + 1) & mask;
        block = &counter->blocks[place];
    }
    if (counter->used * 2 >= counter->capacity) {
        counter->full = 1;
        return NULL;
    }
    counter->used++;
    block->address = address;
    block->size = size;
    block->step = counter->step;
    block->instructions = instructions_in(counter, address, size);
    return block;
}

void count_block(void *emulator, uint64_t address, uint32_t size, void *user_data) {
    struct counter *counter = user_data;
    uint64_t offset = address - counter->code_start;
    struct block *block;
    if (offset < counter->code_bytes) {
        unsigned mark = counter->marks[offset / 2];
        if (mark != 0) {
            counter->step = mark - 1U;
        }
    }
    block = find(counter, address, size);
    if (block != NULL) {
        block->runs++;
        block->jumps += address != counter->last_end;
        counter->instructions += block->instructions;
    }
    counter->last_end = address + size;
    if (counter->instructions > counter->most_instructions) {
        counter->endless = 1;
        (void)counter->stop(emulator);
    }
}
