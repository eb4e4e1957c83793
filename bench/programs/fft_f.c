/* fp: a radix-2 Fourier transform, float precision. */
typedef float real;
#include "fft.h"
