"""Child processes that never outlive the gateway: own group, captured output, a guard against
orphans.
"""
