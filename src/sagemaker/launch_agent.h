// What mpirun calls where it would call ssh: it hands the command to the program that watches over
// this host, which sends it to the other host on the connection that it has to it.
//
// Why not ssh: it wants a key that all hosts have, so one that lies in the image and is known to
// everybody who has it, and a daemon that lets in who has the key. Nothing that the hosts of a job
// are given is secret and the same on all of them, so no key could be made from it either. What
// they do have is their place in the job's network: so each host calls the first by its name, and
// the first looks whether who calls has the address of the host that it says it is. Nobody listens
// on the other hosts, and they start nothing but orted.
#pragma once

#include <span>
#include <string>

namespace wordfire {

// words: the host's address, and the command there. Throws Error (internal).
void launch_on_host(const std::string& socket_path, std::span<const std::string> words);

}  // namespace wordfire
