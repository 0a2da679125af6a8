"""Asks gensim, and prints its answer as JSON. Run by an interpreter that has gensim.

usage: gensim_answers.py open word2vec-text|word2vec-bin|glove|npy FILE
       gensim_answers.py model FILE.bin WORD...
       gensim_answers.py nearest FILE.vec COUNT WORD...
       gensim_answers.py figures FILE.vec RESTRICT PAIRS QUESTIONS
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(kind, path):
    if kind == "npy":
        with open(path.removesuffix(".npy") + ".words.txt") as words:
            vectors = KeyedVectors(numpy.load(path).shape[1])
            vectors.add_vectors(words.read().splitlines(), numpy.load(path))
            return vectors
    return KeyedVectors.load_word2vec_format(path, binary=kind == "word2vec-bin", no_header=kind == "glove")


def answer_open(kind, path):
    vectors = load(kind, path)
    return {"words": vectors.index_to_key, "vectors": vectors.vectors.tolist()}


def answer_model(path, *words):
    vectors = load_facebook_vectors(path)
    return {"words": vectors.index_to_key, "vectors": vectors.vectors.tolist(),
            "asked": [vectors.get_vector(word).tolist() for word in words]}


def answer_nearest(path, count, *words):
    vectors = load("word2vec-text", path)
    return [vectors.most_similar(word, topn=int(count)) for word in words]


def answer_figures(path, restrict, pairs, questions):
    vectors = load("word2vec-text", path)
    _, spearman, unknown = vectors.evaluate_word_pairs(pairs, restrict_vocab=int(restrict))
    _, sections = vectors.evaluate_word_analogies(questions, restrict_vocab=int(restrict))
    counts = [[s["section"], len(s["correct"]), len(s["correct"]) + len(s["incorrect"])] for s in sections[:-1]]
    return {"rho": float(spearman[0]), "unknown": unknown, "sections": counts}


ANSWERS = {"open": answer_open, "model": answer_model, "nearest": answer_nearest, "figures": answer_figures}
print(json.dumps(ANSWERS[sys.argv[1]](*sys.argv[2:])))
