"""Pictures of screens: described in a few lines of YAML in a step, drawn as HTML. Pure."""
