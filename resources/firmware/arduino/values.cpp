/* $banner */
/*
 * What the model's input means is for you to fill in: a model file does not say it.
 * This file is yours to change; a later export keeps your changes.
 *
 * The input has the shape $input_shape, $input_values values in all, in C order. Give them as the model was trained
 * on them (normalised, if it was so); the sketch quantizes them.
 */
#include "values.h"

#include <Arduino.h>

bool begin_values()
{
    /* Start your sensor here, and return false when it does not answer. */
    return true;
}

bool read_values(float *values)
{
    /* Fill in all $input_values values, then return true. */
    (void)values;
    return false;
}
