"""What other programs read to find the public pages: robots.txt, sitemap, security.txt and Atom feeds."""
