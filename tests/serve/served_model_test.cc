#include "serve/served_model.h"

#include "io/manifest.h"
#include "serve/refused.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"
#include "tests/serve/small_models.h"

namespace wordfire::serve {
namespace {

class ServedModelTest : public FolderTest {
 protected:
  [[nodiscard]] static ServedModel serve(const std::string& path) {
    return {load_model_copy(path).loaded, path};
  }
  // A model and its manifest with this recipe.
  [[nodiscard]] std::string write_model_with(const std::string& recipe) const {
    Manifest manifest;
    manifest.recipe_json = recipe;
    write_manifest(path("model.manifest.json"), manifest);
    return write("model.bin", ModelBytes::dense().bytes());
  }
};

TEST_F(ServedModelTest, DenseAndCompressedModelsAreServed) {
  for (const auto& bytes : {ModelBytes::dense(), ModelBytes::quantized()}) {
    const ServedModel model = serve(write("model.bin", bytes.bytes()));
    EXPECT_TRUE(model.is_classifier());
    EXPECT_EQ(model.words().find("the"), 1);
    EXPECT_EQ(model.label_json(0), "\"__label__a\"");
    EXPECT_EQ(model.label_json(1), "\"__label__b\"");
    EXPECT_TRUE(model.warnings().empty());
    EXPECT_EQ(model.recipe(), nullptr);
  }
}

TEST_F(ServedModelTest, RecipeIsThatOfTheManifest) {
  Recipe recipe;
  recipe.punctuation = Punctuation::kKeep;
  const ServedModel model = serve(write_model_with(recipe.to_json()));
  ASSERT_NE(model.recipe(), nullptr);
  EXPECT_TRUE(model.recipe()->treats_text_like(recipe));
}

TEST_F(ServedModelTest, UnusableRecipeIsAWarning) {
  const ServedModel model = serve(write_model_with(R"({"recipe_version": 99})"));
  EXPECT_EQ(model.recipe(), nullptr);
  ASSERT_EQ(model.warnings().size(), 1u);
  EXPECT_EQ(model.warnings()[0].find(path("model.manifest.json") + ": recipe: not a recipe: "), 0u);
}

TEST_F(ServedModelTest, UnusableManifestIsOneWarning) {
  write("model.manifest.json", "{");
  EXPECT_EQ(serve(write("model.bin", ModelBytes::dense().bytes())).warnings().size(), 1u);
}

TEST_F(ServedModelTest, LabelsAreJsonStrings) {
  const ServedModel model(small_classifier(), "");
  EXPECT_EQ(model.label_json(2), "\"__label__th\u00e9\"");
  EXPECT_EQ(model.label_json(3), R"("__label__\"odd\"")");
}

TEST_F(ServedModelTest, UnitRowsAreMadeWhenTheyAreAskedForAndCount) {
  const ServedModel model(small_words(), "");
  EXPECT_FALSE(model.is_classifier());
  const int64_t before = model.memory_bytes();
  EXPECT_GT(before, 5 * 4 * 4 * 2);
  const auto no_room = [](int64_t) { return nullptr; };
  EXPECT_THROW(static_cast<void>(model.unit_rows(no_room)), Refused);
  EXPECT_EQ(model.memory_bytes(), before);
  EXPECT_EQ(model.unit_rows().rows, 5);
  EXPECT_EQ(&model.unit_rows(), &model.unit_rows());
  EXPECT_EQ(model.memory_bytes(), before + 5 * 4 * 4);
}

}  // namespace
}  // namespace wordfire::serve
