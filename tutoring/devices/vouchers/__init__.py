"""Vouchers for sponsored internet."""
