"""The edges: what comes in from Slack, from feeds and from the clock, turned into commands.

A handler reads what came in, calls one method of `storage`, and answers. It holds no rule and no SQL.
"""
