#!/usr/bin/env bash
# usage: install_test.sh BUILD_FOLDER CXX VERSION
# Installs the build, moves the installed tree, builds an outside program by find_package and by pkg-config, and lets both
# predict with a model that the installed program trained.
set -euo pipefail
build=$1 cxx=$2 version=$3
outside=$(cd "$(dirname "$0")" && pwd)/outside
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved"
prefix=$work/moved

# Ninja is what the build itself needs; make may not be there.
cmake -G Ninja -S "$outside" -B "$work/cmake" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$prefix" -DWANTED_VERSION="$version" >/dev/null
cmake --build "$work/cmake" >/dev/null

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig:$prefix/lib64/pkgconfig
[ "$(pkg-config --modversion wordfire)" = "$version" ]
read -ra flags <<<"$(pkg-config --cflags --libs wordfire)"
"$cxx" -std=c++20 -O1 "$outside/predict_line.cc" -o "$work/by_pkg_config" "${flags[@]}"

for _ in $(seq 20); do
  echo "__label__fruit sweet red apple"
  echo "__label__tool heavy steel hammer"
done >"$work/train.txt"
"$prefix/bin/wordfire" supervised -input "$work/train.txt" -output "$work/model" -epoch 20 -lr 0.5 -dim 8 -bucket 1000 2>"$work/log" ||
  { cat "$work/log"; exit 1; }

for text in "a red apple" "steel"; do
  want=$(echo "$text" | "$prefix/bin/wordfire" predict-prob "$work/model.bin" -)
  for program in "$work/cmake/outside" "$work/by_pkg_config"; do
    got=$("$program" "$work/model.bin" "$text")
    [ "$got" = "$want" ] || { echo "$program: got \"$got\" for \"$text\", want \"$want\""; exit 1; }
  done
done
"$prefix/bin/wordfire" --version | grep -F "$version"
