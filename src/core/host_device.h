// Marks what both the CPU and a GPU run: the same text compiled for each, so that tests on the CPU
// cover it. WORDFIRE_HD: for both at once. WORDFIRE_WARP: of templates over a kind of warp
// (cuda/lanes.h), of which a CUDA source has those of the GPU and all others those of the CPU. On
// the GPU they are always inlined: a call would keep a warp's values in memory, not in registers.
// WORDFIRE_UNROLL: in front of a loop over values that lie in registers there.
#pragma once

#ifdef __CUDACC__
#define WORDFIRE_HD __host__ __device__
#define WORDFIRE_WARP __device__ __forceinline__
#define WORDFIRE_UNROLL _Pragma("unroll")
#else
#define WORDFIRE_HD
#define WORDFIRE_WARP inline
#define WORDFIRE_UNROLL
#endif
