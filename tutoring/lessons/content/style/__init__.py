"""Rules of style for lessons: one act a step, few conditional sentences, questions that test."""
