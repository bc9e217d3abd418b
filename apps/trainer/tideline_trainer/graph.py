"""One ONNX graph for every candidate, built node by node: converters and calibrated wrappers are not exact.

    features [N, F] float32 -> contrib [N, F], prob [N]
    features [N, F], offset [N] float32 -> contrib [N, F], value [N]

Trees become one TreeEnsembleRegressor with a target per feature: a leaf holds, for each feature on its path, the sum of
the changes of the node mean that this feature caused (Saabas 2014; with one feature per tree this is TreeSHAP). Trees
of one feature are merged before, into one for each (`steps.py`).
`prob = sigmoid(base + sum of contrib)`; `value = exp(offset + base + sum of contrib)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .additive import AdditiveScore, Forest, Leaf, Linear, Node, Tree
from .steps import merged

OPSET = 17
ML_OPSET = 3
IR_VERSION = 8


Link = Literal["logit", "log"]


def build(score: AdditiveScore, features: list[str], metadata: dict[str, str] | None = None, link: Link = "logit") -> onnx.ModelProto:
    """The graph of a score over named features; the names go into the file's metadata as `features`.

    `link` says of what the score is: the logit of a probability, or the logarithm of a value above its offset.
    """
    parts = Parts(len(features))
    contributions: list[str] = []
    if any(forest.trees for forest in score.forests):
        contributions.append(parts.trees(score.forests))
    if score.linear:
        contributions.append(parts.linear(score.linear))
    if contributions:
        parts.add("Sum", contributions, "contrib")
    else:
        # Not of the features themselves: 0 times NaN is NaN.
        parts.add("IsNaN", ["features"], "unknown_features")
        parts.add("Cast", ["unknown_features"], "as_number", to=TensorProto.FLOAT)
        parts.add("Mul", ["as_number", parts.constant("zero", np.float32(0.0))], "contrib")
    axis = parts.constant("feature_axis", np.array([1], dtype=np.int64))
    inputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(features)])]
    if link == "logit":
        parts.add("ReduceSum", ["contrib", axis], "sum", keepdims=0)
        parts.add("Add", ["sum", parts.constant("base", np.float32(score.base))], "logit")
        answer = parts.add("Sigmoid", ["logit"], "prob")
    else:
        inputs.append(helper.make_tensor_value_info("offset", TensorProto.FLOAT, ["N"]))
        # In float64 from here: a difference of the logarithm is one of the value, as a share of it.
        parts.add("Cast", ["contrib"], "exact_contrib", to=TensorProto.DOUBLE)
        parts.add("ReduceSum", ["exact_contrib", axis], "sum", keepdims=0)
        parts.add("Cast", ["offset"], "exact_offset", to=TensorProto.DOUBLE)
        parts.add("Add", ["sum", "exact_offset"], "above_base")
        parts.add("Add", ["above_base", parts.constant("base", np.float64(score.base))], "log_value")
        parts.add("Exp", ["log_value"], "exact_value")
        answer = parts.add("Cast", ["exact_value"], "value", to=TensorProto.FLOAT)
    outputs = [
        helper.make_tensor_value_info(answer, TensorProto.FLOAT, ["N"]),
        helper.make_tensor_value_info("contrib", TensorProto.FLOAT, ["N", len(features)]),
    ]
    return finished(parts, inputs, outputs, {"features": ",".join(features), **(metadata or {})})


def finished(
    parts: Parts, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto], metadata: dict[str, str]
) -> onnx.ModelProto:
    """A checked model of nodes and constants."""
    graph = helper.make_graph(parts.nodes, "tideline", inputs, outputs, parts.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="tideline-trainer")
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    return model


def float32_at_most(threshold: float) -> np.float32:
    """The largest float32 that is not above a threshold: `x <= threshold` stays the same for every float32 x."""
    rounded = np.float32(threshold)
    return np.nextafter(rounded, np.float32(-np.inf)) if float(rounded) > threshold else rounded


@dataclass
class _Trees:
    """The flat lists of a TreeEnsembleRegressor."""

    tree: list[int] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    mode: list[str] = field(default_factory=list)
    yes: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    nan_is_yes: list[int] = field(default_factory=list)
    leaf_tree: list[int] = field(default_factory=list)
    leaf_node: list[int] = field(default_factory=list)
    leaf_target: list[int] = field(default_factory=list)
    leaf_weight: list[float] = field(default_factory=list)

    def add(self, number: int, tree: Tree, weight: float) -> None:
        """Numbers a tree's nodes in preorder."""
        self._next = 0
        self._walk(number, tree, weight, {})

    def _walk(self, number: int, at: Tree, weight: float, moved: dict[int, float]) -> int:
        own = self._next
        self._next += 1
        place = len(self.tree)
        self.tree.append(number)
        self.node.append(own)
        self.feature.append(at.feature if isinstance(at, Node) else 0)
        self.threshold.append(float(float32_at_most(at.threshold)) if isinstance(at, Node) else 0.0)
        self.mode.append("BRANCH_LEQ" if isinstance(at, Node) else "LEAF")
        self.nan_is_yes.append(int(isinstance(at, Node) and at.nan_left))
        self.yes.append(0)
        self.no.append(0)
        if isinstance(at, Leaf):
            # A leaf needs a weight; a tree without a split moves nothing.
            for target, change in (moved or {0: 0.0}).items():
                self.leaf_tree.append(number)
                self.leaf_node.append(own)
                self.leaf_target.append(target)
                self.leaf_weight.append(change * weight)
            return own
        for child, links in ((at.left, self.yes), (at.right, self.no)):
            step = {**moved, at.feature: moved.get(at.feature, 0.0) + child.mean - at.mean}
            links[place] = self._walk(number, child, weight, step)
        return own


class Parts:
    """Nodes and constants of a graph in the making."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        """A node; gives the name of its output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: object) -> str:
        """A named constant; gives its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def trees(self, forests: tuple[Forest, ...]) -> str:
        """All trees as one node: [N, F], a column per feature."""
        flat = _Trees()
        number = 0
        for forest in merged(forests):
            for tree in forest.trees:
                flat.add(number, tree, forest.weight)
                number += 1
        node = helper.make_node(
            "TreeEnsembleRegressor",
            ["features"],
            ["tree_contrib"],
            domain="ai.onnx.ml",
            n_targets=self.width,
            aggregate_function="SUM",
            post_transform="NONE",
            nodes_treeids=flat.tree,
            nodes_nodeids=flat.node,
            nodes_featureids=flat.feature,
            nodes_values=flat.threshold,
            nodes_modes=flat.mode,
            nodes_truenodeids=flat.yes,
            nodes_falsenodeids=flat.no,
            nodes_missing_value_tracks_true=flat.nan_is_yes,
            target_treeids=flat.leaf_tree,
            target_nodeids=flat.leaf_node,
            target_ids=flat.leaf_target,
            target_weights=flat.leaf_weight,
        )
        self.nodes.append(node)
        return "tree_contrib"

    def linear(self, terms: tuple[Linear, ...]) -> str:
        """Chosen columns, their logs where wanted, NaN as the centre, times the coefficient, back to their columns."""
        columns = np.array([term.feature for term in terms], dtype=np.int64)
        centres = np.array([term.centre for term in terms], dtype=np.float32)
        logs = np.array([term.transform == "log1p" for term in terms])
        self.add("Gather", ["features", self.constant("columns", columns)], "chosen", axis=1)
        self.add("Max", ["chosen", self.constant("least", np.float32(0.0))], "positive")
        self.add("Add", ["positive", self.constant("one", np.float32(1.0))], "above_one")
        self.add("Log", ["above_one"], "logs")
        self.add("Where", [self.constant("takes_log", logs), "logs", "chosen"], "inputs")
        # Asked of the column itself: what Max does with NaN differs between runtimes.
        self.add("IsNaN", ["chosen"], "unknown")
        self.add("Where", ["unknown", self.constant("centres", centres), "inputs"], "known")
        self.add("Sub", ["known", "centres"], "centred")
        spread = np.zeros((len(terms), self.width), dtype=np.float32)
        for row, term in enumerate(terms):
            spread[row, term.feature] = term.coefficient
        self.add("MatMul", ["centred", self.constant("coefficients", spread)], "linear_contrib")
        return "linear_contrib"
