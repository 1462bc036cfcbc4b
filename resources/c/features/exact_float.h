/* SPDX-License-Identifier: 0BSD */
/* Every product is rounded before it is added, also where the core could fuse the two: the board then computes the
 * same bits as the program that fitted the model. Include it before the first function of a file. */
#ifndef FEATURES_EXACT_FLOAT_H
#define FEATURES_EXACT_FLOAT_H

#if defined(__clang__)
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#endif
