"""What other systems are told of what happens here (`out` of app.yaml): which events, to whom, and how long it is tried."""
