"""The numerical gradient, on functions whose gradient is known."""

import numpy as np
import pytest

from w2vlib.gradient_check import numerical_gradient


def test_gradient_of_a_sum_of_cubes():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    before = x.copy()
    grad = numerical_gradient(lambda: np.sum(x**3), x)
    np.testing.assert_allclose(grad, 3 * before**2, rtol=1e-6)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("x", [np.zeros(2, np.float32), np.zeros(2, int)])
def test_only_float64_is_precise_enough(x):
    with pytest.raises(TypeError, match="astype"):
        numerical_gradient(lambda: 0.0, x)
