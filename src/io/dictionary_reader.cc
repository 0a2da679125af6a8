#include "io/dictionary_reader.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/huge_pages.h"

namespace wordfire {
namespace {

// A text of one byte, NUL, count, type.
constexpr size_t kBytesBehindText = 1 + 8 + 1;
constexpr int64_t kMinEntryBytes = 1 + kBytesBehindText;
// Counts are added up, as in the Huffman tree of the labels, whose algorithm takes 10^15 for
// "more than any count"; the sum of 2^31 counts stays under 2^63 with the second limit.
constexpr int64_t kMostCount = 999'999'999'999'999;
constexpr int64_t kMostCounted = 1'000'000'000'000'000'000;
constexpr int64_t kMostInt32 = std::numeric_limits<int32_t>::max();

// A faultless entry at the front of `bytes`; a dictionary has many.
std::optional<DictionaryEntry> entry_at(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const size_t size = text.find('\0');
  if (size == 0 || size == std::string_view::npos) return std::nullopt;
  if (text.size() - size < kBytesBehindText) return std::nullopt;
  DictionaryEntry entry{text.substr(0, size), 0, EntryType::kWord};
  std::memcpy(&entry.count, text.data() + size + 1, sizeof(entry.count));
  const char type = text[size + kBytesBehindText - 1];
  if (entry.count < 0 || entry.count > kMostCount || (type != 0 && type != 1)) return std::nullopt;
  entry.type = static_cast<EntryType>(type);
  return entry;
}

DictionaryEntry read_entry(FieldReader& reader, int64_t number) {
  if (const auto entry = entry_at(reader.rest())) {
    reader.skip(entry->text.size() + kBytesBehindText);
    return *entry;
  }
  // Field by field, to say which one is at fault.
  const auto field = [&](std::string_view name) { return Field(name, "dictionary entry", number); };
  DictionaryEntry entry{};
  const int64_t begin = reader.offset();
  entry.text = reader.read_text(field("text"));
  if (entry.text.empty()) reader.fail(field("text"), begin, "an empty text", "a word or label");
  entry.count = reader.read_in<int64_t>(field("count"), 0, kMostCount);
  entry.type = static_cast<EntryType>(reader.read_in<int8_t>(field("type"), 0, 1));
  return entry;
}

struct PrunedPair {
  int32_t bucket;
  int32_t row;
};

PrunedPair read_pair(FieldReader& reader, int64_t number, int32_t buckets, int64_t rows) {
  const auto field = [&](std::string_view name) { return Field(name, "kept bucket", number); };
  PrunedPair pair{};
  pair.bucket = reader.read_in<int32_t>(field("number"), 0, int64_t{buckets} - 1);
  pair.row = reader.read_in<int32_t>(field("row"), 0, rows - 1);
  return pair;
}

}  // namespace

DictionaryFields::DictionaryFields(FieldReader& reader, const ModelArgs& args)
    : entries_(reader), pruned_(reader), bucket_(args.bucket) {
  const int64_t sizes_at = reader.offset();
  size_ = reader.read_in<int32_t>("dictionary size", 0, kMostInt32);
  nwords_ = reader.read_in<int32_t>("number of words", 0, size_);
  static_cast<void>(reader.read_in<int32_t>("number of labels", nlabels(), nlabels()));
  ntokens_ = reader.read_in<int64_t>("number of tokens", 0, std::numeric_limits<int64_t>::max());
  pruned_size_ = reader.read_in<int64_t>("number of kept buckets", -1, bucket_);
  if (size_ > reader.left() / kMinEntryBytes) {
    reader.fail("dictionary size", sizes_at, fmt::format("{}", size_),
                fmt::format("at most {}, for more do not fit into the rest of the file",
                            reader.left() / kMinEntryBytes));
  }
  if (input_rows() > kMostInt32) {
    reader.fail("number of words", sizes_at + 4, fmt::format("{} and {} buckets", nwords_, bucket_),
                "at most 2147483647 together");
  }
  check_entries(reader);
  check_pruned(reader);
}

int64_t DictionaryFields::input_rows() const {
  return nwords_ + (is_pruned() ? pruned_size_ : int64_t{bucket_});
}

void DictionaryFields::check_entries(FieldReader& reader) {
  entries_ = reader;
  int64_t counted = 0;
  for (int32_t i = 0; i < size_; ++i) {
    const DictionaryEntry entry = read_entry(reader, i);
    const EntryType wanted = i < nwords_ ? EntryType::kWord : EntryType::kLabel;
    if (entry.type != wanted) {
      reader.fail({"type", "dictionary entry", i}, reader.offset() - 1,
                  fmt::format("{}", static_cast<int>(entry.type)),
                  fmt::format("{}, as there are {} words", static_cast<int>(wanted), nwords_));
    }
    counted += entry.count;
    if (counted > kMostCounted) {
      reader.fail({"count", "dictionary entry", i}, reader.offset() - 9,
                  fmt::format("{} for all entries so far", counted),
                  fmt::format("at most {}", kMostCounted));
    }
  }
}

void DictionaryFields::check_pruned(FieldReader& reader) {
  pruned_ = reader;
  for (int64_t i = 0; i < pruned_size_; ++i) {
    static_cast<void>(read_pair(reader, i, bucket_, pruned_size_));
  }
}

Dictionary DictionaryFields::build() const {
  FieldReader reader = entries_;
  std::vector<DictionaryEntry, HugePages<DictionaryEntry>> entries;
  entries.reserve(static_cast<size_t>(size_));
  for (int32_t i = 0; i < size_; ++i) entries.push_back(read_entry(reader, i));

  FieldReader pairs = pruned_;
  std::unordered_map<int32_t, int32_t> pruned;
  for (int64_t i = 0; i < pruned_size_; ++i) {
    const int64_t begin = pairs.offset();
    const PrunedPair pair = read_pair(pairs, i, bucket_, pruned_size_);
    if (!pruned.emplace(pair.bucket, pair.row).second) {
      pairs.fail({"number", "kept bucket", i}, begin, fmt::format("{} again", pair.bucket),
                 "each bucket once");
    }
  }
  try {
    return {std::span<const DictionaryEntry>(entries), ntokens_, pruned_size_, std::move(pruned)};
  } catch (const Error& error) {
    throw Error::model(fmt::format("{}: field dictionary at byte {}: {}", entries_.path(),
                                   entries_.offset(), error.what()));
  }
}

}  // namespace wordfire
