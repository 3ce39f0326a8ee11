"""Writes scikit-learn's solutions of small classification problems to scikit-learn.json, beside this file.

    pip install scikit-learn
    python tests/package/math/scikit-learn.py

The rows are drawn here with a fixed seed. A prediction of a row is its probabilities.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(17)


def problem(name, rows, size, classes, strength):
    """A problem whose classes overlap, with one constant column and columns of different scales."""
    class_of = np.arange(rows) % classes
    centres = random.normal(size=(classes, size))
    x = np.round(centres[class_of] + 1.5 * random.normal(size=(rows, size)), 3)
    x *= 10.0 ** random.integers(-2, 3, size=size)
    x[:, 0] = 7.0
    x = np.round(x, 4)
    scaler = StandardScaler().fit(x)
    # scikit-learn has one weight vector for two classes, and its penalty counts twice.
    c = (2 if classes == 2 else 1) / strength
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100_000)
    model.fit(scaler.transform(x), class_of)
    coefficients, intercepts = model.coef_, model.intercept_
    if classes == 2:
        coefficients = np.concatenate([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return {
        "name": name,
        "strength": strength,
        "rows": x.tolist(),
        "classOf": class_of.tolist(),
        "weights": np.round(coefficients, 8).tolist(),
        "intercepts": np.round(intercepts, 8).tolist(),
        "probabilities": np.round(model.predict_proba(scaler.transform(x)), 8).tolist(),
    }


result = {
    "version": sklearn.__version__,
    "problems": [
        problem("two classes", 14, 4, 2, 1),
        problem("three classes", 15, 4, 3, 10),
        problem("more columns than rows", 8, 12, 4, 0.5),
    ],
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result) + "\n")
