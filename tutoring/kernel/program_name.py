"""The name of the command that a person runs: sentences that tell what to run use it."""

_name = "flask"


def use_program_name(name: str) -> None:
    """Sets the name for this process; the console script calls it before anything else."""
    global _name
    _name = name


def program_name() -> str:
    return _name


def with_program_name(sentence: str) -> str:
    """Returns a sentence that names commands of `flask` with the name of this program."""
    return sentence.replace("`flask ", f"`{_name} ")
