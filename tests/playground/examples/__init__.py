"""The examples of slack_sdk's and Bolt's documentation, as programs that know nothing of a playground.

Only the address of the Web API comes from the environment, as it would for Slack behind a proxy.
"""
