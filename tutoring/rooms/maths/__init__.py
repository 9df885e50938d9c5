"""Formulas in messages: read from an allowed subset of LaTeX, shown as MathML and said in words."""
