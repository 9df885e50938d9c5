"""Cases: deadlines, evidence, automatic measures, decisions."""
