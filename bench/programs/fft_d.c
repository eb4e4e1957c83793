/* fp: a radix-2 Fourier transform, double precision. */
typedef double real;
#include "fft.h"
