"""The world -> content/records and content/metrics; what becomes of them there is left to ``catalog`` and ``site``."""
