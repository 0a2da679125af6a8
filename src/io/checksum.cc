#include "io/checksum.h"

#include <xxhash.h>

#include <new>

#include "core/error.h"

namespace wordfire {

void Checksum::Free::operator()(XXH3_state_s* state) const { (void)XXH3_freeState(state); }

Checksum::Checksum() : state_(XXH3_createState()) {
  if (!state_ || XXH3_64bits_reset(state_.get()) == XXH_ERROR) throw std::bad_alloc();
}

void Checksum::add(std::span<const std::byte> bytes) {
  if (XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()) == XXH_ERROR) {
    throw Error::internal("checksum: XXH3 takes no more bytes");
  }
}

uint64_t Checksum::value() const { return XXH3_64bits_digest(state_.get()); }

}  // namespace wordfire
