"""The end of a school year: classes of the next year, who moves where, and the way back."""
