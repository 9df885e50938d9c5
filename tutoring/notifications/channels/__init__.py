"""Delivery channels: mail, push, SMS."""
