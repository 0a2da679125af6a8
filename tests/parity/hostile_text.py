"""Training text that is as unlike a clean data set as fastText still accepts; the same bytes on every run."""

import random

BLANKS = [b" ", b"\t", b"\v", b"\f", b"\r", b"\0", b"  ", b"\t \r"]
# Invalid UTF-8: lone continuation and lead bytes, overlong forms, surrogates, beyond U+10FFFF, a cut character.
INVALID = [b"\x80", b"\xbf\xbf", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80",
           b"\xf4\x90\x80\x80", b"\xff\xfe", b"a\xffb", b"\xe2\x28\xa1", b"\xf8\x88\x80\x80\x80"]
# Blanks that are none to fastText, joiners, marks, right-to-left text, a byte-order mark inside a line.
UNICODE = ["\u00a0", "a\u00a0b", "\u3000", "\u2028", "\u200d", "\u202e", "e\u0301", "\u00e9", "\u0133", "\u00df",
           "\u1e9e", "\u4e2d\u6587", "\u65e5\u672c\u8a9e", "\u0e44\u0e17\u0e22", "\u0627\u0644\u0639", "\U0001f600",
           "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U00020000", "\ufeff", "x\ufeff", "\u007f", "\u0080", "\u0001"]
# What looks like markup of fastText's own.
LOOKALIKES = [b"<", b">", b"<>", b"<a>", b"</s", b"s>", b"</S>", b"__label_", b"_label__x", b"x__label__y", b"__LABEL__x",
              b"%s", b"%n", b"\\n", b"-input", b"0", b"nan", b"1e308", b"'", b'"', b"a,b", b"=1+1"]
LABELS = [b"__label__a", b"__label__b", b"__label__c-d", b"__label____label__", b"__label__\xff", b"__label__0",
          "__label__\u00fc\u4e2d".encode(), b"__label__</s>", b"__label__" + b"long" * 300]


def tokens(rng):
    """A vocabulary of about 600 tokens."""
    texts = [*INVALID, *LOOKALIKES, *(text.encode() for text in UNICODE)]
    texts += [bytes(rng.choices(range(0x21, 0x100), k=rng.randint(1, 12))) for _ in range(300)]
    texts += ["".join(chr(rng.choice([0x61, 0xe9, 0x4e2d, 0x1f600]) + rng.randint(0, 20)) for _ in range(5)).encode()
              for _ in range(200)]
    texts += [rng.choice(texts) + rng.choice(texts) for _ in range(50)]
    return [text for text in texts if not text.startswith(b"__label__")]


def long_tokens():
    return [b"x" * 4095, b"y" * 4096, b"z" * 65537, "\u00e9".encode() * 40000, b"\x80" * 5000]


def line(rng, words):
    """One line without its end: labels anywhere in it, words by Zipf's law, any mixture of blanks."""
    count = rng.choice([0, 1, 1, 2, 3, 8, 30])
    weights = [1 / (rank + 1) for rank in range(len(words))]
    parts = rng.choices(words, weights, k=count) + rng.choices(LABELS, k=rng.choice([0, 1, 1, 2, 3]))
    rng.shuffle(parts)
    text = b"".join(part + rng.choice(BLANKS) for part in parts)
    return rng.choice(BLANKS) + text if rng.random() < 0.2 else text


def text(lines=2000, seed=1):
    """The whole file; its last line has no end."""
    rng = random.Random(seed)
    words = tokens(rng)
    rng.shuffle(words)
    made = [b"__label__a a plain first line", *(line(rng, words) for _ in range(lines))]
    made[100:100] = [b"__label__a " + word for word in long_tokens()]
    made[200:200] = [b" ".join(LABELS * 3), b"__label__a __label__a again __label__a", b"", b" ", b"\r", b"\0"]
    made += [b"__label__b the last line"]
    return b"\n".join(made)


def unseen_lines(lines=300, seed=2):
    """Lines, each with its end, of tokens that `text` most likely does not hold."""
    rng = random.Random(seed)
    words = tokens(rng)
    return b"".join(b" ".join(rng.choices(words, k=rng.randint(1, 20))) + b"\n" for _ in range(lines))
