/* Bytes beyond what the model is known to need: other versions of the library keep a little more in the arena. */
const size_t ARENA_SPARE = 1024;

alignas(16) static uint8_t arena[MODEL_ARENA_BYTES + ARENA_SPARE];

