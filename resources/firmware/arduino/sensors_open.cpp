/* $banner */
/*
 * How your sensor is read is for you to fill in: $reason
 * This file is yours to change; a later export keeps your changes.
 *
 * The model was trained on these values, $rate_text:
$channel_lines
 * Give the same quantities, in the same units and on the same axes, or it will see something it never learnt.
 */
#include "sensors.h"

#include <Arduino.h>

bool begin_sensors()
{
    /* Start your sensor here, and return false when it does not answer. */
    return true;
}

bool read_sensors(float *row)
{
    /* Fill in all values, then return true:
$channel_assignments
     */
    (void)row;
    return false;
}
