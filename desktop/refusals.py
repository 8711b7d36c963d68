"""Why something that was asked for was not done, in the user's language.

The engine's refusals carry a stable code and the facts; this is the one place that words them. What
is not known here is shown in the engine's own English.
"""

import errno
import os
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from desktop import account_refusals, setting_words
from gateway_engine.public import GatewayError, Refusal, SettingsError, problem_of, setting_specs

translate = QCoreApplication.translate


def of_error(error: GatewayError | SettingsError) -> str:
    """The words of an error."""
    return words(error.refusal)


def words(refusal: Refusal) -> str:
    """One or two sentences: what is wrong, and what to do."""
    facts = {name: _known(name, text) for name, text in refusal.facts.items()}
    try:
        if refusal.code == "wrong_value":
            return _wrong_value(facts)
        if refusal.code == "given_bundle":
            return _given_bundle(facts)
        if refusal.code == "not_editable":
            facts["why"] = words(Refusal(facts["edit"], facts["why"], refusal.facts))
        known = (
            _of_edits()
            | _of_settings()
            | _of_instances()
            | _of_endpoint()
            | account_refusals.of_accounts()
            | _of_upstream()
        )
        return known[refusal.code].format(**facts)
    except (KeyError, ValueError):
        return refusal.message


def of_system(error: OSError) -> str:
    """Why the system refuses, in a word or two."""
    text = error.strerror or type(error).__name__
    return _of_system().get(text, text)


def _known(name: str, text: str) -> str:
    if name == "why":
        return _of_system().get(text, text)
    return {
        "environment": translate("Refusal", "the environment"),
        "command line": translate("Refusal", "the command line"),
        "import": translate("Refusal", "the file to import"),
    }.get(text, text)


def _of_system() -> dict[str, str]:
    """The system's English by what it means, as far as people meet it."""
    known = {
        errno.EACCES: translate("Refusal", "it is not allowed"),
        errno.EPERM: translate("Refusal", "it is not allowed"),
        errno.EROFS: translate("Refusal", "the disk is read-only"),
        errno.ENOSPC: translate("Refusal", "the disk is full"),
        errno.ENOENT: translate("Refusal", "it does not exist"),
        errno.EISDIR: translate("Refusal", "it is a folder"),
        errno.ENOTDIR: translate("Refusal", "a file stands where its folder should be"),
        errno.EIO: translate("Refusal", "the disk does not answer properly"),
    }
    return {os.strerror(number): said for number, said in known.items()}


def _wrong_value(facts: Mapping[str, str]) -> str:
    spec = {spec.name: spec for spec in setting_specs()}[facts["name"]]
    return translate("Refusal", "{title} ({name}, from {source}): {problem}").format(
        title=setting_words.title(spec.name),
        name=spec.name.upper(),
        source=facts["source"],
        problem=setting_words.problem(spec, problem_of(facts)),
    )


def _given_bundle(facts: Mapping[str, str]) -> str:
    why = {
        "unreadable": translate("Refusal", "it is not there, cut off, or no bundle"),
        "unsafe": translate("Refusal", "it holds more than a login"),
        "too_large": translate("Refusal", "it is too large for a login"),
        "no_login": translate("Refusal", "there is no login in it"),
        "passphrase_needed": translate(
            "Refusal", "it is encrypted, and a start cannot ask for its passphrase"
        ),
    }[facts["why"]]
    title = setting_words.title(facts["name"])
    if facts["file"]:
        sentence = translate("Refusal", "{title}: {file} cannot be used, {why}.")
        return sentence.format(title=title, file=facts["file"], why=why)
    return translate("Refusal", "{title}: this bundle cannot be used, {why}.").format(
        title=title, why=why
    )


def _of_settings() -> dict[str, str]:
    return {
        "unknown_setting": translate(
            "Refusal", "{source}: there is no setting {name}. Remove it or correct its name."
        ),
        "misspelt_setting": translate(
            "Refusal", "{source}: there is no setting {name}. Is {meant} meant?"
        ),
        "no_toml": translate("Refusal", "{file} is no valid TOML: {words}"),
        "no_toml_in_line": translate(
            "Refusal", "{file} is no valid TOML: look at line {line}. ({words})"
        ),
        "no_import_file": translate("Refusal", "{file} is no settings file."),
        "no_import": translate("Refusal", "There is no import left to undo."),
        "no_utf8": translate("Refusal", "{file} is not written in UTF-8."),
        "unreadable": translate("Refusal", "{file} cannot be read: {why}"),
        "not_written": translate("Refusal", "{file} cannot be written: {why}"),
        "not_editable": translate(
            "Refusal", "{file} is written in a way that cannot be edited safely from here: {why}"
        ),
        "own_settings_file": translate(
            "Refusal", "This is the settings file itself. Choose another name."
        ),
        "settings_version": translate("Refusal", "The version in {file} is no whole number."),
        "newer_settings": translate(
            "Refusal",
            "{file} is of a newer Lingma Gateway. Update this program; the file stays as it is.",
        ),
        "no_settings_file": translate("Refusal", "The settings file {file} does not exist."),
        "settings_changed": translate(
            "Refusal",
            "The settings file was changed by somebody else meanwhile. Look at it, then try again.",
        ),
        "half_character": translate(
            "Refusal", "A text holds half a character, which cannot be written. Type it anew."
        ),
        "selectors_file": translate("Refusal", "Names of fields: {why}"),
        "no_folder": translate(
            "Refusal", "{file} is a file, or lies below one. Name a folder; it is made if need be."
        ),
        "folder_locked": translate(
            "Refusal", "You may not write into {file}. Name another folder."
        ),
        "passphrase_unreadable": translate("Refusal", "Passphrase: {file} cannot be read."),
        "passphrase_empty": translate("Refusal", "Passphrase: the first line of {file} is empty."),
        "no_vsix_url": translate(
            "Refusal", "The program is to come from a VSIX address, and there is none. Enter it."
        ),
        "unknown_model": translate(
            "Refusal", "No instance has a model {model}. There are: {models}."
        ),
    }


def _of_edits() -> dict[str, str]:
    """Why a file of settings, ours or a client's, is not touched; goes on in brackets too."""
    return {
        "edit_no_utf8": translate("Refusal", "{file} is not written in UTF-8"),
        "edit_link_loop": translate("Refusal", "{file} is a link that leads to itself"),
        "edit_no_plain_file": translate("Refusal", "{file} is no plain file"),
        "edit_too_large": translate("Refusal", "the file is too large for settings"),
        "edit_hard_links": translate(
            "Refusal", "{file} has several names (hard links), which would come apart"
        ),
        "edit_changed_now": translate("Refusal", "{file} was changed at this very moment"),
        "edit_unreadable": translate("Refusal", "it is no valid {form}: {words}"),
        "edit_twice": translate("Refusal", "{key} stands in it twice"),
        "edit_unsafe": translate(
            "Refusal", "nothing else in it may change, and that could not be proven"
        ),
        "journal": translate("Refusal", "the note of what was changed there cannot be read"),
    }


def _of_instances() -> dict[str, str]:
    return {
        "no_such_program": translate("Refusal", "There is no program {file}."),
        "no_program_to_run": translate(
            "Refusal", "{file} is not a program that you may run on this computer."
        ),
        "instance_without_program": translate(
            "Refusal",
            "{instance} names no program, and no Lingma was found. Fetch it under Accounts, or "
            "name one.",
        ),
        "shared_folder": translate(
            "Refusal", "{first} and {second} both have the folder {folder}. Give each its own."
        ),
        "unknown_agent": translate(
            "Refusal",
            "{instance}: {command} is no program on this computer. Enter its path, or choose a "
            "known agent.",
        ),
        "agent_address": translate(
            "Refusal",
            "{instance}: only programs on this computer can be attached to, as "
            "ws://127.0.0.1:PORT/PATH.",
        ),
        "agent_missing": translate(
            "Refusal",
            "{instance}: {title} ({program}) was not found. Install it, or enter the path of its "
            "program.",
        ),
        "agent_login": translate(
            "Refusal", "{instance}: a quote is not closed in the sign-in command."
        ),
    }


def _of_endpoint() -> dict[str, str]:
    return {
        "key_required": translate(
            "Refusal",
            "At {host} other computers can reach the gateway: enter an API key first, or use "
            "127.0.0.1.",
        ),
        "endpoint_address_in_use": translate(
            "Refusal", "Port {port} is taken by another program. Choose another one."
        ),
        "endpoint_address_not_available": translate(
            "Refusal", "This computer has no address {host}. Use 127.0.0.1, or 0.0.0.0 for all."
        ),
        "endpoint_forbidden": translate(
            "Refusal", "The system does not allow port {port}. Those below 1024 are reserved."
        ),
    }


def _of_upstream() -> dict[str, str]:
    return {
        "upstream_unavailable": translate(
            "Refusal", "No instance can answer now. Wait until one is ready, or restart it."
        ),
        "login_required": translate("Refusal", "Nobody is signed in. Sign in under Accounts."),
        "no_such_instance": translate(
            "Refusal", "There is no instance {instance} any more. Look at the page again."
        ),
    }
