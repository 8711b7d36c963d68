"""What `dev.py build` is made of: the application, its packages, its checksums and its parts list.

Everything that ends up in a file of `dist/` has a time, an order and an owner that the commit alone
decides, so that two builds of one commit can be compared (packaging/README.md).
"""
