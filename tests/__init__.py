"""The tests: ``test_<module>.py`` mirrors ``generator/``; shared parts are in ``conftest.py`` and ``loopback.py``."""
