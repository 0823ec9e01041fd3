"""What can go wrong for a person, as exceptions that carry a sentence for that person.

Verbs raise them; `forum.web.problems` turns each into one page or one JSON answer.
"""


class Problem(Exception):
    """A request that can't be granted. `sentence` is shown as it is, so it is already translated."""

    status = 400

    def __init__(self, sentence: object = "") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class NotFound(Problem):
    """There is no such thing, or the viewer may not know that there is one."""

    status = 404


class Forbidden(Problem):
    """The viewer may see the thing, but not do this with it."""

    status = 403


class Conflict(Problem):
    """Somebody else was faster, so that the request no longer fits what is there."""

    status = 409


class Locked(Problem):
    """The thread takes no more replies."""

    status = 423


class Invalid(Problem):
    """The input can't be taken. `fields` maps a form field's name to what is wrong with it."""

    status = 422

    def __init__(self, sentence: object = "", **fields: object) -> None:
        super().__init__(sentence or next(iter(fields.values()), ""))
        self.fields = fields


class TooFast(Problem):
    """A limit on pace is reached; `retry_after_s` seconds from now it will be lifted."""

    status = 429

    def __init__(self, sentence: object, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s
