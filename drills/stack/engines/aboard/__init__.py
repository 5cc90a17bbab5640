"""Programs that run in helper containers of our own image, for as long as a fault lasts.

They are copied there from here, so they import the standard library and each other, and nothing
else.
"""
