"""Parent circles of classes and schools: searchable topics and their answers."""
