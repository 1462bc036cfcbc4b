/* What C99 lacks: alignment, functions that keep a symbol of their own, and words over other types. */
#ifndef WB_COMPILER_H
#define WB_COMPILER_H

#if defined(__GNUC__) || defined(__clang__) || defined(__ICCARM__)
#define WB_ALIGNED(bytes) __attribute__((aligned(bytes)))
#define WB_NOINLINE __attribute__((noinline))
#define WB_MAY_ALIAS __attribute__((may_alias))
#elif defined(_MSC_VER)
#define WB_ALIGNED(bytes) __declspec(align(bytes))
#define WB_NOINLINE __declspec(noinline)
#define WB_MAY_ALIAS /* it takes any two pointers to alias */
#else
#error "Say here how this compiler aligns an object and keeps a function from being inlined."
#endif

#endif
