"""What an instructor does; each part loads when first used."""

from importlib import import_module

__all__ = ["cohort", "distribute", "hand_in", "update"]


def __getattr__(name):
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
