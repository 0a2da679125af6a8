"""Prints the vectors of a folder that `spacy init vectors` made, as JSON. Run by an interpreter that has spaCy.

usage: spacy_answers.py FOLDER WORD...
"""

import json
import sys

import spacy

nlp = spacy.load(sys.argv[1])
print(json.dumps({"shape": nlp.vocab.vectors.shape, "vectors": [nlp.vocab[word].vector.tolist() for word in sys.argv[2:]]}))
