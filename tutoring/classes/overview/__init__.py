"""How far the pupils of a class are: the teacher's table, a class at a glance, a pupil's own page, sums of a school."""
