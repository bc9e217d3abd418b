"""The ONNX file says what the library says, and its contributions are the library's own."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnx
import onnxruntime
import pytest

from tideline_trainer.additive import AdditiveScore, Forest, Leaf, Node
from tideline_trainer.arrays import Floats, Floats32, sigmoid
from tideline_trainer.baselines import MbgScore, RfmLogistic
from tideline_trainer.blend import Blend, Candidate, Shifted
from tideline_trainer.boosted import Boosted
from tideline_trainer.features import feature_list, place_of
from tideline_trainer.graph import build, float32_at_most
from tideline_trainer.steps import features_of, merged, moved_by, thresholds_of

from .rows import nasty_rows, shop_rows, thresholds

NAMES = [feature.name for feature in feature_list()]
ROWS = 50_000


@cache
def models() -> dict[str, Candidate]:
    X, churned = shop_rows()
    plain = Boosted.fit(X, churned, from_mbg=False)
    from_mbg = Boosted.fit(X, churned, from_mbg=True)
    rfm = RfmLogistic.fit(X, churned)
    return {
        "rfm-logistic": rfm,
        "mbg-nbd": MbgScore.fit(X, churned),
        "boosted": plain,
        "boosted from mbg": from_mbg,
        "blend": Blend.of(rfm, from_mbg),
        "shifted": Shifted(plain, -0.37),
    }


@cache
def rows() -> Floats32:
    boosted = models()["boosted"]
    assert isinstance(boosted, Boosted)
    return nasty_rows(ROWS, boosted)


def run(score: AdditiveScore, X: Floats32) -> tuple[Floats, Floats]:
    session = onnxruntime.InferenceSession(build(score, NAMES).SerializeToString(), providers=["CPUExecutionProvider"])
    probability, contributions = session.run(["prob", "contrib"], {"features": X})
    return probability.astype(np.float64), contributions.astype(np.float64)


@pytest.mark.parametrize("name", ["rfm-logistic", "mbg-nbd", "boosted", "boosted from mbg", "blend", "shifted"])
def test_every_candidate_is_exported_exactly(name: str) -> None:
    model, X = models()[name], rows()
    score = model.score()
    probability, contributions = run(score, X)
    assert probability.shape == (ROWS,)
    assert contributions.shape == (ROWS, len(NAMES))
    assert np.abs(probability - sigmoid(model.logit(X))).max() <= 1e-5
    assert np.abs(sigmoid(score.base + contributions.sum(axis=1)) - probability).max() <= 1e-5
    assert np.abs(score.base + contributions.sum(axis=1) - model.logit(X)).max() <= 1e-5


def some_rows() -> Floats32:
    """TreeSHAP walks every tree with every row: of these a fifth meets as many thresholds, for its size."""
    return rows()[::5]


def test_contributions_are_treeshap() -> None:
    boosted, X = models()["boosted"], some_rows()
    assert isinstance(boosted, Boosted)
    score = boosted.score()
    _, contributions = run(score, X)
    shap = np.asarray(boosted.booster.predict(X, pred_contrib=True))
    assert np.abs(contributions - shap[:, :-1]).max() <= 1e-5
    assert score.base == pytest.approx(shap[0, -1], abs=1e-9)


def test_contributions_from_mbg_are_treeshap_and_the_logit_itself() -> None:
    boosted, X = models()["boosted from mbg"], some_rows()
    assert isinstance(boosted, Boosted)
    assert boosted.offset is not None
    _, contributions = run(boosted.score(), X)
    shap = np.asarray(boosted.booster.predict(X, pred_contrib=True))[:, :-1]
    start = X[:, place_of("mbg_logit")].astype(np.float64)
    shap[:, place_of("mbg_logit")] += np.where(np.isnan(start), boosted.offset, start) - boosted.offset
    assert np.abs(contributions - shap).max() <= 1e-5


def test_the_rows_reach_thresholds_and_nan() -> None:
    """Otherwise the tests above would prove less than they say."""
    boosted = models()["boosted"]
    assert isinstance(boosted, Boosted)
    edges = thresholds(boosted)
    assert len(edges) > 15
    for X in (rows(), some_rows()):
        hits = sum(int(np.isin(X[:, column], np.array(values, dtype=np.float32)).sum()) for column, values in edges.items())
        assert hits > len(X)
        assert np.isnan(X).mean() > 0.1


def test_each_tree_looks_at_one_feature_and_keeps_its_sign() -> None:
    boosted = models()["boosted"]
    assert isinstance(boosted, Boosted)

    (forest,) = boosted.score().forests
    assert max(len(features_of(tree)) for tree in forest.trees) == 1
    X, _ = shop_rows()
    for column, feature in enumerate(feature_list()):
        if feature.sign == 0:
            continue
        grid = np.repeat(X[:1], 300, axis=0)
        known = X[:, column][np.isfinite(X[:, column])]
        grid[:, column] = np.linspace(known.min(), known.max(), 300)
        steps = np.diff(boosted.logit(grid)) * feature.sign
        assert steps.min() >= -1e-9, feature.name


def test_thresholds_go_down_never_up() -> None:
    tenth = float32_at_most(0.1)
    assert float(tenth) <= 0.1 < float(np.nextafter(tenth, np.float32(1)))
    assert float32_at_most(0.5) == np.float32(0.5)


def test_a_forest_of_any_shape_adds_up() -> None:
    """Two features in one tree: the change of the node mean goes to the feature that was split on."""
    right = Node(1, 5.0, False, Leaf(1, 2.0), Leaf(3, 6.0), 4, 5.0)
    tree = Node(0, 1.0, True, Leaf(4, 1.0), right, 8, 3.0)
    score = AdditiveScore(3.0, (), (Forest((tree,)),))
    X = np.zeros((3, len(NAMES)), dtype=np.float32)
    X[:, 0] = [np.nan, 2.0, 2.0]
    X[:, 1] = [0.0, 4.0, np.nan]
    _, contributions = run(score, X)
    assert contributions[:, :2].tolist() == [[-2.0, 0.0], [2.0, -3.0], [2.0, 1.0]]


def test_trees_of_one_feature_become_one_balanced_tree_of_the_same_function() -> None:
    boosted = models()["boosted"]
    assert isinstance(boosted, Boosted)
    (forest,) = boosted.score().forests
    (one,) = merged((forest, Forest(forest.trees, 0.5)))
    split_on = [features_of(tree) for tree in one.trees]
    assert sorted(next(iter(each)) for each in split_on) == sorted(set().union(*(features_of(tree) for tree in forest.trees)))
    for tree in one.trees:
        assert isinstance(tree, Node)
        edges = np.array([edge for edge in thresholds_of(tree) if np.isfinite(edge)])
        assert depth_of(tree) <= 2 + np.ceil(np.log2(len(edges) + 1))
        values = np.concatenate([edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf), [np.nan, np.inf, -np.inf]])
        before = sum(1.5 * moved_by(each, values) for each in forest.trees if features_of(each) == {tree.feature})
        assert np.abs(moved_by(tree, values) - before).max() <= 1e-12


def depth_of(tree: Node | Leaf) -> int:
    return 1 if isinstance(tree, Leaf) else 1 + max(depth_of(tree.left), depth_of(tree.right))


def test_a_tree_without_a_split_and_a_score_without_parts() -> None:
    X = np.full((2, len(NAMES)), np.nan, dtype=np.float32)
    probability, contributions = run(AdditiveScore(0.4, (), (Forest((Leaf(5, 0.4),)),)), X)
    assert probability == pytest.approx(sigmoid(np.array([0.4, 0.4])))
    assert not contributions.any()
    probability, contributions = run(AdditiveScore(0.4), X)
    assert probability == pytest.approx(sigmoid(np.array([0.4, 0.4])))
    assert not contributions.any()


def test_the_file_names_its_features() -> None:
    properties = {p.key: p.value for p in build(models()["boosted"].score(), NAMES, {"shop": "s"}).metadata_props}
    assert properties == {"features": ",".join(NAMES), "shop": "s"}
    assert [output.name for output in build(models()["mbg-nbd"].score(), NAMES).graph.output] == ["prob", "contrib"]
    assert onnx.__version__.startswith("1.")
