"""The documents of a conversation that travel beside the prompt, where upstream takes them so."""

from collections.abc import Iterable

from gateway_engine.conversation import DocumentPart, Message, all_parts
from gateway_engine.pool.pool import Lease


def documents_beside(lease: Lease, messages: Iterable[Message]) -> tuple[DocumentPart, ...]:
    """Return these messages' readable documents, each once; none where their text goes inline."""
    if not lease.upstream.takes_documents:
        return ()
    found = (part for part in all_parts(messages) if isinstance(part, DocumentPart))
    return tuple(dict.fromkeys(document for document in found if document.text is not None))
