"""The comparison itself: it must notice what it is there to notice. Needs neither program.

usage: agreement_test.py
"""

import unittest

import agreement

BOUNDS = {label: agreement.SOFTMAX_BOUND for label in "abc"}
LINE = [("a", 0.7), ("b", 0.2), ("c", 0.1)]


def found(theirs, ours, loss="softmax"):
    return agreement.disagreement(theirs, ours, loss, BOUNDS)


class Agreement(unittest.TestCase):
    def test_equal_lines_agree(self):
        self.assertIsNone(found(LINE, LINE))

    def test_a_difference_within_the_bound_agrees(self):
        self.assertIsNone(found([("a", 0.70001), *LINE[1:]], LINE))

    def test_a_larger_difference_is_found(self):
        self.assertIn("a:", found([("a", 0.70005), *LINE[1:]], LINE))

    def test_a_missing_label_is_found(self):
        self.assertIn("missing", found(LINE, [LINE[0], LINE[2]]))

    def test_another_last_label_is_a_tie_or_found(self):
        self.assertIsNone(found([LINE[0], ("b", 0.2)], [LINE[0], ("c", 0.2)]))
        self.assertIsNotNone(found(LINE[:2], [("a", 0.7), ("c", 0.3), ("b", 0.2)]))

    def test_another_order_is_found_unless_it_is_a_tie(self):
        bounds = {label: 0.2 for label in "abc"}
        swapped = [LINE[1], LINE[0], LINE[2]]
        self.assertIsNotNone(agreement.wrong_order(LINE, [("b", 0.7), ("a", 0.2)], BOUNDS))
        self.assertIsNone(agreement.wrong_order([("a", 0.5), ("b", 0.5)], [("b", 0.50001), ("a", 0.5)], bounds))
        self.assertIsNone(agreement.wrong_order(LINE, swapped, {label: 1 for label in "abc"}))

    def test_a_probability_above_one_is_found(self):
        self.assertIn("above 1", found([("a", 1.00001)], [("a", 1.00001)]))


class SigmoidTable(unittest.TestCase):
    def test_true_values_are_put_through_the_table(self):
        step_of_table = agreement.table_sigmoid(0.02)  # the step begins at 0
        self.assertEqual(step_of_table, 0.5)
        self.assertIsNone(found([("a", 0.50001)], [("a", 0.505)], "ova"))

    def test_another_step_of_the_table_is_found(self):
        self.assertIsNotNone(found([("a", 0.50001)], [("a", 0.5025 + 0.0078)], "ova"))

    def test_beyond_its_ends_it_is_zero_and_one(self):
        self.assertEqual(agreement.table_sigmoids(0.9999), [1.0, 1.0])
        self.assertEqual(agreement.table_sigmoids(1e-6), [0.0, 0.0])


class Tree(unittest.TestCase):
    def test_depths_of_known_trees(self):
        self.assertEqual(agreement.tree_depths([5, 5]), [1, 1])
        self.assertEqual(agreement.tree_depths([8, 4, 2, 1]), [1, 2, 3, 3])
        self.assertEqual(agreement.tree_depths([1, 1, 1, 1]), [2, 2, 2, 2])

    def test_depths_fill_a_binary_tree(self):
        depths = agreement.tree_depths([1000, 400, 399, 50, 50, 7, 3, 3, 2, 1])
        self.assertEqual(sum(2.0**-depth for depth in depths), 1)


if __name__ == "__main__":
    unittest.main()
