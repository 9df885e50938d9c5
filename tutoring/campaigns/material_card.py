"""The share card of a material and its address."""

from flask import url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.campaigns import share_card
from tutoring.campaigns.blueprint import typed
from tutoring.campaigns.models import Material
from tutoring.kernel.site_identity import site_name


def card_of_material(material: Material) -> share_card.Card:
    path = url_for("campaigns.scan", code=material.code)
    address = typed(path), absolute_url(path)
    return share_card.Card(material.title, material.text, material.campaign.unit.name, *address, site_name())


def picture_path(material: Material) -> str:
    """Returns the address of a card; it changes with the contents."""
    return url_for("campaigns.picture", code=material.code, digest=card_of_material(material).digest)
