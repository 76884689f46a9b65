"""The lines between the boxes of a drawing: down a free lane, or on a track beside the boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from symvar.emit.layout import Box, Layout

BOX_WIDTH, BOX_HEIGHT = 224, 34
ROW = 48
"""From the top of one box to the top of the next."""

TRACK = 6
"""Between two lines side by side."""

MARGIN = 12

END = 10
"""How far beyond the last box a line goes that continues in the next column."""


@dataclass(frozen=True)
class Part:
    """The part of an edge in one column.

    Args:
        edge: its place among the edges.
        column: the column.
        top: the rank it comes from; one above the column if from an earlier column.
        bottom: the rank it goes to; one below the column if to a later column.
        from_lane: the lane above.
        to_lane: the lane below.
    """

    edge: int
    column: int
    top: int
    bottom: int
    from_lane: int
    to_lane: int

    def meets(self, other: Part) -> bool:
        """Whether the two would lie on one another."""
        return self.top < other.bottom and other.top < self.bottom

    @property
    def gutter(self) -> int:
        """The lane whose right side holds its track, where it needs one."""
        return min(self.from_lane, self.to_lane)


@dataclass
class Routes:
    """Where everything is.

    Args:
        placed: the boxes.
    """

    placed: Layout
    tracks: dict[tuple[int, int], list[list[Part]]] = field(default_factory=dict)
    track_of: dict[tuple[int, int], int] = field(default_factory=dict)
    lines_between: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = [self._parts(place) for place in range(len(self.placed.edges))]
        for part in sorted(
            (part for parts in self.parts for part in parts),
            key=lambda each: each.bottom - each.top,
        ):
            if self._needs_track(part):
                self._lay(part)
        self._measure()

    def corner(self, box: Box) -> tuple[float, float]:
        """The upper left corner of a box."""
        column = self.placed.column(box.rank)
        return self.lanes_at[column, box.lane], self._top(box.rank)

    def paths(self) -> Iterator[str]:
        """One SVG path for each edge."""
        for place in range(len(self.placed.edges)):
            yield self._path(place)

    def _top(self, rank: int) -> float:
        start = self.placed.starts[self.placed.column(rank)]
        return MARGIN + END + (rank - start) * ROW

    def _parts(self, place: int) -> list[Part]:
        source, target = (self.placed.boxes[name] for name in self.placed.edges[place])
        starts = self.placed.starts
        first, last = self.placed.column(source.rank), self.placed.column(target.rank)
        parts = []
        for column in range(first, last + 1):
            top = source.rank if column == first else starts[column] - 1
            bottom = target.rank if column == last else starts[column + 1]
            above = source.lane if column == first else target.lane
            below = target.lane if column == last else source.lane
            parts.append(Part(place, column, top, bottom, above, below))
        return parts

    def _free(self, part: Part, lane: int) -> bool:
        return self.placed.free(lane, part.top, part.bottom)

    def _needs_track(self, part: Part) -> bool:
        return not (self._free(part, part.from_lane) or self._free(part, part.to_lane))

    def _lay(self, part: Part) -> None:
        """Give a part the first track on which it meets no other."""
        tracks = self.tracks.setdefault((part.column, part.gutter), [])
        number = 0
        while number < len(tracks) and any(map(part.meets, tracks[number])):
            number += 1
        if number == len(tracks):
            tracks.append([])
        tracks[number].append(part)
        self.track_of[part.edge, part.column] = number

    def _measure(self) -> None:
        columns = len(self.placed.starts) - 1
        lanes = [0] * columns
        for box in self.placed.boxes.values():
            column = self.placed.column(box.rank)
            lanes[column] = max(lanes[column], box.lane)
        for parts in self.parts:
            for part in parts[:-1]:
                self.lines_between.setdefault(part.column, []).append(part.edge)
        self.lanes_at: dict[tuple[int, int], float] = {}
        self.gap_at: dict[int, float] = {}
        x = float(MARGIN)
        for column in range(columns):
            for lane in range(lanes[column] + 1):
                self.lanes_at[column, lane] = x
                x += BOX_WIDTH + 14 + TRACK * len(self.tracks.get((column, lane), ()))
            self.gap_at[column] = x
            x += 12 + TRACK * len(self.lines_between.get(column, ()))
        self.width = x - 12 + MARGIN
        rows = max(b - a for a, b in zip(self.placed.starts, self.placed.starts[1:], strict=False))
        self.height = 2 * (MARGIN + END) + rows * ROW - (ROW - BOX_HEIGHT)

    def _path(self, place: int) -> str:
        parts = self.parts[place]
        line = ""
        for number, part in enumerate(parts):
            opening, closing = number == 0, number == len(parts) - 1
            line += self._within(part, opening, closing)
            if not closing:
                line += self._across(part, parts[number + 1])
        return line

    def _middle(self, column: int, lane: int) -> float:
        """The middle of a lane; of the last there is, for a lane that the column lacks."""
        while (column, lane) not in self.lanes_at:
            lane -= 1
        return self.lanes_at[column, lane] + BOX_WIDTH / 2

    def _ends(self, part: Part, opening: bool, closing: bool) -> tuple[float, float]:
        """Where the part begins and ends, from top to bottom."""
        start = self.placed.starts[part.column]
        above = self._top(part.top) + BOX_HEIGHT if opening else MARGIN
        last = self.placed.starts[part.column + 1] - 1
        below = self._top(part.bottom) - 1 if closing else self._top(last) + BOX_HEIGHT + END
        return above, below if part.bottom >= start else above

    def _within(self, part: Part, opening: bool, closing: bool) -> str:
        above, below = self._ends(part, opening, closing)
        track = self.track_of.get((part.edge, part.column))
        one, other = (self._middle(part.column, each) for each in (part.from_lane, part.to_lane))
        if track is not None:
            return self._beside(part, track, opening, closing)
        begin = f"M{one:g} {above:g}" if opening else ""
        bend = ROW - BOX_HEIGHT
        if one == other:
            return f"{begin}V{below:g}"
        if self._free(part, part.from_lane):
            turn = below - bend
            return f"{begin}V{turn:g}C{one:g} {below:g} {other:g} {turn:g} {other:g} {below:g}"
        turn = above + bend
        return f"{begin}C{one:g} {turn:g} {other:g} {above:g} {other:g} {turn:g}V{below:g}"

    def _beside(self, part: Part, track: int, opening: bool, closing: bool) -> str:
        above, below = self._ends(part, opening, closing)
        x = self.lanes_at[part.column, part.gutter] + BOX_WIDTH + 9 + TRACK * track
        line = ""
        if opening:
            left = self.lanes_at[part.column, part.from_lane]
            side = left + BOX_WIDTH if part.from_lane == part.gutter else left
            line += f"M{side:g} {above - BOX_HEIGHT / 2 + 5:g}H{x:g}"
        else:
            line += f"H{x:g}"
        if not closing:
            return f"{line}V{below:g}"
        left = self.lanes_at[part.column, part.to_lane]
        side = left + BOX_WIDTH + 1 if part.to_lane == part.gutter else left - 1
        return f"{line}V{below + 1 + BOX_HEIGHT / 2 - 5:g}H{side:g}"

    def _across(self, part: Part, behind: Part) -> str:
        """From the foot of a column to the head of the next."""
        number = self.lines_between[part.column].index(part.edge)
        gap = self.gap_at[part.column] + TRACK * number
        foot = (
            self._top(self.placed.starts[part.column + 1] - 1) + BOX_HEIGHT + END - 3 * (number % 3)
        )
        head = MARGIN + 3 * (number % 3)
        line = f"V{foot:g}H{gap:g}V{head:g}"
        if (behind.edge, behind.column) in self.track_of:
            return line
        return f"{line}H{self._middle(behind.column, behind.from_lane):g}"
