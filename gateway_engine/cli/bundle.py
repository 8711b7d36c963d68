"""`lingma-gateway bundle`: logins to carry to another machine, and from one."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from gateway_engine.accounts.age import unseal
from gateway_engine.accounts.bundle import BundleError, is_sealed, unpack
from gateway_engine.accounts.bundle_file import bundle_text, read_bundle, write_bundle
from gateway_engine.cli.internal_call import CallError, internal_calls
from gateway_engine.cli.secret_file import first_line
from gateway_engine.plan import LaunchOptions

EXIT_FAILED = 1


def bundle(options: argparse.Namespace) -> int:
    """Run one action; its exit code. Raises SettingsError."""
    try:
        if options.action == "inspect":
            return _inspect(options.file, _passphrase(options))
        launch = LaunchOptions(upstream=options.upstream, config_file=options.config)
        if options.action == "export":
            return asyncio.run(_export(launch, options))
        return asyncio.run(_import(launch, options))
    except (CallError, BundleError) as error:
        sys.stderr.write(f"lingma-gateway: {error}\n")
        return EXIT_FAILED


async def _export(launch: LaunchOptions, options: argparse.Namespace) -> int:
    passphrase = _passphrase(options)
    async with internal_calls(launch, options.instance) as calls:
        done = await calls.post("session/export", options.instance, passphrase=passphrase)
    text = str(done.get("bundle_age") or f"{done['bundle_b64']}\n")
    if options.out is None:
        sys.stdout.write(text)
    else:
        write_bundle(options.out, text)
    kind = "encrypted" if passphrase else "NOT encrypted: it equals a password, keep it like one"
    sys.stderr.write(f"{len(done['files'])} files, {done['bytes']} bytes, {kind}\n")
    return 0


async def _import(launch: LaunchOptions, options: argparse.Namespace) -> int:
    data = read_bundle(options.file)
    key = "bundle_age" if is_sealed(data) else "bundle_b64"
    if not is_sealed(data):
        unpack(data)
    body: dict[str, Any] = {
        key: bundle_text(data),
        "passphrase": _passphrase(options),
        "replace": options.replace,
        "dry_run": options.dry_run,
    }
    async with internal_calls(launch, options.instance) as calls:
        done = await calls.post("session/import", options.instance, **body)
    for each in done["changes"]:
        sys.stdout.write(f"{each['change']:8} {each['file']}\n")
    sys.stderr.write(
        "nothing was changed (dry run)\n"
        if options.dry_run
        else f"{options.instance} is signed in\n"
    )
    return 0


def _inspect(file: Path, passphrase: str) -> int:
    data = read_bundle(file)
    sealed = is_sealed(data)
    files = unpack(unseal(data, passphrase) if sealed else data)
    sys.stdout.write(f"{'encrypted' if sealed else 'plain'} bundle, {len(files)} files\n")
    for name, content in files.items():
        sys.stdout.write(f"{len(content):8} {name}\n")
    return 0


def _passphrase(options: argparse.Namespace) -> str:
    """The first line of the file that was named."""
    return first_line(options.passphrase_file, "--passphrase-file")
