"""How closely two programs must agree on the probabilities of the same model.

fastText adds 1e-5 to every probability before it takes the logarithm (once for softmax, once a node of the tree for hs), so
probabilities are compared within 2e-5, and 1e-5 a tree node or 1e-4, whichever is more. Its negative sampling and one-vs-all
read the sigmoid from a table of 512 steps over [-8, 8] and are off by up to 0.008; that error is known exactly, so the
other side's probability is put through the same table and then compared within 2e-5. Labels come in the same order but for
ties within these bounds.
"""

import math

SOFTMAX_BOUND = 2e-5
TREE_NODE_ERROR = 1e-5
TREE_BOUND = 1e-4
TABLE_BOUND = 0.008
TABLE_EDGE = 8.0
STEPS_A_UNIT = 32  # 512 steps over 16
PRINTED_ERROR = 1e-6  # relative; numbers are printed with six digits


def tree_depths(counts):
    """Depth of each label in fastText's Huffman tree, for label counts in falling order."""
    nlabels = len(counts)
    weight = list(counts) + [10**15] * (nlabels - 1)
    parent = [None] * len(weight)
    leaf, node = nlabels - 1, nlabels
    for new in range(nlabels, 2 * nlabels - 1):
        weight[new] = 0
        for _ in range(2):
            if leaf >= 0 and weight[leaf] < (weight[node] if node < new else 10**15):
                child, leaf = leaf, leaf - 1
            else:
                child, node = node, node + 1
            weight[new] += weight[child]
            parent[child] = new
    depths = [0] * len(weight)
    for i in reversed(range(len(weight) - 1)):
        depths[i] = depths[parent[i]] + 1
    return depths[:nlabels]


def label_bounds(loss, dictionary):
    """Largest allowed difference of the probability, by label."""
    labels = [(text, int(count)) for text, count, kind in dictionary if kind == b"label"]
    if loss != "hs":
        return {text: SOFTMAX_BOUND for text, _ in labels}
    depths = tree_depths([count for _, count in labels])
    return {text: max(TREE_BOUND, TREE_NODE_ERROR * depth) for (text, _), depth in zip(labels, depths)}


def table_sigmoids(probability):
    """What fastText's table may give where the true value of the sigmoid, printed with six digits, is `probability`."""
    if probability >= 1 - 2 * PRINTED_ERROR:
        return [1.0]
    if probability <= 0:
        return [0.0]
    score = math.log(probability / (1 - probability))
    slack = PRINTED_ERROR / (1 - probability) + 1e-4
    return [table_sigmoid(score - slack), table_sigmoid(score + slack)]


def table_sigmoid(score):
    if abs(score) > TABLE_EDGE:
        return float(score > 0)
    step = math.floor((score + TABLE_EDGE) * STEPS_A_UNIT)
    return 1 / (1 + math.exp(TABLE_EDGE - step / STEPS_A_UNIT))


def nearest_to(theirs, ours, loss):
    """`ours`, or the value that fastText's table makes of it, whichever is to be compared with `theirs`."""
    if loss in ("softmax", "hs") or abs(theirs - ours) > TABLE_BOUND:
        return ours
    return min(table_sigmoids(ours), key=lambda value: abs(value - theirs))


def disagreement(theirs, ours, loss, bounds):
    """Why two lists of (label, probability) of the same line do not agree, or None. `theirs` come from fastText."""
    ours_of, theirs_of = dict(ours), dict(theirs)
    if any(probability > 1 for probability in ours_of.values()):
        return "a probability above 1"
    for label, probability in theirs:
        if label not in ours_of:
            if probability - theirs[-1][1] > 2 * bounds[label]:
                return f"{label} is missing"
        elif abs(nearest_to(probability, ours_of[label], loss) - probability) > bounds[label]:
            return f"{label}: {probability} and {ours_of[label]}"
    for label, probability in ours:
        if label not in theirs_of and probability - ours[-1][1] > TABLE_BOUND + 2 * bounds[label]:
            return f"{label} is one too many"
    return wrong_order(theirs, ours, bounds)


def wrong_order(theirs, ours, bounds):
    ours_of, theirs_of = dict(ours), dict(theirs)
    order = [label for label, _ in ours if label in theirs_of]
    for first, second in zip(order, order[1:]):
        slack = bounds[first] + bounds[second]
        if theirs_of[second] - theirs_of[first] > slack and ours_of[first] - ours_of[second] > slack:
            return f"{first} comes before {second}"
    return None


def different_best(theirs, ours):
    """How many lines have another best label: ties, where `disagreement` found nothing."""
    return sum(a[:1] and b[:1] and a[0][0] != b[0][0] for a, b in zip(theirs, ours))
