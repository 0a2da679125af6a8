// Any bytes as requests of HTTP: they are the same requests, whatever the portions of bytes are;
// bodies keep to their limit, and room that was taken is given back. First byte: the portion.
#include <string>
#include <vector>

#include "serve/request_reader.h"
#include "tests/fuzz/stream_reading.h"

namespace wordfire::serve {
namespace {

constexpr size_t kRoom = size_t{1} << 20;

struct Requests {
  std::vector<std::string> parts;
  int refused = 0;

  void add(const RequestReader& reader) {
    for (const std::string_view part : {reader.method(), reader.path(), reader.query(),
                                        reader.content_type(), reader.accept(), reader.body()})
      parts.emplace_back(part);
    parts.emplace_back(reader.keeps_alive() ? "on" : "end");
  }
};

// What a connection does: bytes come in portions, and what is not taken is given again.
Requests read_requests(const std::string& stream, size_t portion, const ServerLimits& limits,
                       MemoryRoom& room) {
  using State = RequestReader::State;
  RequestReader reader(limits, room);
  Requests requests;
  std::string waiting;
  for (size_t at = 0; at < stream.size(); at += portion) {
    waiting += stream.substr(at, portion);
    for (size_t taken = 1; taken > 0 && !waiting.empty();) {
      taken = reader.take(waiting);
      waiting.erase(0, taken);
      require(reader.body().size() <= limits.body_bytes);
      if (reader.state() == State::kRefused) {
        requests.refused = reader.refusal().status;
        return requests;
      }
      if (reader.state() != State::kWhole) continue;
      requests.add(reader);
      reader.begin();
      taken = 1;
    }
  }
  return requests;
}

// A head that comes in one go is refused as soon as its first line is wrong, in pieces when all of
// it is here: so every stream gets an end.
void check(const std::string& beginning, size_t portion) {
  const std::string stream = beginning + "\r\n\r\n";
  ServerLimits limits;
  limits.header_bytes = 512;
  limits.body_bytes = 100'000;
  MemoryRoom room(kRoom);
  const Requests whole = read_requests(stream, stream.size() + 1, limits, room);
  const Requests pieces = read_requests(stream, portion, limits, room);
  // The limit of a head is exact but for the bytes that end it.
  constexpr int kHeadTooLong = 431;
  if (whole.refused != kHeadTooLong && pieces.refused != kHeadTooLong) {
    require(whole.parts == pieces.parts);
    require((whole.refused == 0) == (pieces.refused == 0));
  }
  require(room.take(kRoom));
}

}  // namespace
}  // namespace wordfire::serve

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  wordfire::serve::check(std::string(reinterpret_cast<const char*>(data + 1), size - 1),
                         size_t{1} + data[0]);
  return 0;
}
