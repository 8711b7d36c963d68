"""Views of texts and values in the colours of this application."""

from desktop.theme import Tokens
from desktop.widgets.code_view import CodeView
from desktop.widgets.json_tree import JsonTree
from desktop.widgets.markdown_view import MarkdownView


def code_view(tokens: Tokens, name: str, *, wraps: bool = True) -> CodeView:
    """An empty text; `name` is its name for screen readers."""
    view = CodeView(name, wraps=wraps)
    view.set_colours(found=tokens.warn_soft, on_found=tokens.text)
    return view


def json_tree(tokens: Tokens, name: str) -> JsonTree:
    """An empty tree."""
    tree = JsonTree(name)
    tree.set_colours(string=tokens.ok, number=tokens.info, literal=tokens.demo)
    tree.set_found_colours(found=tokens.warn_soft, on_found=tokens.text)
    return tree


def markdown_view(tokens: Tokens, name: str) -> MarkdownView:
    """An empty text that is rendered."""
    view = MarkdownView(name)
    view.set_colours(
        found=tokens.warn_soft,
        on_found=tokens.text,
        code=tokens.sunken,
        line=tokens.border_strong,
    )
    return view
