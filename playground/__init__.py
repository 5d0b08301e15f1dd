"""A Slack for the desk: the Web API, Socket Mode and a page, on loopback. It knows no bot in particular."""
