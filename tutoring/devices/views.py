"""All pages of devices and sponsored internet."""

from tutoring.devices import deciding_views, internet_views, loan_views, need_views, offer_views
from tutoring.devices.routes import blueprint

__all__ = ["blueprint", "deciding_views", "internet_views", "loan_views", "need_views", "offer_views"]
