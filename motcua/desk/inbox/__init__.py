"""The lists of the desk."""

from motcua.desk.inbox.old import *  # noqa: F403
from motcua.desk.inbox.old import _UNDER_WAY  # noqa: F401
