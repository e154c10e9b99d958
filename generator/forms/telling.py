"""What is told of a suggestion, in Markdown: the text of a pull request, or why there is none.

The first line is a title of plain text, then follows an empty line and the rest, as in a message of git.
"""

from generator.forms.ground import Change
from generator.forms.issue import Issue
from generator.forms.refusal import RefusedError


def proposal(issue: Issue, change: Change, closes: bool) -> str:
    """Tell of a change that was made; the issue is closed with it if it `closes`."""
    number = f" in #{issue.number}" if issue.number else ""
    made = (
        f"Suggested by @{issue.login}{number}, drafted by `digest from-issue`; `digest check` finds nothing wrong with "
        "it. Please read the change before you merge it."
    )
    parts = [*change.told, made]
    if closes and issue.number:
        parts.append(f"Closes #{issue.number}")
    return f"{change.title}\n\n" + "\n\n".join(parts) + "\n"


def refusal(error: RefusedError) -> str:
    """Tell why a suggestion was not followed."""
    return (
        f"No change was made\n\nNothing was changed: {error.reason}.\n\n"
        "The text above can be edited; a maintainer can then add the label again.\n"
    )
