import ctypes
import gc
import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# Large blocks of memory go back to the system at once. Checking a password takes 19 MB for a moment; glibc would
# keep that for every thread. Other C libraries have no such setting, and no such habit.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
with suppress(AttributeError):
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 2 << 20)
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
application = get_wsgi_application()

# All pages are loaded now, and not by who comes first. What is loaded stays for good: the collector of garbage would go
# through it again and again, for 70 ms within somebody's request.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
