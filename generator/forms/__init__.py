"""What strangers suggest by issue forms -> changes of ``content/``, or a refusal that says why.

``form`` knows the forms, ``body`` takes an issue's text apart, ``answers`` reads what people typed, a module for each
form drafts its change, ``following`` sees to it that the result is right before anything is written. Everything that
comes in is hostile until one of them has read it.
"""
