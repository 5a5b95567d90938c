"""What all tests share: hypothesis checks what is right, never how fast a busy machine is."""

from hypothesis import settings

from tests.effort import TIMES

settings.load_profile("fuzz" if TIMES else "same")
