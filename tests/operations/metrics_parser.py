"""What `/metrics` says, read as a monitor reads it."""

from dataclasses import dataclass

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a token for tests alone"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Scraped:
    """Samples by name: labels and value."""

    samples: dict[str, list[tuple[dict[str, str], float]]]

    def value(self, name: str, **labels: str) -> float:
        """The one sample with at least these labels; 0 where there is none."""
        found = [value for has, value in self.samples.get(name, []) if labels.items() <= has.items()]
        assert len(found) <= 1, (name, labels, found)
        return found[0] if found else 0.0


def read(text: str) -> Scraped:
    samples: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
    return Scraped(samples)


def scrape(client: FlaskClient) -> Scraped:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200, answer.text
    return read(answer.text)
