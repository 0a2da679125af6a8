"""The training job of BlazingText's DBpedia notebook: its hyperparameters, and the same settings as options of fastText."""

NOTEBOOK = {
    "mode": "supervised",
    "epochs": 20,
    "min_count": 2,
    "learning_rate": 0.05,
    "vector_dim": 10,
    "early_stopping": True,
    "patience": 4,
    "min_epochs": 5,
    "word_ngrams": 2,
}
# All epochs and no early stopping, which fastText does not have.
FASTTEXT_NOTEBOOK = tuple("-epoch 20 -minCount 2 -lr 0.05 -dim 10 -wordNgrams 2 -bucket 2000000".split())
