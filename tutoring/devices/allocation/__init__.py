"""Allocates devices and vouchers to needs; two people decide each allocation."""
