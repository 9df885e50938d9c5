"""Voice notes in rooms: recorded in the browser, encoded anew, heard by a person on duty first near minors."""
