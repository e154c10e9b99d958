"""Logistic regression for small tables, by Newton's method. What is regressed on what is left to ``model``."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.identity.corpus import Floats

_STEPS = 25
_ENOUGH = 1e-6


@dataclass(frozen=True)
class Logistic:
    """A fitted regression."""

    middle: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    """The constant first."""

    def log_odds(self, rows: Floats | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the log odds of each row."""
        found: npt.NDArray[np.float64] = ((rows - self.middle) / self.scale) @ self.weights[1:] + self.weights[0]
        return found


def fit(
    rows: Floats | npt.NDArray[np.float64],
    labels: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64] | None = None,
    ridge: float = 1.0,
) -> Logistic:
    """Fit labels in [0, 1] on standardised columns, each row counted `weights` times.

    `ridge` shrinks all but the constant; columns that never vary get weight 0.
    """
    table = np.asarray(rows, dtype=np.float64)
    middle, scale = table.mean(axis=0), table.std(axis=0)
    still = scale < 1e-9
    scale = np.where(still, 1.0, scale)
    x = np.column_stack([np.ones(len(table)), np.where(still, 0.0, (table - middle) / scale)])
    counted = np.ones(len(x)) if weights is None else weights
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 1e-6
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        mean = probability(x @ beta)
        gradient = x.T @ (counted * (labels - mean)) - penalty * beta
        curve = (x * (counted * np.maximum(mean * (1 - mean), 1e-6))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, gradient)
        beta += step
        if np.abs(step).max() < _ENOUGH:
            break
    return Logistic(middle, scale, beta)


def probability(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return probabilities of log odds."""
    found: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))
    return found


def log_odds(chance: float) -> float:
    """Return the log odds of a probability."""
    return float(np.log(chance / (1 - chance)))
