#include "io/augmented_manifest.h"

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class AugmentedManifest : public testing::Test {
 protected:
  // The line, or what is wrong.
  std::string line_of(std::string json, bool needs_label = true) {
    const size_t size = json.size();
    json.resize(size + ManifestDecoder::kPadding);
    ManifestDecoder decoder("__label__", needs_label);
    std::string out = "before\n";
    const auto fault = decoder.decode_line(std::string_view(json).substr(0, size), out);
    return checked(out, fault ? std::optional(fault->what) : std::nullopt);
  }
  std::string records(std::string_view source, std::string_view label) {
    std::string out = "before\n";
    const auto fault = decoder_.decode_records(source, label, out);
    return checked(out, fault);
  }

 private:
  static std::string checked(const std::string& out, const std::optional<std::string>& fault) {
    EXPECT_TRUE(out.starts_with("before\n"));
    EXPECT_EQ(out.size() == 7, fault.has_value());
    return fault.value_or(out.substr(7));
  }

  ManifestDecoder decoder_{"__label__", true};
};

TEST_F(AugmentedManifest, LabelOfALineIsAnIntegerOrAList) {
  EXPECT_EQ(line_of(R"({"source": "a b", "label": 3})"), "__label__3 a b\n");
  EXPECT_EQ(line_of(R"({"label": [3, -1], "source": "a b"})"), "__label__3 __label__-1 a b\n");
  EXPECT_EQ(line_of(R"({"label": 18446744073709551615, "source": "a"})"),
            "__label__18446744073709551615 a\n");
}

TEST_F(AugmentedManifest, LabelOfALineMayBeAName) {
  EXPECT_EQ(line_of(R"({"source": "a", "label": "two words"})"), "__label__two_words a\n");
  EXPECT_EQ(line_of(R"({"source": "a", "label": ["x", 1, true, null]})"),
            "__label__x __label__1 __label__true a\n");
}

TEST_F(AugmentedManifest, LineWithoutALabelIsOneIfItSaysSo) {
  EXPECT_EQ(line_of(R"({"source": "a", "label": null})"), "a\n");
  EXPECT_EQ(line_of(R"({"source": "a", "label": []})"), "a\n");
  EXPECT_EQ(line_of(R"({"source": "a", "other": 1})"),
            "no member \"label\"; the line has \"source\", \"other\"");
  EXPECT_EQ(line_of(R"({"source": "a"})", false), "a\n");
}

TEST_F(AugmentedManifest, LineEndInTheSourceIsABlank) {
  EXPECT_EQ(line_of(R"({"source": "a\nb", "label": 1})"), "__label__1 a b\n");
  EXPECT_EQ(records("a\nb", "1"), "__label__1 a b\n");
}

TEST_F(AugmentedManifest, WhatIsWrongWithALineIsSaid) {
  EXPECT_EQ(line_of(R"({"label": 1})"), "no member \"source\"; the line has \"label\"");
  EXPECT_EQ(line_of(R"({"source": 7, "label": 1})"),
            "the member \"source\" is no string, want the text");
  EXPECT_EQ(line_of(R"({"source": "a", "label": 1.5})"),
            "label 1.5, want an integer, a name, or a list of these");
  EXPECT_EQ(line_of(R"({"source": "a", "label": [[1]]})"),
            "the label holds an object or a list of lists, want an integer, a name, or a list of "
            "these");
  EXPECT_EQ(line_of(R"({"source": "a", "label": " "})"), "label \" \" has no name");
  EXPECT_EQ(line_of("[1]"), R"(no object, want {"source": "...", "label": ...})");
  EXPECT_TRUE(line_of("{\"source\": ").starts_with("not JSON: "));
  EXPECT_EQ(line_of("{\"source\": \"\xFF\"}").substr(0, 35), "byte 12 of the line, 0xff, is not U");
}

TEST_F(AugmentedManifest, LabelRecordIsAnIntegerOrAList) {
  EXPECT_EQ(records("a b", "1"), "__label__1 a b\n");
  EXPECT_EQ(records("a", "[1,3]"), "__label__1 __label__3 a\n");
  EXPECT_EQ(records("a", " [1, 3 ]\n"), "__label__1 __label__3 a\n");
  EXPECT_EQ(records("a", "[]"), "a\n");
}

TEST_F(AugmentedManifest, LabelRecordMayBeANameAsItIs) {
  EXPECT_EQ(records("a", "two words"), "__label__two_words a\n");
  EXPECT_EQ(records("a", "3 stars"), "__label__3_stars a\n");
  EXPECT_EQ(records("a", "007"), "__label__007 a\n");
  EXPECT_EQ(records("a", R"("quoted")"), "__label__quoted a\n");
  EXPECT_EQ(records("a", R"(["x", "y"])"), "__label__x __label__y a\n");
}

TEST_F(AugmentedManifest, WhatIsWrongWithALabelRecordIsSaid) {
  EXPECT_EQ(records("a", ""), "label \"\" has no name");
  EXPECT_EQ(records("a", "[1"),
            "label \"[1\" is no JSON, want an integer, a name, or a list of "
            "these");
  EXPECT_EQ(records("a", "1.5"), "label 1.5, want an integer, a name, or a list of these");
  EXPECT_EQ(records("a", R"({"class-name": "x"})"),
            "the label holds an object or a list of lists, want an integer, a name, or a list of "
            "these");
}

TEST_F(AugmentedManifest, OnlyIntegersAndTheirListsAreKnownAsLabels) {
  for (const char* const label : {"1", "-2", "[1,3]", " [ 1 , 3 ] ", "[]"}) {
    EXPECT_TRUE(is_label_record(label)) << label;
  }
  for (const char* const text : {"", "one", "1 2", "[a]", "[1.5]", "[\"x\"]", "{}", "[1] x"}) {
    EXPECT_FALSE(is_label_record(text)) << text;
  }
}

TEST_F(AugmentedManifest, WhatIsWrittenIsRead) {
  for (const std::string line :
       {"__label__1 a b\n", "__label__1 __label__3 a\n", "a b\n",
        "__label__x a \"quoted\" \\ one\n", "__label__007 a\n", "__label__1.5 a\n",
        "__label__[1] a\n", "__label__{ a\n", "__label__x __label__007 a\n",
        "__label__99999999999999999999 a\n", "__label__\"x a\n"}) {
    LineParts parts;
    split_line(line, "__label__", parts);
    EXPECT_EQ(line_of(encode_manifest_line(parts)), line);
    EXPECT_EQ(records(parts.text, encode_label_record(parts)), line);
  }
}

TEST_F(AugmentedManifest, WhatIsWrittenIsAsShortAsThePlatformWritesIt) {
  LineParts parts;
  split_line("__label__1 a", "__label__", parts);
  EXPECT_EQ(encode_manifest_line(parts), R"({"source":"a","label":1})");
  EXPECT_EQ(encode_label_record(parts), "1");
  split_line("__label__1 __label__2 a", "__label__", parts);
  EXPECT_EQ(encode_label_record(parts), "[1,2]");
  split_line("__label__big_cat a", "__label__", parts);
  EXPECT_EQ(encode_label_record(parts), "big_cat");
}

TEST_F(AugmentedManifest, BytesThatAreNotUtf8AreNotWritten) {
  const LineParts parts{{"1"}, "\xFF"};
  EXPECT_EQ(message_of(ErrorKind::kData, [&] { return encode_manifest_line(parts); }),
            "bytes that are not UTF-8, which JSON cannot hold; convert the text with iconv");
}

}  // namespace
}  // namespace wordfire
