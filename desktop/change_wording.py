"""What was changed of a request on its way, in the user's language."""

from PySide6.QtCore import QCoreApplication

from gateway_engine.public import Change

translate = QCoreApplication.translate


def action(code: str) -> str:
    """What became of the field."""
    known = {
        "dropped": translate("Change", "Left out"),
        "degraded": translate("Change", "Passed on in part"),
        "kept_here": translate("Change", "Handled here"),
    }
    return known.get(code, code)


def reason(change: Change) -> str:
    """Why; in English where this version has no words for it."""
    return _reasons().get(change.code) or change.reason


def _reasons() -> dict[str, str]:
    return {
        "arguments_repaired": translate("Change", "the arguments of a tool call were repaired"),
        "at_once": translate("Change", "the answer is given at once"),
        "begun_anew": translate(
            "Change", "its instance ended in the middle of it: it was begun anew"
        ),
        "call_not_closed": translate("Change", "a tool call was not closed by the model"),
        "debris_after_call": translate("Change", "what followed a tool call was left out"),
        "declared_twice": translate("Change", "a tool of this name was declared before"),
        "description_cut": translate("Change", "the description is too long and was cut"),
        "extra_keys_ignored": translate("Change", "a tool call had more in it than belongs there"),
        "foreign_item": translate("Change", "this kind of item means nothing to another model"),
        "image_refused": translate("Change", "the image could not be given to the model"),
        "model_sees_no_images": translate("Change", "the model sees no images"),
        "nested_too_deep": translate("Change", "it is nested too deeply"),
        "no_cache_marks": translate("Change", "nothing is cached by marks"),
        "no_tool_to_call": translate("Change", "the request declares no tool that could be called"),
        "not_a_call": translate("Change", "it looked like a tool call and was none: it stays text"),
        "not_about_arguments": translate("Change", "it says nothing about the arguments"),
        "not_served": translate("Change", "this choice is not served here"),
        "not_taken": translate("Change", "Lingma does not take this setting"),
        "nothing_of_this_kind": translate("Change", "an answer has nothing of this kind"),
        "only_sent_files": translate("Change", "only files sent with the request can be read"),
        "only_sent_images": translate("Change", "only images sent with the request can be read"),
        "only_text_files": translate("Change", "only text files can be read"),
        "reasoning_not_shown": translate("Change", "earlier reasoning is not shown again"),
        "reasoning_not_stored": translate("Change", "this reasoning is not stored here"),
        "redacted_thinking": translate("Change", "redacted thinking can be read by no other model"),
        "result_before_call": translate("Change", "the result of a tool stood before its call"),
        "result_without_call": translate("Change", "the result of a tool has no call"),
        "results_are_text": translate("Change", "a tool that Lingma waits for answers in text"),
        "second_result": translate("Change", "the tool call had a result already"),
        "shown_as_name": translate("Change", "the model is shown its name in its place"),
        "tool_refused": translate("Change", "Lingma's own tools may not run here"),
        "unknown_field": translate("Change", "the field is unknown"),
        "vendor_tool": translate("Change", "it runs at the vendor, not here"),
        "volatile_line": translate(
            "Change", "a line of the client that changes with every request"
        ),
    }
