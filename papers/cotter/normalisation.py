"""Section 1.3.4: batch normalisation."""

from __future__ import annotations

import sympy as sp

from symvar.claims import Claim
from symvar.symbols import size

from .setting import N, eq, gain, paper, positive, real

WHERE = "section 1.3.4"
height, width, count = size("H"), size("W"), size("M")
total = real("T")
squares = sp.Symbol("Q", nonnegative=True)
shift, mean, value, slope = real("beta mu X Delta")
deviation, small = positive("sigma epsilon")
other_deviation = sp.Symbol("epsilon", nonnegative=True)
SUMS = (
    "T is the sum of the values of the channel over samples and positions, Q that of their squares."
)


@paper.equation(
    "1.3.16",
    where=WHERE,
    latex=r"\mu_c = \frac{1}{N} \sum_{\mathbf{n}} X^{(n)}[c, \mathbf{n}]",
    corrected_latex=r"\mu_c = \frac{1}{NHW} \sum_{n=1}^N \sum_{\mathbf{n}} X^{(n)}[c, \mathbf{n}]",
    outcome="erratum",
    note="The mean of a channel is over its N H W values: the sum over the samples n is missing,"
    " and the division by H W. With N for the number of all values it would hold, but N is the"
    " number of pairs and bold n a place. Checked against the number that minimises the sum of"
    " squared differences. T is the sum of the values of the channel, Q that of their squares.",
    ocr="A second sum, or the difference of n and bold n, may be lost in recognition; H W hardly.",
)
def channel_mean() -> Claim:
    """The formula against the minimiser of the sum of squares."""
    values = N * height * width
    (centre,) = sp.solve(sp.diff(squares - 2 * mean * total + values * mean**2, mean), mean)
    return Claim(eq(total / N, centre), corrected=eq(total / values, centre))


@paper.equation(
    "1.3.17",
    where=WHERE,
    latex=r"\sigma_c^2 = \frac{1}{N} \sum_{\mathbf{n}} \left(X^{(n)}[c, \mathbf{n}] \right)^2"
    r" - \mu_c^2",
    corrected_latex=r"\sigma_c^2 = \frac{1}{NHW} \sum_{n=1}^N \sum_{\mathbf{n}}"
    r" \left(X^{(n)}[c, \mathbf{n}] \right)^2 - \mu_c^2",
    outcome="erratum",
    note="As (1.3.16). With 1/N throughout it may be negative: for one image with two pixels of"
    " value 1, mu = 2 and sigma^2 = 2 - 4. With 1/(NHW) throughout it is the mean squared"
    " difference from the mean. T and Q as there.",
    ocr="As (1.3.16).",
)
def channel_variance() -> Claim:
    """The formula against the mean squared difference."""
    values = N * height * width
    centre = total / values
    squared = (squares - 2 * centre * total + values * centre**2) / values
    return Claim(
        eq(squares / N - (total / N) ** 2, squared),
        corrected=eq(squares / values - centre**2, squared),
    )


@paper.equation(
    "1.3.18",
    where=WHERE,
    latex=r"Y[c, \mathbf{n}] = \frac{X[c, \mathbf{n}] - \mu_c}{\sigma_c + \epsilon}"
    r" \gamma_c + \beta_c",
    outcome="approximation",
    note="The text has Y rid of the variance of the data, so with variance gamma^2: for epsilon > 0"
    " it is gamma^2 sigma^2/(sigma+epsilon)^2, smaller. The mean is beta. The paper cited divides"
    " by sqrt(sigma^2 + epsilon) instead; both tend to division by sigma, and the squares of the"
    " two divisors differ by epsilon^2 + 2 epsilon sigma - epsilon.",
)
def normalised() -> Claim:
    """The second moment about beta of the output, from that of X about its mean."""
    scale = gain / (deviation + small)
    spread = scale**2 * deviation**2
    cited = sp.sqrt(deviation**2 + small)
    return Claim(
        eq(spread, gain**2),
        gap=(
            eq(
                gain**2 - spread,
                gain**2 * (2 * deviation + small) * small / (deviation + small) ** 2,
            ),
            eq((deviation + small) ** 2 - cited**2, small**2 + 2 * small * deviation - small),
        ),
    )


def derived_by_value() -> sp.Expr:
    """dJ/dX of one value of M, mu and sigma depending on it, then in terms of mu and sigma.

    J is the sum of Delta_i Y_i over all values. s_1, s_2 and a are the sums over the other values
    of X_i, its square and Delta_i X_i; D is the sum of all Delta_i.
    """
    first, second, weighted, slopes = real("s_1 s_2 a D")
    centre = (first + value) / count
    spread = sp.sqrt((second + value**2) / count - centre**2)
    loss = gain * (weighted + slope * value - centre * slopes) / (spread + small) + shift * slopes
    derivative = sp.diff(loss, value)
    known = {
        first: count * mean - value,
        second: count * (deviation**2 + mean**2) - value**2,
        weighted: real("A") - slope * value,
    }
    return sp.simplify(derivative.subs(known, simultaneous=True))


def derived_of_two() -> sp.Expr:
    """dJ/dX_1 for the batch (mu + sigma, mu - sigma), both statistics depending on it."""
    first, second, other_slope = real("X_1 X_2 Delta_2")
    centre = (first + second) / 2
    spread = sp.sqrt((first**2 + second**2) / 2 - centre**2)
    loss = slope * (first - centre) + other_slope * (second - centre)
    derivative = sp.diff(gain * loss / (spread + small), first)
    batch = {first: mean + deviation, second: mean - deviation}
    return sp.simplify(derivative.subs(batch, simultaneous=True))


def full_derivative() -> sp.Expr:
    """What (1.3.19) should be, with D the sum of Delta_i and A that of Delta_i X_i."""
    slopes, weighted = real("D A")
    centred = (weighted - mean * slopes) / count
    away = (value - mean) / (deviation * (deviation + small))
    return gain / (deviation + small) * (slope - slopes / count - away * centred)


@paper.equation(
    "1.3.19",
    where=WHERE,
    latex=r"\frac{\partial J}{\partial X_{c, n_1, n_2}}"
    r" = \frac{\partial J}{\partial Y_{c, n_1, n_2}} \frac{\gamma}{\sigma + \epsilon}",
    corrected_latex=r"\frac{\partial J}{\partial X_i} = \frac{\gamma}{\sigma + \epsilon}"
    r" \left( \Delta_i - \frac1M \sum_j \Delta_j - \frac{X_i - \mu}{\sigma(\sigma + \epsilon)}"
    r" \frac1M \sum_j \Delta_j (X_j - \mu) \right)",
    outcome="erratum",
    note="It takes mu and sigma for constants. In training they are those of the batch, as the text"
    " says, and depend on every X. Extreme case: a batch of two values and epsilon = 0, where Y is"
    " beta - gamma and beta + gamma whatever X is, and the derivative 0. Holds where the"
    " statistics are fixed, as running averages are after training. Corrected for all M, the"
    " number of values in the channel, with Delta = dJ/dY; with sqrt(sigma^2 + epsilon) for the"
    " divisor replace both sigma + epsilon and sigma (sigma + epsilon) by it and by its square.",
)
def by_value() -> Claim:
    """A batch of two against the printed formula; a value of any batch against the full one."""
    return Claim(
        eq(derived_of_two(), slope * gain / (deviation + small)),
        corrected=eq(derived_by_value(), full_derivative()),
    )


@paper.equation(
    "prose:fixed-statistics",
    where=WHERE,
    latex=r"\frac{\partial J}{\partial X} = \frac{\partial J}{\partial Y}"
    r" \frac{\gamma}{\sigma + \epsilon} \text{ for fixed } \mu, \sigma",
    note="What is right about (1.3.19).",
)
def fixed_statistics() -> Claim:
    """The derivative of (1.3.18) alone."""
    loss = slope * (gain * (value - mean) / (deviation + small) + shift)
    return Claim(eq(sp.diff(loss, value), slope * gain / (deviation + small)))


@paper.equation(
    "1.3.20",
    where=WHERE,
    latex=r"\frac{\partial J}{\partial \beta_c} = \sum_{\mathbf{n}}"
    r" \frac{\partial J}{\partial Y_{c, \mathbf{n}}}",
    note="The sum is over samples too. Checked by induction: what one more value adds.",
)
def by_shift() -> Claim:
    """One value's part of the loss, derived by beta."""
    loss = slope * ((value - mean) / (deviation + small) * gain + shift)
    return Claim(eq(sp.diff(loss, shift), slope))


@paper.equation(
    "1.3.21",
    where=WHERE,
    latex=r"\frac{\partial J}{\partial \gamma_c} = \sum_{\mathbf{n}}"
    r" \frac{\partial J}{\partial Y_{c, \mathbf{n}}}"
    r" \frac{X_{c, \mathbf{n}} - \mu_c}{\gamma_c + \epsilon}",
    corrected_latex=r"\frac{\partial J}{\partial \gamma_c} = \sum_{\mathbf{n}}"
    r" \frac{\partial J}{\partial Y_{c, \mathbf{n}}}"
    r" \frac{X_{c, \mathbf{n}} - \mu_c}{\sigma_c + \epsilon}",
    outcome="erratum",
    note="The divisor is that of (1.3.18), sigma. Y is linear in gamma, so its derivative cannot"
    " depend on gamma. Checked for what one value adds to the sum.",
    ocr="gamma for sigma is more likely a slip of the source.",
)
def by_gain() -> Claim:
    """One value's part of the loss, derived by gamma."""
    loss = slope * ((value - mean) / (deviation + small) * gain + shift)
    derivative = sp.diff(loss, gain)
    return Claim(
        eq(derivative, slope * (value - mean) / (gain + small)),
        corrected=eq(derivative, slope * (value - mean) / (deviation + small)),
    )


scale = sp.Symbol("a", real=True, nonzero=True)
grown = sp.Symbol("r", positive=True)
SCALE_FREE = (sp.Eq(other_deviation, 0), sp.Eq(scale, grown))
SCALE_WORDS = ("epsilon = 0", "a > 0")


@paper.equation(
    "prose:scale-free",
    where=WHERE,
    latex=r"BN(aWU) = BN(WU)",
    outcome="holds-under",
    beyond=SCALE_WORDS,
    note="The deviation of aX is |a| sigma. For a < 0 the first part of the output changes its"
    " sign; for epsilon > 0 the two differ, the more the smaller |a| sigma is.",
)
def scale_free() -> Claim:
    """(1.3.18) at a X, whose mean is a mu, against that at X."""

    def output(factor: sp.Expr) -> sp.Expr:
        divisor = sp.Abs(factor) * deviation + other_deviation
        return gain * factor * (value - mean) / divisor + shift

    return Claim(eq(output(scale), output(sp.Integer(1))), extra=SCALE_FREE)


def _along(factor: sp.Expr, speed: sp.Expr) -> sp.Expr:
    """How one output of BN(aX) changes as X moves.

    X - mu moves at the rate p and sigma at the rate q for every unit of the argument, times speed;
    so the mean and the deviation both follow X. Whatever p and q are, this is every direction.
    """
    time, rate, spread_rate = real("t p q")
    centred = factor * (value - mean + speed * rate * time)
    spread = sp.Abs(factor) * (deviation + speed * spread_rate * time)
    return sp.diff(gain * centred / (spread + other_deviation) + shift, time).subs(time, 0)


@paper.equation(
    "1.3.22",
    where=WHERE,
    latex=r"\frac{\partial BN((aW)U)}{\partial U} = \frac{\partial BN(WU)}{\partial U}, \quad"
    r" \frac{\partial BN((aW)U)}{\partial (aW)} = \frac{1}{a} \cdot"
    r" \frac{\partial BN(WU)}{\partial W}",
    outcome="holds-under",
    beyond=SCALE_WORDS,
    note="For all batches and layers: X = WU moves in any direction, mu and sigma with it. A unit"
    " of aW is 1/a of a unit of W. The text's conclusion, smaller gradients for larger weights,"
    " holds for a > 1.",
    ocr="The right side of the first line has u for U.",
)
def scaled_gradients() -> Claim:
    """Both derivatives, along any direction of the argument."""
    one = sp.Integer(1)
    return Claim(
        (
            eq(_along(scale, one), _along(one, one)),
            eq(_along(scale, 1 / scale), _along(one, one) / scale),
        ),
        extra=SCALE_FREE,
    )
