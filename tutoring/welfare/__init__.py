"""Words of danger: kept sealed for the people in charge, and the safety card for whoever wrote them."""
