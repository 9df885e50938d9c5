"""Pages of neighbourhoods and wards: duty, announcements, tasks of members, visits."""
