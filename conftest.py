"""Names the plugin that the tests need; the sentences come with the framework's own plugin."""

pytest_plugins = ["pytester"]
