"""Devices, needs and vouchers when a unit becomes part of another."""
