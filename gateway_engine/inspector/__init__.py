"""What is known afterwards of each request: the record, its redaction and its exports."""
