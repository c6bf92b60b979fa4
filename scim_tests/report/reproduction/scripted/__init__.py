"""What stands in the scripts of `reproduce/` themselves: each of these modules is written into them whole.

So they are Python 3.8, need the standard library alone, and import nobody but each other.
"""
