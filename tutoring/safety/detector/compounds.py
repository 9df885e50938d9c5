"""Tens and hundreds in words: "chín mươi mốt" is 91, "ba trăm linh hai" 302, "hăm lăm" 25."""

from tutoring.safety.detector.atoms import Atom, Run
from tutoring.safety.detector.numerals import HUNDREDS, NOUGHTS, TENS, TWENTIES

_LONGEST = 6  # atoms that make one number at most


def together(run: Run) -> Run:
    """Tens and hundreds in words read together: "chín mươi mốt" is one atom, 91."""
    hows = "".join([atom.how for atom in run.atoms])
    if "t" not in hows:
        return run
    whole = Run()
    index = 0
    while index < len(run.atoms):
        if "t" in hows[index : index + _LONGEST]:
            said, after = _compound(run, index)
        else:
            said, after = run.atoms[index].digits, index + 1
        if said:
            if whole.atoms:
                whole.gaps.append(run.gaps[index - 1])
            first, last = run.atoms[index], run.atoms[after - 1]
            how = first.how if after == index + 1 and first.how != "t" else "w"
            whole.atoms.append(Atom(first.start, last.end, said, how))
        index = after
    return whole


def _compound(run: Run, index: int) -> tuple[str, int]:
    """What the number that begins at `index` says, and where the next begins."""
    atoms, sorts = run.atoms, _sorts(run, index)
    for sort, length in _SHAPES:
        if sorts.startswith(sort):
            units = [atom.digits for atom in atoms[index : index + length] if atom.how != "t"]
            return _say(sort, units), index + length
    atom = atoms[index]
    if atom.how == "t":
        return ("0" if atom.digits in NOUGHTS else ""), index + 1
    return atom.digits, index + 1


# d a digit, t tens ("mươi"), h hundred, n nought ("linh"), y twenty ("hăm"); what is tried first wins.
_SHAPES = (
    ("dhnd", 4),
    ("dhdtd", 5),
    ("dhdt", 4),
    ("dhtd", 4),
    ("dht", 3),
    ("dhdd", 4),
    ("dh", 2),
    ("dtd", 3),
    ("dt", 2),
    ("td", 2),
    ("t", 1),
    ("yd", 2),
)


def _sorts(run: Run, index: int) -> str:
    """The sorts of the atoms from `index` on that nothing but a space parts; a digit that opens tens is no unit."""
    sorts = ""
    for at in range(index, min(index + _LONGEST, len(run.atoms))):
        if at > index and run.gaps[at - 1].strip(" -"):
            break
        atom = run.atoms[at]
        if atom.how != "t":
            apart = sorts[-2:] == "dt" and atom.word in ("một", "năm")  # 41 is "bốn mươi mốt"
            sorts += "d" if len(atom.digits) == 1 and atom.how in "wdp" and not apart else "x"
        elif atom.digits in TENS:
            if sorts == "d" and atom.digits == "mười":  # nine and ten, not ninety
                break
            sorts += "t"
        else:
            sorts += "h" if atom.digits in HUNDREDS else "y" if atom.digits in TWENTIES else "n"
    for shape in ("dtdt", "tdt", "dhdtdt"):
        if sorts.startswith(shape) and not (shape == "tdt" and sorts[:1] != "t"):
            sorts = sorts[: len(shape) - 2]  # "ba mươi | hai mươi": the digit belongs to the next tens
    return sorts


def _say(sort: str, units: list[str]) -> str:
    if sort == "dhnd":
        return f"{units[0]}0{units[1]}"
    if sort in ("dhdtd", "dhdd"):
        return "".join(units)
    if sort == "dhdt":
        return f"{units[0]}{units[1]}0"
    if sort == "dhtd":
        return f"{units[0]}1{units[1]}"
    if sort == "dht":
        return f"{units[0]}10"
    if sort == "dh":
        return f"{units[0]}00"
    if sort == "dtd":
        return "".join(units) if units[0] != "0" else f"010{units[1]}"
    if sort == "dt":
        return f"{units[0]}0" if units[0] != "0" else "010"
    return {"td": f"1{''.join(units)}", "t": "10", "yd": f"2{''.join(units)}"}[sort]
