"""Only what pytest accepts nowhere else: the plugins of all tests."""

pytest_plugins = ("tests.needs", "pytester")
