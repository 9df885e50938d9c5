"""Pieces that say digits, and rows of them."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Atom:
    """One piece that says digits; `how` is d(igits), w(ord), l(ook-alike) or p(art of a mixed word)."""

    start: int
    end: int
    digits: str
    how: str
    word: str = ""


@dataclass(slots=True)
class Run:
    """Atoms in a row. `gaps[i]` is what stands between atom i and i + 1; `words` counts the words among it."""

    atoms: list[Atom] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def digits(self) -> str:
        return "".join([atom.digits for atom in self.atoms])

    def without_question(self) -> "Run":
        """The run without a "không" at its end that only asks ("12 đúng không")."""
        last = len(self.atoms)
        if any(atom.how == "d" for atom in self.atoms):
            while self.atoms[last - 1].how == "w" and self.atoms[last - 1].digits == "0":
                last -= 1
        return Run(self.atoms[:last], self.gaps[: max(0, last - 1)])

    @property
    def start(self) -> int:
        return self.atoms[0].start

    @property
    def end(self) -> int:
        return self.atoms[-1].end
