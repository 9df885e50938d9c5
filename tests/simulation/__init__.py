"""Two days of simulated life: people and what they do, workers that are killed, an oracle that looks at the rest."""
