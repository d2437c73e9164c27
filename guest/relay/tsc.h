/* The rate of the processor's time stamp counter. */
#ifndef BERTH_TSC_H
#define BERTH_TSC_H

/** In kHz, measured over a few milliseconds; 0 where there is none. */
unsigned long tsc_khz(void);

#endif
