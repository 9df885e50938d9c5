"""Ways out of the site: mail, push, SMS."""
