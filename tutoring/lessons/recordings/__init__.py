"""Steps read aloud by teachers: one sentence at a time, heard and released by a second person."""
