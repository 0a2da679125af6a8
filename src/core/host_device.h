// Marks what both the CPU and a GPU run: the same text compiled for each, so that tests on the CPU
// cover it.
#pragma once

#ifdef __CUDACC__
#define WORDFIRE_HD __host__ __device__
#else
#define WORDFIRE_HD
#endif
