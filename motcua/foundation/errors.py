"""Refusals: what an operation raises when it does not do what was asked, having changed nothing."""


class Refusal(Exception):
    """Something that may not be done. Its text is a Vietnamese sentence for the person who asked."""


class NotAllowed(Refusal):
    """This actor may not do this."""


class WrongState(Refusal):
    """The thing is not in a state in which this can be done; often somebody else was faster."""
