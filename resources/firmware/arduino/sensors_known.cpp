/* $banner */
/*
 * Reads $parts for the model's channels:
$channel_lines
 * The axes are the sensor's own: hold the board as the recordings were made, or swap axes below.
 * This file is yours to change; a later export keeps your changes.
$notes */
#include "sensors.h"

#include <Arduino.h>
$includes

$declarations

bool begin_sensors()
{
$prepare    return $start;
}

bool read_sensors(float *row)
{
    /* A sensor that has nothing new keeps its last values. */
$reads

$assignments
    return true;
}
