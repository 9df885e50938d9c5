"""Who may do what: one readable place. Functions take facts and ask no database; what is not listed is refused."""
