# Sourced by tools/quickstart and tests/run: which Debian packages the project needs, how they are installed, and how
# progress is shown. Ubuntu has the packages under the same names.

# Debian 12 has two versions of Boost; the newer one is wanted. Ubuntu 24.04 names another.
boost_package() {
  (. /etc/os-release && [ "$ID" = ubuntu ]) && echo libboost1.83-dev || echo libboost1.81-dev
}

# To build the programs and the libraries. Open MPI is for several machines, the last line for the server.
build_packages=(g++ cmake ninja-build pkg-config libhwy-dev libeigen3-dev libxxhash-dev libzstd-dev zlib1g-dev libfmt-dev
  libsimdjson-dev protobuf-compiler libprotobuf-dev nlohmann-json3-dev libcli11-dev libopenmpi-dev openmpi-bin
  "$(boost_package)" libarchive-dev prometheus-cpp-dev)

# To build and run the tests on top: Clang and its sanitizers, and fastText itself as the peer.
test_packages=(libgtest-dev libbenchmark-dev python3 clang libomp-dev libclang-rt-dev llvm fasttext xz-utils zstd iproute2 wrk)

# To build the training image and run jobs in it, with tests/container/run, where containers can run.
container_packages=(podman runc mmdebstrap debian-archive-keyring netavark aardvark-dns iptables fasttext python3)

# A real browser without a screen, for the page of the server; not every system has them as packages. Its test is skipped
# without them.
browser_packages=(chromium chromium-driver)

# They check style. Their version is fixed, so a system may not have them; then that check is skipped.
style_packages=(clang-format-14 clang-tidy-14)

started=$SECONDS

# Announces a step, with the time since the script began.
say() {
  local elapsed=$((SECONDS - started))
  printf '\n== %s (after %d:%02d)\n' "$1" $((elapsed / 60)) $((elapsed % 60))
}

# Configures preset $1; the further arguments go to CMake. What CMake says is shown only if it fails.
configure() {
  local log
  log=$(cmake --preset "$@" 2>&1) || { echo "$log"; return 1; }
}

# Prints those of the named packages that are not installed.
missing_packages() {
  local package
  for package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
  done
}

# Runs apt-get as root, without questions.
run_apt() {
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "packages can be installed by root only, and there is no sudo; run as root: apt-get $*" >&2
      return 1
    }
    sudo=(sudo)
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# Installs the named packages, if any is missing.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return
  echo "installing: ${missing[*]}"
  run_apt update || echo "apt-get update failed; going on with the package lists that are here" >&2
  run_apt install -y --no-install-recommends "${missing[@]}"
}

# Installs those of the named packages that this system's lists have.
install_packages_if_known() {
  local package known=()
  for package; do
    apt-cache show "$package" >/dev/null 2>&1 && known+=("$package")
  done
  [ ${#known[@]} -eq 0 ] || install_packages "${known[@]}"
}

# Fetches the package lists if there are none: they are data as well.
ensure_package_index() {
  [ -n "$(apt-cache dumpavail 2>/dev/null | head -c 1)" ] || run_apt update
}

# Says how to do by hand what the calling script cannot do without apt. $1: the CMake lines.
explain_without_apt() {
  cat >&2 <<TEXT
There is no apt here (Debian 12 and Ubuntu 24.04 have it), so install by other means:
  a C++20 compiler with OpenMP (GCC 12 or newer), CMake 3.25, Ninja, pkg-config,
  and the libraries Highway, Eigen, xxHash, zstd, zlib, {fmt}, simdjson, Protobuf, nlohmann-json, CLI11,
  for the server (-DWORDFIRE_SERVE=OFF leaves it out) Boost 1.81, libarchive and prometheus-cpp$2.
Then type:
$1
TEXT
}
