/* $banner */
/*
 * Reads $parts for the model's channels:
$channel_lines
$axes_note * This file is yours to change; a later export keeps your changes.
$notes */
#include "sensors.h"

#include <Arduino.h>
$includes

$declarations

bool begin_sensors()
{
$prepare    if (!($start)) {
        return false;
    }
$configure    return true;
}

bool read_sensors(float *row)
{
    /* A sensor that has nothing new keeps its last values. */
$reads

$assignments
    return true;
}
