"""How passwords are kept: Argon2id with the least cost that OWASP recommends.

19 MiB, two passes, one lane: about 15 ms on one core, so that logging in stays
fast at peak. Raising a value here rehashes each password at its next login.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
