"""What `dev.py` is made of: standard library only, parsed by Python 3.8, on every system."""
