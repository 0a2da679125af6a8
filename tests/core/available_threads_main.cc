// Prints available_threads(); available_threads_test.sh asks it in several surroundings.
#include <iostream>

#include "core/parallel.h"

int main() { std::cout << wordfire::available_threads() << '\n'; }
