"""Forecasts of one series from its own past: damped trend beside drift and naive, with interval and backtest.

Pure, over adjacent annual values; nothing here ever enters a verdict (METHODS §4). Methods after Hyndman and
Athanasopoulos, Forecasting: Principles and Practice: exponential smoothing with additive errors and a damped trend,
ETS(A,Ad,N); the random walk with drift; the last value carried on.

statsmodels was tried: it runs beside pandas 3, but with scipy it would add 93 MB to an offline bundle for two
architectures, and its optimiser has five numbers to fit where there may be four points. So the three recursions stand
here, and tests hold them to its values. With fewer than eight points the smoothing parameters are fixed (SHORT) and
only level and trend at the start are fitted; from eight points on the parameters are chosen on a grid too. Either way
the start is a plain least-squares problem, since one-step errors are linear in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from towns.model import Evidence

Method = Literal["ets", "drift", "naive"]
METHODS: Final[tuple[Method, ...]] = ("ets", "drift", "naive")
#: Share of future values that an interval is to hold.
LEVEL_PCT: Final = 80
MIN_POINTS: Final = 4
MIN_BACKTEST: Final = 8
_MOST_YEARS: Final = 3
#: Student's t at 90% for 1, 2, … degrees of freedom: both ends of an 80% interval; beyond the table the normal's 1.282.
_T90: Final = (
    3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341,
    1.337, 1.333, 1.330, 1.328, 1.325, 1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310,
)  # fmt: skip
_NORMAL90: Final = 1.2816

Reason = Literal["", "too_few", "gap", "bounded", "disputed"]


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Parameters of ETS(A,Ad,N): of the level, of the trend (at most `alpha`), and of its damping."""

    alpha: float
    beta: float
    phi: float


#: What series of four to seven points are smoothed with: half of an error moves the level, a tenth the trend.
SHORT: Final = Smoothing(alpha=0.5, beta=0.1, phi=0.9)


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """A forecast for one year; no ends where the past values show no error to measure an interval by."""

    year: int
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class MethodForecast:
    """What one method gives for the coming years."""

    method: Method
    points: tuple[ForecastPoint, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Mean absolute error of each method, one year ahead, over `count` years; `best` is "" where two are alike."""

    count: int
    mae: tuple[tuple[Method, float], ...]
    best: Method | Literal[""]


@dataclass(frozen=True, slots=True)
class Forecast:
    """All three methods over the same years, in the series' unit; the backtest needs eight points."""

    first_year: int
    last_year: int
    count: int
    methods: tuple[MethodForecast, ...]
    backtest: Backtest | None

    def of(self, method: Method) -> MethodForecast:
        """Return what one method gives."""
        return next(item for item in self.methods if item.method == method)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no forecast, how many adjacent points there are up to the last year, and the year that ends them."""

    reason: Reason
    count: int
    year: int | None = None


def find_run(items: Sequence[Evidence]) -> tuple[Evidence, ...] | Refusal:
    """Return the adjacent exact annual values up to the last year of one series and one scope, oldest first.

    A bounded, approximate or disputed value never enters and ends the run, as does a missing year (METHODS §4).
    """
    ordered = sorted(items, key=lambda item: item.drawn.period_end)
    run: list[Evidence] = []
    reason: Reason = "too_few"
    year: int | None = None
    for item in reversed(ordered):
        year = item.drawn.period_end.year
        if run and run[-1].drawn.period_end.year - year != 1:
            reason, year = "gap", run[-1].drawn.period_end.year - 1
            break
        if item.disputed:
            reason = "disputed"
            break
        if item.drawn.qualifier != "exact":
            reason = "bounded"
            break
        run.append(item)
    if len(run) < MIN_POINTS:
        return Refusal(reason, len(run), None if reason == "too_few" else year)
    return tuple(reversed(run))


def forecast(
    values: Sequence[tuple[int, float]], *, floor: float | None = None, ceiling: float | None = None
) -> Forecast | Refusal:
    """Return forecasts from (year, value) in order; `floor` and `ceiling` are limits that the quantity cannot pass.

    Half as many years ahead as there are points, at most three. Fewer than four points or a missing year: a refusal.
    """
    years = [year for year, _ in values]
    for before, after in pairwise(years):
        if after - before != 1:
            return Refusal("gap", len(values), before + 1)
    if len(values) < MIN_POINTS:
        return Refusal("too_few", len(values))
    series = np.array([value for _, value in values], dtype=float)
    ahead = min(_MOST_YEARS, len(series) // 2)
    return Forecast(
        first_year=years[0],
        last_year=years[-1],
        count=len(series),
        methods=tuple(_project(method, series, years[-1], ahead, floor, ceiling) for method in METHODS),
        backtest=_backtest(series) if len(series) >= MIN_BACKTEST else None,
    )


def _project(
    method: Method, series: np.ndarray, last: int, ahead: int, floor: float | None, ceiling: float | None
) -> MethodForecast:
    means, spreads, freedom = _RUN[method](series, ahead)
    reach = _T90[freedom - 1] if freedom <= len(_T90) else _NORMAL90

    def within(value: float) -> float:
        raised = value if floor is None else max(value, floor)
        return float(raised if ceiling is None else min(raised, ceiling))

    points = []
    for step, (mean, spread) in enumerate(zip(means, spreads, strict=True), start=1):
        known = spread > 0
        points.append(
            ForecastPoint(
                last + step,
                within(mean),
                within(mean - reach * spread) if known else None,
                within(mean + reach * spread) if known else None,
            )
        )
    return MethodForecast(method, tuple(points))


def _backtest(series: np.ndarray) -> Backtest:
    """Forecast each year from the fifth on from the years before it alone, and keep the absolute errors."""
    errors: dict[Method, list[float]] = {method: [] for method in METHODS}
    for origin in range(MIN_POINTS, len(series)):
        for method in METHODS:
            means, _, _ = _RUN[method](series[:origin], 1)
            errors[method].append(abs(float(series[origin] - means[0])))
    mae = tuple((method, sum(errors[method]) / len(errors[method])) for method in METHODS)
    ranked = sorted(mae, key=lambda item: item[1])
    alike = ranked[1][1] - ranked[0][1] <= 1e-9 * max(1.0, ranked[1][1])
    return Backtest(len(series) - MIN_POINTS, mae, "" if alike else ranked[0][0])


_Projection = tuple[np.ndarray, np.ndarray, int]


def _naive(series: np.ndarray, ahead: int) -> _Projection:
    """Return the last value for every year; the yearly changes around nought are its errors."""
    steps = np.diff(series)
    spread = float(np.sqrt(np.mean(steps**2)))
    return np.full(ahead, series[-1]), spread * np.sqrt(np.arange(1, ahead + 1)), len(steps)


def _drift(series: np.ndarray, ahead: int) -> _Projection:
    """Return the last value with the mean yearly change added; its own uncertainty widens the interval."""
    steps, reach = np.diff(series), np.arange(1, ahead + 1)
    freedom = len(steps) - 1
    spread = float(np.sqrt(np.sum((steps - steps.mean()) ** 2) / freedom))
    if spread <= 1e-12 * float(np.abs(series).max()):
        spread = 0.0
    return series[-1] + steps.mean() * reach, spread * np.sqrt(reach * (1 + reach / len(steps))), freedom


def _ets(series: np.ndarray, ahead: int) -> _Projection:
    """Return the damped trend; errors of the fit give the interval, with a degree of freedom less a fitted number."""
    count = len(series)
    scale = float(np.abs(series - series[0]).max())
    freedom = max(1, count - (2 if count < MIN_BACKTEST else 5))
    if scale == 0:
        return np.full(ahead, series[0]), np.zeros(ahead), freedom
    fit = fit_ets((series - series[0]) / scale, (SHORT,) if count < MIN_BACKTEST else GRID)
    powers = np.cumsum(fit.smoothing.phi ** np.arange(1, ahead + 1))
    weights = fit.smoothing.alpha + fit.smoothing.beta * powers
    growth = 1 + np.concatenate(([0.0], np.cumsum(weights[:-1] ** 2)))
    spread = scale * np.sqrt(fit.squares / freedom * growth) if fit.squares > 1e-18 else np.zeros(ahead)
    return series[0] + scale * (fit.level + powers * fit.trend), spread, freedom


_RUN: Final = {"ets": _ets, "drift": _drift, "naive": _naive}


@dataclass(frozen=True, slots=True)
class EtsFit:
    """A fitted ETS(A,Ad,N): level and trend at the start and at the end, and the sum of squared one-step errors."""

    smoothing: Smoothing
    first_level: float
    first_trend: float
    level: float
    trend: float
    squares: float


def _grid() -> tuple[Smoothing, ...]:
    """Return the parameters tried: damping within the usual 0.80 to 0.98, the trend never faster than the level."""
    return tuple(
        Smoothing(round(alpha / 20, 2), round(alpha * share / 200, 4), round(0.80 + 0.03 * step, 2))
        for alpha in range(1, 20)
        for share in range(11)
        for step in range(7)
    )


GRID: Final = _grid()


def fit_ets(series: np.ndarray, tried: Sequence[Smoothing]) -> EtsFit:
    """Return the best of the given parameters with the start that fits best under them; the first of equals.

    The recursion runs once on the values from a start at nought and once on each unit start: their errors add up.
    """
    alpha, beta, phi = (np.array([getattr(item, name) for item in tried]) for name in ("alpha", "beta", "phi"))
    level = np.zeros((3, len(tried)))
    trend = np.zeros((3, len(tried)))
    level[1] = trend[2] = 1.0
    errors = np.empty((len(series), 3, len(tried)))
    for step, value in enumerate(series):
        expected = level + phi * trend
        errors[step] = -expected
        errors[step, 0] += value
        level = expected + alpha * errors[step]
        trend = phi * trend + beta * errors[step]
    products = np.einsum("tig,tjg->ijg", errors, errors)
    determinant = products[1, 1] * products[2, 2] - products[1, 2] ** 2
    firm = determinant > 1e-12
    safe = np.where(firm, determinant, 1.0)
    first_level = np.where(
        firm,
        (products[1, 2] * products[0, 2] - products[2, 2] * products[0, 1]) / safe,
        -products[0, 1] / products[1, 1],
    )
    first_trend = np.where(firm, (products[1, 2] * products[0, 1] - products[1, 1] * products[0, 2]) / safe, 0.0)
    start = np.stack([np.ones(len(tried)), first_level, first_trend])
    squares = np.sum(np.einsum("tig,ig->tg", errors, start) ** 2, axis=0)
    best = int(np.argmax(squares <= squares.min() + 1e-12))
    weights = start[:, best]
    return EtsFit(
        tried[best],
        float(first_level[best]),
        float(first_trend[best]),
        float(weights @ level[:, best]),
        float(weights @ trend[:, best]),
        float(squares[best]),
    )
