"""`python -m development COMMAND …`, as dev.py begins it in the virtual environment."""

import sys

import dev
from development import commands

sys.exit(dev.ended(lambda: commands.COMMANDS[sys.argv[1]](sys.argv[2:])))
