"""The offset of a value model as a graph: `features [N, F] float32 -> offset [N] float32`, all of it in float64 inside.

The same operations as `lifetime.py`, so nobody who serves the model has to know MBG/NBD or Gamma-Gamma.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from .features import place_of
from .graph import Parts, finished
from .lifetime import LEAST_MONEY, Lifetime, drop_out


class _Arithmetic(Parts):
    """Float64 columns, named as they are made."""

    def number(self, value: object) -> str:
        return self.constant(f"number_{len(self.constants)}", np.asarray(value, dtype=np.float64))

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        return self.add(kind, list(inputs), f"{kind.lower()}_{len(self.nodes)}", **attributes)

    def column(self, name: str) -> str:
        """[N, 1], at least 0."""
        place = self.constant(f"place_of_{name}", np.array([place_of(name)], dtype=np.int64))
        return self.op("Max", self.op("Cast", self.op("Gather", "features", place, axis=1), to=TensorProto.DOUBLE), self.number(0.0))


def build_offset(lifetime: Lifetime, horizon: float, features: list[str], metadata: dict[str, str] | None = None) -> onnx.ModelProto:
    """The graph of `lifetime.offset` over `horizon` days."""
    g = _Arithmetic(len(features))
    x, age, silence = g.column("repeat_days"), g.column("tenure"), g.column("recency")
    # As `Purchases.of`: the last purchase lies between the first one and now.
    last = g.op("Max", g.op("Sub", age, silence), g.number(0.0))
    purchases = g.op("Mul", alive(g, lifetime, x, age, last), purchases_if_alive(g, lifetime, x, age, horizon))
    money = g.op("Max", g.op("Mul", purchases, worth(g, lifetime, x)), g.number(LEAST_MONEY))
    flat = g.op("Squeeze", g.op("Log", money), g.constant("last_axis", np.array([1], dtype=np.int64)))
    g.add("Cast", [flat], "offset", to=TensorProto.FLOAT)
    inputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(features)])]
    outputs = [helper.make_tensor_value_info("offset", TensorProto.FLOAT, ["N"])]
    return finished(g, inputs, outputs, {"features": ",".join(features), **(metadata or {})})


def alive(g: _Arithmetic, lifetime: Lifetime, x: str, age: str, last: str) -> str:
    """[N, 1]: 1 / (1 + a / (b + x) ((alpha + T) / (alpha + tx))^(r + x))."""
    model = lifetime.buying
    ratio = g.op("Div", g.op("Add", age, g.number(model.alpha)), g.op("Add", last, g.number(model.alpha)))
    power = g.op("Mul", g.op("Add", x, g.number(model.r)), g.op("Log", ratio))
    chance = g.op("Log", g.op("Div", g.number(model.a), g.op("Add", x, g.number(model.b))))
    return g.op("Div", g.number(1.0), g.op("Add", g.number(1.0), g.op("Exp", g.op("Add", power, chance))))


def purchases_if_alive(g: _Arithmetic, lifetime: Lifetime, x: str, age: str, horizon: float) -> str:
    """[N, 1]: the sum over nodes of the drop-out probability."""
    model = lifetime.buying
    p, weights = drop_out(model.a, model.b)
    survived = g.op("Exp", g.op("Mul", g.op("Add", x, g.number(1.0)), g.number(np.log1p(-p)[None, :])))
    posterior = g.op("Mul", survived, g.number(weights[None, :]))
    growth = g.op("Add", g.op("Div", g.number(p[None, :] * horizon), g.op("Add", age, g.number(model.alpha))), g.number(1.0))
    exponent = g.op("Mul", g.op("Neg", g.op("Add", x, g.number(model.r))), g.op("Log", growth))
    # 1 - exp(-y) loses 16 - log10(1 / y) digits; ten are left where y is a millionth.
    each = g.op("Div", g.op("Sub", g.number(1.0), g.op("Exp", exponent)), g.number(p[None, :]))
    axis = g.constant("node_axis", np.array([1], dtype=np.int64))
    above = g.op("ReduceSum", g.op("Mul", posterior, each), axis, keepdims=1)
    return g.op("Div", above, g.op("ReduceSum", posterior, axis, keepdims=1))


def worth(g: _Arithmetic, lifetime: Lifetime, x: str) -> str:
    """[N, 1]: p (gamma + money) / (p days + q - 1)."""
    model = lifetime.worth
    money = g.op("Sub", g.op("Exp", g.column("money_total")), g.number(1.0))
    days = g.op("Add", x, g.number(1.0))
    above = g.op("Mul", g.op("Add", money, g.number(model.gamma)), g.number(model.p))
    return g.op("Div", above, g.op("Add", g.op("Mul", days, g.number(model.p)), g.number(model.q - 1)))
