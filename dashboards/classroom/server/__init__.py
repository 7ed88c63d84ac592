"""The classroom over HTTP: routes, the student and instructor API, events."""
