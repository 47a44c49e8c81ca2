"""Texts labelled by hand, and commands that count how often the checks agree with them."""
