"""Schemes fitted to a batch: what they reach, by other routes, and what they leave alone."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import symvar.torch  # noqa: E402
from symvar.adapters.fits import all_fits  # noqa: E402
from symvar.adapters.fits.metainit import gradient_quotient  # noqa: E402
from symvar.errors import ArgumentError  # noqa: E402
from symvar.torch import GradInit, Lsuv, MetaInit, fit_  # noqa: E402


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def dense():
    return nn.Sequential(
        nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 12), nn.Tanh(), nn.Linear(12, 3)
    ).double()


def convolutions():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 6, 3, bias=False),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(24, 4),
    )


X = torch.randn(24, 6, dtype=torch.float64, generator=seeded(1))
Y = (X[:, 0] > 0).long() + (X[:, 1] > 0).long()
MAPS = torch.randn(12, 3, 8, 8, generator=seeded(2))


def state(module):
    return {name: each.clone() for name, each in module.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


FITS = {
    "lsuv": Lsuv(1e-6),
    "metainit": MetaInit(steps=5),
    "gradinit": GradInit(steps=8),
    "gradinit, adam": GradInit(steps=8, step_size=0.01, bound=50.0, optimiser="adam"),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
@pytest.mark.parametrize("case", ["dense", "convolutions"])
def test_the_objective_goes_down(case, fit):
    module, batch = (dense(), X) if case == "dense" else (convolutions(), MAPS)
    fitted = fit_(module, batch, scheme=fit, generator=seeded())
    assert fitted.reached < fitted.objective[0]
    assert all(each.isfinite().all() for each in module.parameters())
    assert not module[0].bias.any()


def outputs(module, batch):
    """The output of every weighted layer, by hooks."""
    found = []
    layers = [each for each in module if isinstance(each, nn.Linear | nn.Conv2d)]
    hooks = [each.register_forward_hook(lambda *a: found.append(a[2])) for each in layers]
    with torch.no_grad():
        module(batch)
    for hook in hooks:
        hook.remove()
    return found


def test_lsuv_gives_every_layer_unit_variance_on_the_batch():
    module = convolutions()
    fitted = fit_(module, MAPS, scheme=Lsuv(1e-5), generator=seeded())
    for each in outputs(module, MAPS):
        assert each.var(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert fitted.reached <= 1e-5


def test_lsuv_keeps_the_directions_of_its_orthonormal_start():
    module, start = dense(), dense()
    fit_(module, X, scheme="lsuv", generator=seeded())
    symvar.torch.init_(start, X, scheme="orthogonal", generator=seeded())
    for one, other in zip(module, start, strict=True):
        if isinstance(one, nn.Linear):
            ratio = one.weight / other.weight
            torch.testing.assert_close(ratio, ratio.mean().expand_as(ratio))
            square = one.weight @ one.weight.T if one.out_features <= one.in_features else (
                one.weight.T @ one.weight)  # fmt: skip
            torch.testing.assert_close(square, square[0, 0] * torch.eye(len(square)).double())


def test_lsuv_is_lecun_in_a_wide_linear_layer_on_white_data():
    module = nn.Sequential(nn.Linear(256, 256)).double()
    batch = torch.randn(400, 256, dtype=torch.float64, generator=seeded(3))
    profile = symvar.torch.init_(module, batch, scheme=Lsuv(1e-9), generator=seeded())
    assert profile.parameters["0.weight"].deviation == pytest.approx(1 / 16, rel=0.01)
    assert float(profile["0"].forward) == pytest.approx(1, rel=0.02)


def test_a_gradient_quotient_is_that_of_the_hessian_written_out():
    module, floor = nn.Linear(3, 2).double(), 1e-3
    x, y = X[:, :3], Y.clamp(max=1)
    names, values = zip(*module.named_parameters(), strict=True)
    sizes = [each.numel() for each in values]

    def loss(flat):
        parts = [
            part.reshape(each.shape) for part, each in zip(flat.split(sizes), values, strict=True)
        ]
        called = torch.func.functional_call(module, dict(zip(names, parts, strict=True)), (x,))
        return functional.cross_entropy(called, y)

    flat = torch.cat([each.detach().flatten() for each in values])
    g = torch.autograd.functional.jacobian(loss, flat)
    h = torch.autograd.functional.hessian(loss, flat)
    away = torch.where(g >= 0, floor, -floor)
    expected = ((g - h @ g) / (g + away) - 1).abs().mean()
    found = gradient_quotient(functional.cross_entropy(module(x), y), values, floor)
    torch.testing.assert_close(found.detach(), expected)


def test_a_linear_loss_has_no_curvature():
    module = nn.Linear(3, 2).double()
    quotient = gradient_quotient(module(X[:, :3]).sum(), list(module.parameters()), 1e-12)
    assert float(quotient.detach()) < 1e-9
    before = dense()[0]
    fitted = fit_(
        before, X, Y, scheme="metainit", loss=lambda out, _: out.sum(), generator=seeded()
    )
    assert len(fitted.objective) == 1


def test_metainit_reaches_the_quotient_it_names_and_moves_norms_only():
    module, start = dense(), dense()
    fitted = fit_(module, X, Y, scheme=FITS["metainit"], generator=seeded())
    symvar.torch.init_(start, X, scheme="kaiming-fan-in", generator=seeded())
    loss = functional.cross_entropy(module(X), Y)
    quotient = gradient_quotient(loss, list(module.parameters()), 1e-5)
    assert float(quotient.detach()) == pytest.approx(fitted.reached, rel=1e-9)
    assert fitted.reached == min(fitted.objective)
    for one, other in zip(module, start, strict=True):
        if isinstance(one, nn.Linear):
            ratio = one.weight / other.weight
            torch.testing.assert_close(ratio, ratio.mean().expand_as(ratio))


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_gradinit_reaches_the_loss_that_a_step_of_the_optimiser_gives(optimiser):
    fit = GradInit(steps=10, step_size=0.05, bound=1e9, optimiser=optimiser)
    module = dense()
    fitted = fit_(module, X, Y, scheme=fit, generator=seeded())
    assert fitted.reached == min(fitted.objective)
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimiser]
    trainer = kind(module.parameters(), lr=0.05)
    functional.cross_entropy(module(X[:16]), Y[:16]).backward()
    trainer.step()
    after = functional.cross_entropy(module(X[8:]), Y[8:]).item()
    assert after == pytest.approx(fitted.reached, rel=1e-5)


def test_gradinit_lowers_a_gradient_that_is_too_large_first():
    module = dense()

    def norm():
        module.zero_grad()
        functional.cross_entropy(module(X[:16]), Y[:16]).backward()
        return torch.cat([each.grad.flatten() for each in module.parameters()]).norm().item()

    symvar.torch.init_(module, X, scheme="kaiming-fan-in", generator=seeded())
    before = norm()
    fit_(module, X, Y, scheme=GradInit(steps=20, bound=before / 4), generator=seeded())
    assert norm() < before


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_fits_are_seeded_and_leave_buffers_frozen_parameters_and_the_global_stream(fit):
    before = torch.get_rng_state()
    states = []
    for _ in range(2):
        torch.manual_seed(5)
        module = convolutions()
        module[4].requires_grad_(False)
        module.append(nn.Dropout(0.5))
        frozen = module[4].weight.clone()
        stream = torch.get_rng_state()
        profile = symvar.torch.init_(module, MAPS, scheme=fit, generator=seeded())
        assert torch.equal(torch.get_rng_state(), stream)
        assert torch.equal(module[4].weight, frozen)
        assert not module[1].running_mean.any()
        assert module[1].num_batches_tracked == 0
        assert profile.parameters["4.weight"].law == "kept"
        assert profile.parameters["0.weight"].law == fit.name
        root = module[0].weight.square().mean().sqrt().item()
        assert profile.parameters["0.weight"].deviation == pytest.approx(root)
        states.append(state(module))
    assert same(*states)
    torch.set_rng_state(before)


@pytest.mark.parametrize("name", all_fits())
def test_every_fit_is_found_by_its_name(name):
    fit = all_fits()[name]
    assert fit.assumes
    assert fit.becomes
    with pytest.raises(ArgumentError, match="leave it out, or call fit_"):
        symvar.torch.init_(dense(), X, scheme=name, distribution="normal")


class Doubled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 6)

    def forward(self, x):
        return functional.linear(functional.linear(x, self.layer.weight).relu(), self.layer.weight)


def test_a_shared_weight_is_scaled_once():
    module = Doubled()
    with pytest.raises(Exception, match="one variance for the shared weight"):
        fit_(module, X.float(), scheme="lsuv", start="asv-forward")
    fit_(module, X.float(), scheme=Lsuv(1e-5), generator=seeded())
    first = functional.linear(X.float(), module.layer.weight)
    assert first.var(correction=0).item() == pytest.approx(1, abs=1e-4)


def constant():
    return nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 2)), torch.zeros(8, 6)


def poisoned():
    batch = X.clone()
    batch[3, 2] = float("nan")
    return dense(), batch


def exploding(outputs, targets):
    return (outputs.exp().exp().exp().exp()).sum()


@pytest.mark.parametrize(
    ("make", "options", "error", "words"),
    [
        (poisoned, {"scheme": "lsuv"}, ArgumentError, "batch: need finite entries; have 1 of 144"),
        (constant, {"scheme": "lsuv"}, ArgumentError, "varies over the batch; have variance 0.0"),
        (lambda: (dense(), X[:0]), {"scheme": "lsuv"}, ArgumentError, "an empty batch"),
        (lambda: (dense(), [1]), {"scheme": "lsuv"}, ArgumentError, "one tensor, batch first"),
        (
            lambda: (dense().half(), X.half()),
            {"scheme": "metainit"},
            ArgumentError,
            r"single or double precision.*float16",
        ),
        (lambda: (dense(), X), {"scheme": "lsuvv"}, ArgumentError, "did you mean 'lsuv'"),
        (
            lambda: (dense(), X),
            {"scheme": "metainit", "loss": functional.mse_loss},
            ArgumentError,
            "targets: need what the given loss",
        ),
        (
            lambda: (dense(), X),
            {"scheme": "metainit", "loss": exploding, "targets": Y},
            ArgumentError,
            "step 0: need a finite gradient quotient",
        ),
        (
            lambda: (dense().requires_grad_(False), X),
            {"scheme": "gradinit"},
            ArgumentError,
            "3 frozen weights",
        ),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(make, options, error, words):
    module, batch = make()
    before = state(module)
    with pytest.raises(error, match=words) as caught:
        fit_(module, batch, generator=seeded(), **options)
    assert "\n" not in str(caught.value)
    assert same(before, state(module))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Lsuv(tolerance=0), "tolerance: need a positive number"),
        (lambda: MetaInit(rate=-1), "rate: need a positive number"),
        (lambda: GradInit(bound=0), "bound: need a positive number"),
        (lambda: GradInit(optimiser="adm"), "did you mean 'adam'"),
    ],
)
def test_settings_outside_their_domain_are_refused(made, words):
    with pytest.raises(ArgumentError, match=words):
        made()
