#include "io/opening_fault.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include "core/error.h"

namespace wordfire {

bool may_pass(int fault) {
  constexpr std::array kPassing = {ENOMEM, EMFILE, ENFILE, EINTR, EIO, ESTALE, ETIMEDOUT};
  return std::find(kPassing.begin(), kPassing.end(), fault) != kPassing.end();
}

void refuse_opening(const std::string& path, int fault) {
  if (fault == ENOMEM) throw std::bad_alloc();
  const std::string message = path + ": cannot open (" + std::strerror(fault) + ")";
  throw may_pass(fault) ? Error::io(message) : Error::no_input(message);
}

}  // namespace wordfire
