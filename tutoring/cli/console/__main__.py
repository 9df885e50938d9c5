"""`python -m tutoring.cli.console …`: the same from a checkout, where no console script is installed."""

from tutoring.cli.console import main

main()
