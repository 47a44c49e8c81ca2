"""A measure's table -> a picture and the sentence that says what it shows.

`charts.<measure>(table)` takes what `measures.<measure>` returned, or its `records`, which need
no pandas, or any part of it: some of the rows, or just the columns that the measure promises.
What is left out is neither drawn nor said, unless the rest tells it. A picture is one white
card, so that it reads alike on a light and on a dark page; what it says in colour it says in
shape, shade or words, too.
"""

from ..sheet import without_collection

# What an import makes stays. Looking through it for circles again and again, while a page
# starts, takes a sixth of the time that matplotlib takes.
with without_collection(stays=True):
    from .bars import due, fit_ranking, funnel, perspectives, progress
    from .card import Chart
    from .grid import voices
    from .lines import fit, forecast, history, network_growth, sustained
    from .tree import referral_chains

__all__ = [
    "Chart", "due", "fit", "fit_ranking", "forecast", "funnel", "history", "network_growth",
    "perspectives", "progress", "referral_chains", "sustained", "voices",
]  # fmt: skip
