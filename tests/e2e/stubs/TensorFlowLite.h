/* Tells the Arduino build which library to take; empty here as it is there. */
