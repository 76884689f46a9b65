"""What several operators make together: activations written out, shuffles, norms, scales."""

import pytest
import sympy as sp

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from symvar import from_torch, propagate  # noqa: E402
from symvar.errors import NeedsFact, ShapeError, UnsupportedOperator  # noqa: E402
from symvar.layers import (  # noqa: E402
    AvgPool,
    ChannelShuffle,
    Conv,
    GlobalAvgPool,
    LocalResponseNorm,
    LpPool,
    MaxPool,
    MaxUnpool,
    Pad,
    ScaleShift,
    Slice,
)
from symvar.layers.activate import Activate  # noqa: E402


class Applied(nn.Module):
    """A function of a tensor as a module."""

    def __init__(self, function, **held):
        super().__init__()
        self.function = function
        for name, each in held.items():
            setattr(self, name, each)

    def forward(self, x):
        return self.function(x, self) if self._modules or self._parameters else self.function(x)


def layers(function, *shape, **held):
    """The layers behind the input of a function of a tensor."""
    module = function if isinstance(function, nn.Module) else Applied(function, **held)
    return [node.layer for node in list(from_torch(module, torch.zeros(2, *shape)))[1:]]


WRITTEN = {
    "silu": lambda x: x * torch.sigmoid(x),
    "silu by a quotient": lambda x: x / (1 + torch.exp(-x)),
    "hard-swish": lambda x: x * F.relu6(x + 3) / 6,
    "hard-swish by its gate": lambda x: x * F.hardsigmoid(x),
    "hard-swish clamped": lambda x: x * torch.clamp(x + 3, 0, 6) / 6,
    "hard-sigmoid": lambda x: F.relu6(x + 3) / 6,
    "mish": lambda x: x * torch.tanh(F.softplus(x)),
    "mish with its logarithm": lambda x: x * torch.tanh(torch.log(1 + torch.exp(x))),
    "gelu": lambda x: 0.5 * x * (1 + torch.erf(x / 2**0.5)),
    "gelu in single precision": lambda x: x * 0.5 * (1 + torch.erf(x / 1.4142135381698608)),
    "gelu-tanh": lambda x: (
        0.5 * x * (1 + torch.tanh(0.7978845608028654 * (x + 0.044715 * torch.pow(x, 3))))
    ),
    "relu as a clamp": lambda x: torch.clamp(x, min=0),
    "relu6 as a clamp": lambda x: torch.clamp(x, min=0).clamp(max=6),
    "leaky-relu as a maximum": lambda x: torch.maximum(x, 0.01 * x),
    "sigmoid by a quotient": lambda x: 1 / (1 + torch.exp(-x)),
}


@pytest.mark.parametrize("name", [name for name in WRITTEN if "sigmoid by" not in name])
def test_an_activation_written_out_is_that_activation(name):
    wanted = Activate(name.split()[0])
    assert layers(WRITTEN[name], 3, 4) == [wanted]


def test_what_is_no_activation_stays_what_it_is():
    with pytest.raises(UnsupportedOperator, match=r"aten\.sub"):
        layers(lambda x: x - torch.tanh(x), 3, 4)
    module = nn.Sequential(nn.Linear(3, 3), Applied(lambda x: x * torch.tanh(x)))
    net = from_torch(module, torch.zeros(1, 3))
    with pytest.raises(NeedsFact, match="different weights"):
        propagate(net, "lecun")


def test_the_steps_of_an_activation_that_are_read_elsewhere_stay():
    found = layers(lambda x: torch.cat([x * torch.sigmoid(x), torch.sigmoid(x + 0)], 1), 3, 4)
    assert Activate("silu") in found
    assert Activate("sigmoid") in found


def shuffled(x):
    n, c, h, w = x.shape
    return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


def test_a_channel_shuffle_is_read_as_one():
    assert layers(shuffled, 6, 2, 2) == [ChannelShuffle(2)]
    assert layers(nn.ChannelShuffle(3), 6, 2, 2) == [ChannelShuffle(3)]


def test_a_permutation_that_is_no_shuffle_is_none():
    def other(x):
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(2, 3).reshape(n, c, h, w)

    assert [each.name for each in layers(other, 6, 3, 3)] == ["reshape", "permute", "reshape"]


def test_norms_and_pools_that_torch_decomposes():
    assert layers(nn.LocalResponseNorm(3, 1e-3, 0.5, 2.0), 5, 4, 4) == [
        LocalResponseNorm(3, "1/1000", "1/2", 2)
    ]
    assert layers(nn.LPPool2d(2, 2), 3, 4, 4) == [LpPool((2, 2), (2, 2))]
    assert layers(nn.LPPool1d(2, 3, 1), 3, 7) == [LpPool((3,), (1,))]


def test_unpooling_reads_the_places_from_its_pool():
    def back(x):
        pooled, places = F.max_pool2d(x, 2, return_indices=True)
        return F.max_unpool2d(pooled, places, 2, output_size=x.shape[2:])

    assert layers(back, 2, 5, 4) == [
        MaxPool((2, 2), (2, 2), (0, 0), (1, 1)),
        MaxUnpool((2, 2), (1, 0)),
    ]


def test_zeros_before_a_layer_become_its_own_padding():
    conv = nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.Conv2d(2, 3, 3, padding=1))
    (found,) = layers(conv, 2, 6, 6)
    assert isinstance(found, Conv)
    assert found.padding == ((1, 2), (2, 3))
    (pool,) = layers(nn.Sequential(nn.ZeroPad2d(1), nn.AvgPool2d(3, 2)), 2, 7, 7)
    assert isinstance(pool, AvgPool)
    assert pool.counts_padding
    kept = layers(nn.Sequential(nn.ZeroPad2d(1), nn.MaxPool2d(3, 2)), 2, 7, 7)
    assert [type(each) for each in kept] == [Pad, MaxPool]
    fused = layers(nn.Sequential(nn.ReLU(), nn.ZeroPad2d(1), nn.MaxPool2d(3, 2)), 2, 7, 7)
    assert [each.name for each in fused] == ["activate", "maxpool"]


@pytest.mark.parametrize("mode", ["circular", "reflect", "replicate"])
def test_other_padding_modes_read_no_zeros(mode):
    module = nn.Conv2d(2, 3, 3, padding=1, padding_mode=mode)
    net = from_torch(module, torch.zeros(1, 2, 4, 5))
    pad, conv = list(net)[1:]
    assert pad.layer.mode == mode
    assert conv.parameters.weight == "weight"
    row = propagate(net, "lecun").rows[0]
    assert row.forward == 1  # every output reads fan_in inputs of second moment one
    assert row.connections == 2 * 3 * 9 * 4 * 5


def test_constants_scale_and_shift():
    assert layers(lambda x: 0.5 * x, 3, 4) == [ScaleShift(sp.Rational(1, 2))]
    assert layers(lambda x: x / 4, 3, 4) == [ScaleShift(sp.Rational(1, 4))]
    assert layers(lambda x: 1 - x, 3, 4) == [ScaleShift(-1, 1)]
    assert layers(lambda x: x - 2, 3, 4) == [ScaleShift(1, -2)]
    assert layers(lambda x: x * 0.0, 3, 4) == [ScaleShift(0)]


def test_trainable_scales_are_what_the_model_holds():
    scale, shift = nn.Parameter(torch.full((3, 1), 0.25)), nn.Parameter(torch.zeros(3, 1))
    module = Applied(lambda x, m: x * m.scale + m.shift, scale=scale, shift=shift)
    net = from_torch(module, torch.zeros(2, 3, 4))
    one, two = list(net)[1:]
    assert one.layer == ScaleShift("1/4", learnt=3)
    assert two.layer == ScaleShift(learnt=3)
    assert net.parameter_count == 6
    assert (one.parameters.weight, two.parameters.bias) == ("scale", "shift")
    notes = " ".join(propagate(net, "lecun").assumptions)
    assert "at the values that the model holds" in notes
    assert "one and zero" in notes


def test_trained_scales_are_taken_at_one_and_zero():
    module = Applied(lambda x, m: x * m.scale, scale=nn.Parameter(torch.randn(3, 1)))
    assert list(from_torch(module, torch.zeros(2, 3, 4)))[1].layer == ScaleShift(learnt=3)
    module.to("meta")
    net = from_torch(module, torch.zeros(2, 3, 4, device="meta"))
    assert list(net)[1].layer == ScaleShift(learnt=3)


def test_a_branch_that_starts_at_zero_passes_nothing():
    """As ReZero and SkipInit have it: x + a f(x) with a = 0."""

    class Zero(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.inner = nn.Linear(4, 4, False), nn.Linear(4, 4, False)
            self.a, self.last = nn.Parameter(torch.zeros(())), nn.Linear(4, 2, False)

        def forward(self, x):
            x = self.first(x)
            return self.last(x + self.a * self.inner(x).relu())

    profile = propagate(from_torch(Zero(), torch.zeros(1, 4)), "lecun")
    assert profile["last"].forward == profile["first"].forward
    assert profile["inner"].backward == 0


def test_a_stored_tensor_of_several_numbers_is_refused():
    class Normalised(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]).reshape(3, 1, 1))
            self.register_buffer("level", torch.full((3, 1, 1), 0.5))

        def forward(self, x):
            return (x - self.mean) * self.level

    with pytest.raises(UnsupportedOperator, match="not one known number"):
        from_torch(Normalised(), torch.zeros(1, 3, 4, 4))


class SqueezeExcite(nn.Module):
    """Channel attention on a convolution, with a gate of one's choice."""

    def __init__(self, gate, rectified):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.rectified = nn.ReLU() if rectified else nn.Identity()
        self.down, self.up = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.gate, self.last = gate, nn.Conv2d(8, 4, 1, bias=False)

    def forward(self, x):
        x = self.rectified(self.conv(x))
        gate = self.gate(self.up(self.down(x.mean((2, 3), keepdim=True)).relu()))
        return self.last(x * gate)


@pytest.mark.parametrize("gate", [nn.Sigmoid(), nn.Hardsigmoid()])
@pytest.mark.parametrize("rectified", [True, False])
def test_squeeze_and_excite_scales_by_the_second_moment_of_the_gate(gate, rectified):
    net = from_torch(SqueezeExcite(gate, rectified), torch.zeros(1, 3, 6, 6))
    assert GlobalAvgPool() in [node.layer for node in net]
    profile = propagate(net, "lecun")
    up = profile["up"].forward
    name = "sigmoid" if isinstance(gate, nn.Sigmoid) else "hard-sigmoid"
    square = Activate(name).activation.second_moment(up)
    into = profile["conv"].forward / (2 if rectified else 1)
    assert sp.simplify(profile["last"].forward - into * square) == 0
    assert any("factors of a product" in note for note in profile.assumptions)


def test_parts_of_channels_are_slices():
    def halves(x):
        one, other = x.chunk(2, 1)
        return torch.cat([other, one], 1)

    assert layers(halves, 4, 3)[:2] == [Slice(0, 0, 2), Slice(0, 2)]


NOT_YET = {
    "lstm": (nn.LSTM(3, 4, batch_first=True), (5, 3), "recurrent layers, not yet"),
    "gru": (nn.GRU(3, 4, batch_first=True), (5, 3), "recurrent layers, not yet"),
    "rnn": (nn.RNN(3, 4, batch_first=True), (5, 3), "recurrent layers, not yet"),
    "attention": (
        Applied(lambda x: F.scaled_dot_product_attention(x, x, x)),
        (2, 5, 4),
        "attention, not yet",
    ),
    "encoder": (
        nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
        (5, 4),
        "attention, not yet",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NOT_YET)
def test_recurrent_and_attention_layers_say_not_yet(name):
    module, shape, words = NOT_YET[name]
    wrapped = (
        Applied(lambda x, m: m.inner(x)[0], inner=module)
        if name in ("lstm", "gru", "rnn")
        else module
    )
    with pytest.raises(UnsupportedOperator, match=words):
        from_torch(wrapped, torch.zeros(2, *shape))


def test_softmax_in_the_middle_is_refused():
    from symvar.errors import GraphError

    module = nn.Sequential(nn.Linear(3, 3), nn.Softmax(1), nn.Linear(3, 2))
    with pytest.raises(GraphError, match=r"softmax.*must be the output"):
        from_torch(module, torch.zeros(1, 3))


class Lowest(nn.Module):
    """Minus infinity around a map, before what `behind` makes of it."""

    def __init__(self, behind):
        super().__init__()
        self.conv, self.behind = nn.Conv2d(3, 4, 3, padding=1), behind

    def forward(self, x):
        padded = nn.functional.pad(self.conv(x), (0, 1, 2, 0), value=float("-inf"))
        return self.behind(padded)


def test_minus_infinity_before_a_max_pool_becomes_its_own_padding():
    module = Lowest(nn.Sequential(nn.MaxPool2d(3, 2), nn.Conv2d(4, 2, 2)))
    net = from_torch(module, torch.zeros(1, 3, 8, 8))
    pool = net["behind.0"]
    assert pool.layer == MaxPool((3, 3), (2, 2), ((2, 0), (0, 1)), dilation=(1, 1))
    assert pool.after == (4, 4, 4)  # of 10 rows and 9 columns
    assert not any(isinstance(node.layer, Pad) for node in net)


def test_minus_infinity_before_anything_else_is_refused():
    with pytest.raises(UnsupportedOperator, match=r"max-pools alone.*have conv"):
        from_torch(Lowest(nn.Conv2d(4, 2, 2)), torch.zeros(1, 3, 8, 8))
    with pytest.raises(ShapeError, match="padding by minus infinity"):
        Pad(1, "lowest").lower((2, 3, 3))
