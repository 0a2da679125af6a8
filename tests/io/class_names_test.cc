#include "io/class_names.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace wordfire {
namespace {

std::string error_of(std::string_view text) {
  try {
    const ClassNames names(text, "classes.txt");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ClassNames, LinesAreNumberedFromOne) {
  const ClassNames names("Company\r\nOffice Holder\nFilm\n\n", "classes.txt");
  EXPECT_EQ(names.find("1"), "Company");
  EXPECT_EQ(names.find(" 2 "), "Office Holder");
  EXPECT_EQ(names.find("3"), "Film");
  EXPECT_EQ(names.find("0"), std::nullopt);
  EXPECT_EQ(names.find("4"), std::nullopt);
}

TEST(ClassNames, ByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_EQ(ClassNames("\xEF\xBB\xBFWorld\nSports", "c").find("1"), "World");
}

TEST(ClassNames, ValuesAndNamesByTab) {
  const ClassNames names("0\tWorld\n1\tSci/Tech\nx y\tWorld\n", "c");
  EXPECT_EQ(names.find("0"), "World");
  EXPECT_EQ(names.find("x y"), "World");
  EXPECT_EQ(names.find("2"), std::nullopt);
}

TEST(ClassNames, JsonObject) {
  const ClassNames names(R"( {"0": "World", "b": "Sci/Tech"})", "c");
  EXPECT_EQ(names.find("b"), "Sci/Tech");
  ASSERT_EQ(names.entries().size(), 2u);
  EXPECT_EQ(names.entries()[0].first, "0");
}

TEST(ClassNames, MovedNamesAreFound) {
  ClassNames names("a\nb\n", "c");
  const ClassNames moved = std::move(names);
  EXPECT_EQ(moved.find("2"), "b");
}

TEST(ClassNames, DamagedFilesAreErrors) {
  EXPECT_EQ(error_of("").substr(0, 28), "classes.txt: no class names;");
  EXPECT_EQ(error_of("a\n\nb\n"), "classes.txt:2: empty class name, want a name");
  EXPECT_EQ(error_of("a\nb\na\n"), "classes.txt:3: class name \"a\" stands twice");
  EXPECT_EQ(error_of("1\ta\n1\tb\n"), "classes.txt: class \"1\" stands twice");
  EXPECT_EQ(error_of("{\"1\": 2}").substr(0, 33), "classes.txt: not a JSON object of");
  EXPECT_EQ(error_of("{\"1\"").substr(0, 33), "classes.txt: not a JSON object of");
}

TEST(ClassNames, UnknownValueIsExplained) {
  EXPECT_EQ(ClassNames("a\nb\n", "classes.txt").unknown("0"),
            "class \"0\" is not in classes.txt, whose 2 classes are 1 to 2; other values need "
            "lines of value, "
            "TAB, name");
}

}  // namespace
}  // namespace wordfire
