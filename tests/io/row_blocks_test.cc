#include "io/row_blocks.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"

namespace wordfire {
namespace {

class RowBlocks : public testing::Test {
 protected:
  static std::string write(const std::string& name, const std::string& text) {
    std::string path = testing::TempDir() + "row_blocks_" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  // All rows, each with its number and byte: "1@0:a,b\n".
  static std::vector<std::string> rows_of(const std::vector<std::string>& paths,
                                          const TableOptions& options = {},
                                          size_t block_bytes = 1 << 20) {
    RowBlockReader reader(paths, options, block_bytes);
    RowBlock block;
    std::vector<std::string> rows;
    while (reader.next(block)) {
      for (size_t i = 0; i < block.rows(); ++i) {
        rows.push_back(
            std::to_string(block.first_row + static_cast<int64_t>(i)) + '@' +
            std::to_string(block.file_offset + static_cast<int64_t>(block.row_begin(i))) + ':' +
            std::string(block.row(i)));
      }
    }
    return rows;
  }

  static std::string error_of(const std::string& path, const TableOptions& options = {},
                              size_t block_bytes = 1 << 20) {
    try {
      rows_of({path}, options, block_bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      const std::string message = error.what();
      return message.starts_with(path) ? message.substr(path.size()) : message;
    }
    return "";
  }
};

using Rows = std::vector<std::string>;

TEST_F(RowBlocks, NumberAndByteOfEachRow) {
  const std::string path = write("a.csv", "1,a\n2,\"b\nb\"\r\n\n3,c");
  EXPECT_EQ(rows_of({path}), (Rows{"1@0:1,a\n", "2@4:2,\"b\nb\"\r\n", "3@13:\n", "4@14:3,c"}));
}

TEST_F(RowBlocks, ByteOrderMarkAndHeaderAreLeftOutButCount) {
  const std::string path = write("b.csv", "\xEF\xBB\xBF\nlabel,text\n1,a\n");
  TableOptions options;
  options.label_columns = {"label"};
  EXPECT_EQ(rows_of({path}, options), (Rows{"3@15:1,a\n"}));
}

TEST_F(RowBlocks, HeaderOfEachFileIsReadAnew) {
  const std::string first = write("c1.csv", "label,text\n1,a\n");
  const std::string second = write("c2.csv", "text,label\nb,2\n");
  TableOptions options;
  options.label_columns = {"label"};
  RowBlockReader reader({first, second}, options);
  RowBlock block;
  ASSERT_TRUE(reader.next(block));
  EXPECT_EQ(block.layout->label_columns[0], 0u);
  ASSERT_TRUE(reader.next(block));
  EXPECT_EQ(block.layout->label_columns[0], 1u);
  EXPECT_EQ(block.file, 1u);
  EXPECT_FALSE(reader.next(block));
}

TEST_F(RowBlocks, BlockSizeChangesNothing) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += std::to_string(i) + ",\"" + std::string(i % 37, 'x') + (i % 3 == 0 ? "\n\"\"q" : "") +
            "\",z" + (i % 2 == 0 ? "\r\n" : "\n");
  }
  const std::string path = write("d.csv", text + "last,row,\"\"");
  const Rows want = rows_of({path});
  EXPECT_EQ(want.size(), 301u);
  for (const size_t block_bytes : {1, 2, 3, 7, 64, 1000})
    EXPECT_EQ(rows_of({path}, {}, block_bytes), want);
}

TEST_F(RowBlocks, EmptyFilesHaveNoRows) {
  const std::string empty = write("e1.csv", "");
  const std::string blank = write("e2.csv", "\n\r\n");
  const std::string mark = write("e3.csv", "\xEF\xBB\xBF");
  const std::string rows = write("e4.csv", "1,a");
  EXPECT_EQ(rows_of({empty, blank, mark, rows}), (Rows{"1@0:1,a"}));
}

TEST_F(RowBlocks, OpenQuoteIsNamedWithByteAndRow) {
  const std::string path = write("f.csv", "1,a\n2,b\n3,\"c\n4,d\n");
  for (const size_t block_bytes : {1, 5, 1 << 20}) {
    EXPECT_EQ(error_of(path, {}, block_bytes).substr(0, 47),
              ": byte 10 (row 3): a quoted field begins here a");
  }
}

TEST_F(RowBlocks, RowsBeforeAnOpenQuoteAreHandedOut) {
  RowBlockReader reader({write("g.csv", "1,a\n2,\"b\n")}, {});
  RowBlock block;
  ASSERT_TRUE(reader.next(block));
  EXPECT_EQ(block.rows(), 1u);
  EXPECT_THROW((void)reader.next(block), Error);
}

TEST_F(RowBlocks, EndlessRowsAreRefused) {
  const std::string quoted = write("h1.csv", "1,a\n\n2,\"" + std::string(kMaxRecordBytes, 'x'));
  EXPECT_EQ(error_of(quoted).substr(0, 35), ": byte 7 (row 3): a quoted field be");
  const std::string plain = write("h2.csv", "1,a\n1," + std::string(kMaxRecordBytes, 'x'));
  EXPECT_EQ(error_of(plain).substr(0, 35), ": byte 4 (row 2): a row of more tha");
}

TEST_F(RowBlocks, Utf16IsRefused) {
  EXPECT_EQ(error_of(write("i.csv", std::string("\xFF\xFE"
                                                "1\0,\0",
                                                6)))
                .substr(0, 30),
            ": byte 0 (row 1): UTF-16 text,");
}

TEST_F(RowBlocks, FormatIsToldByNameThenByFirstLine) {
  EXPECT_EQ(tell_format("x.csv.gz", "{"), TableFormat::kCsv);
  EXPECT_EQ(tell_format("x.tsv", ""), TableFormat::kTsv);
  EXPECT_EQ(tell_format("x.ndjson.zst", ""), TableFormat::kJsonLines);
  EXPECT_EQ(tell_format("-", "\n {\"a\":1}\n"), TableFormat::kJsonLines);
  EXPECT_EQ(tell_format("x.txt", "a\tb\nc"), TableFormat::kTsv);
  EXPECT_EQ(tell_format("x.txt", "a,b\nc\td"), TableFormat::kCsv);
}

TEST_F(RowBlocks, ColumnsThatAreNotThereAreErrors) {
  const std::string path = write("j.csv", "label,text\n1,a\n");
  TableOptions options;
  options.label_columns = {"class"};
  EXPECT_EQ(error_of(path, options),
            ": no column \"class\"; the first row names \"label\", \"text\"");
  options.label_columns = {"3"};
  EXPECT_EQ(error_of(path, options), ": no column 3; columns are 1 to 2");
  options.label_columns = {"0"};
  EXPECT_EQ(error_of(path, options), ": no column 0; columns are 1 to 2");
  options.label_columns = {"99999999999999999999"};
  EXPECT_EQ(error_of(path, options), ": no column 99999999999999999999; columns are 1 to 2");
}

TEST_F(RowBlocks, OneColumnIsNotEnough) {
  EXPECT_EQ(error_of(write("k.csv", "a;b\n")).substr(0, 44),
            ": 1 column(s) in the first row, read as csv,");
}

}  // namespace
}  // namespace wordfire
