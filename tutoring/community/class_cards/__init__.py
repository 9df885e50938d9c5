"""Cards of staged pupils: printed by a teacher, claimed by a guardian, confirmed by the teacher."""
