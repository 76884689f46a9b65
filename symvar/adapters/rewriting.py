"""Rewriting an imported program before it is read: what several operators make together."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import sympy as sp

from symvar.adapters.elementwise import activations
from symvar.adapters.ops import Constant, Op, Program
from symvar.graph.network import Parameters
from symvar.layers.channelshuffle import ChannelShuffle
from symvar.layers.localresponsenorm import LocalResponseNorm
from symvar.layers.lppool import LpPool
from symvar.layers.permute import full_order
from symvar.layers.scaleshift import ScaleShift
from symvar.numbers import as_written

SAME = ("same",)
SHAPES = ("reshape",)


def rewrite(program: Program) -> None:
    """Every rewriting, and then without the operators nothing reads any more."""
    program.bypass([key for key, op in program.ops.items() if op.kind in SAME and op.signals])
    program.keep_living()
    _slices_of_one_axis(program)
    activations(program)
    for rule in (_response_norm, _lp_pool, _shuffle, _dense_with_bias, _with_constant):
        for key, op in list(program.ops.items()):
            if op.layer is None:
                found = rule(program, op)
                if found is not None:
                    program.ops[key] = found
        program.keep_living()


def _slices_of_one_axis(program: Program) -> None:
    """A slice along several axes is one slice after another."""
    written: dict[str, Op] = {}
    for key, op in program.ops.items():
        given = op.arguments
        several = op.operator == "Slice" and len(given.get("starts") or ()) > 1
        if not several or "ends" not in given or len(op.signals) != 1 or not op.shape:
            written[key] = op
            continue
        (signal,) = op.signals
        shape, count = list(program.shape(signal)), len(given["starts"])
        steps, axes = given.get("steps") or [1] * count, given.get("axes") or range(count)
        every = list(zip(given["starts"], given["ends"], axes, steps, strict=True))
        parts = [each for each in every if shape[each[2]] != op.shape[each[2]] or each[3] != 1]
        parts = parts or every[:1]
        count = len(parts)
        for place, (start, end, axis, step) in enumerate(parts, 1):
            shape[axis] = op.shape[axis]
            own = key if place == count else f"{key}_{place}"
            arguments = {"starts": [start], "ends": [end], "axes": [axis], "steps": [step]}
            written[own] = replace(
                op,
                key=own,
                inputs=(signal,),
                arguments=arguments,
                shape=tuple(shape),
                label=op.label if place == count else f"{op.label}_{place}",
                path=op.path if place == count else "",
            )
            signal = own
    program.ops.clear()
    program.ops.update(written)


def source(program: Program, key: str, *kinds: str) -> Op | None:
    """The operator that makes a signal, if it is of one of these kinds."""
    op = program.ops.get(key)
    return op if op is not None and op.layer is None and op.kind in kinds else None


def number(op: Op) -> sp.Expr | None:
    """The one number an operator reads beside one signal."""
    plain = len(op.signals) == 1 and len(op.constants) == 1
    return op.constants[0].value if plain else None


def _with_constant(program: Program, op: Op) -> Op | None:
    """A product, quotient, sum or difference of a signal and a constant."""
    if op.kind not in ("mul", "div", "add", "sub") or len(op.signals) != 1:
        return None
    if len(op.constants) != 1 or op.shape != program.shape(op.signals[0]):
        return None
    (constant,) = op.constants
    first = isinstance(op.inputs[0], str)
    if op.kind == "div" and not first:
        return None
    times, value = op.kind in ("mul", "div"), constant.value
    learnt = prod(constant.shape) if _trainable(program, constant) else 0
    if value is None and learnt:
        value = sp.Integer(1 if times else 0)
    if value is None or (op.kind == "div" and value == 0):
        return replace(op, refusal="a constant whose value is not one known number")
    weight = as_written(op.arguments.get("alpha", 1)) or sp.Integer(1)
    sign = -1 if op.kind == "sub" and first else 1
    turned = sp.Integer(-1 if op.kind == "sub" and not first else 1)
    scale = {"mul": value, "div": 1 / value if value else None}.get(op.kind, turned)
    shift = sp.Integer(0) if times else sign * weight * value
    names = (constant.name, "") if times else ("", constant.name)
    held = Parameters(*names) if learnt else None
    return op.reads(*op.signals, layer=ScaleShift(scale, shift, learnt), parameters=held)


def _trainable(program: Program, constant: Constant) -> bool:
    """Whether a constant is a parameter; a file does not say, so a stored tensor of several is."""
    entries = [size for size in constant.shape if size != 1]
    told = program.framework == "torch" or constant.computed or constant.value is not None
    return constant.learnt or (bool(entries) and not told)


def _dense_with_bias(program: Program, op: Op) -> Op | None:
    """A product by a stored matrix and the sum with a stored row."""
    if op.kind != "add" or len(op.signals) != 1 or len(op.constants) != 1:
        return None
    product, (row,) = source(program, op.signals[0], "matmul"), op.constants
    if product is None or len(program.readers()[product.key]) > 1 or row.computed:
        return None
    if [size for size in row.shape if size != 1] != [product.weight[-1]]:
        return None
    joined = Parameters(product.parameters.weight, row.name)
    return replace(
        product, key=op.key, label=product.label or product.key, path=product.path or op.path,
        bias=True, parameters=joined, shape=op.shape,
    )  # fmt: skip


def _shuffle(program: Program, op: Op) -> Op | None:
    """Channels to groups, groups exchanged with what they hold, and back."""
    swap = source(program, op.signals[0], "permute") if op.kind in SHAPES else None
    split = source(program, swap.signals[0], *SHAPES) if swap is not None else None
    if swap is None or split is None:
        return None
    before, laid, after = program.shape(split.signals[0]), split.shape, swap.shape
    if len(laid) != len(before) + 1 or op.shape != before or laid[3:] != before[2:]:
        return None
    exchanged = (laid[0], laid[2], laid[1], *laid[3:])
    if after != exchanged or _order(swap, len(laid))[:3] != [0, 2, 1]:
        return None
    return op.reads(split.signals[0], layer=ChannelShuffle(int(laid[1])))


def _order(op: Op, axes: int) -> list[int]:
    """The axes of a permutation, the batch included."""
    return full_order(op.arguments, axes)


def _lp_pool(program: Program, op: Op) -> Op | None:
    """The root of a sum of powers over windows, which torch writes as an average."""
    root = number(op) if op.kind == "pow" else None
    scaled = source(program, op.signals[0], "mul") if root else None
    if scaled is None or number(scaled) is None:
        return None
    signed = source(program, scaled.signals[0], "mul")
    if signed is None or len(signed.signals) != 2:
        return None
    sign = source(program, signed.signals[0], "sign")
    rectified = source(program, signed.signals[1], "relu")
    size = source(program, rectified.signals[0], "abs") if rectified else None
    if sign is None or size is None or sign.signals != size.signals:
        return None
    average = source(program, sign.signals[0], "avgpool")
    power = source(program, average.signals[0], "pow", "mul") if average else None
    if average is None or power is None:
        return None
    exponent = number(power)
    if exponent is None or sp.sympify(root * exponent) != 1 or not exponent.is_Integer:
        return None
    axes = len(op.shape) - 2
    call = program.call(average)
    window = call.integers("kernel_size", axes, 1)
    if number(scaled) != sp.prod(window):
        return None
    stride = call.integers("stride", axes, 0)
    up = bool(average.arguments.get("ceil_mode"))
    layer = LpPool(window, stride if any(stride) else window, power=int(exponent), ceil=up)
    return op.reads(power.signals[0], layer=layer.simplest(program.shape(power.signals[0])[1:]))


def _response_norm(program: Program, op: Op) -> Op | None:
    """A quotient by a power of the mean square over neighbouring channels."""
    if op.kind != "div" or len(op.signals) != 2:
        return None
    power = source(program, op.signals[1], "pow")
    shifted = source(program, power.signals[0], "add") if power else None
    scaled = source(program, shifted.signals[0], "mul") if shifted else None
    if power is None or shifted is None or scaled is None:
        return None
    beta, bias, alpha = map(number, (power, shifted, scaled))
    if beta is None or bias is None or alpha is None:
        return None
    steps, key = [], scaled.signals[0]
    while (step := source(program, key, "reshape", "avgpool", "pad")) is not None:
        steps.append(step)
        key = step.signals[0]
    square = source(program, key, "mul", "pow")
    pools = [step for step in steps if step.kind == "avgpool"]
    if square is None or len(pools) != 1 or set(square.signals) != {op.signals[0]}:
        return None
    if square.kind == "pow" and number(square) != 2:
        return None
    taps = pools[0].arguments["kernel_size"]
    size, *rest = taps
    if any(each != 1 for each in rest):
        return None
    return op.reads(op.signals[0], layer=LocalResponseNorm(int(size), alpha, beta, bias))
