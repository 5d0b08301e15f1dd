"""Only what pytest accepts nowhere else: the list of our own plugins."""

pytest_plugins = ("tests.needs",)
