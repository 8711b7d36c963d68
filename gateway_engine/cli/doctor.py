"""`lingma-gateway doctor`: what was found on this machine, and what to do about what was not."""

import os
import sys
from dataclasses import asdict
from pathlib import Path

from gateway_engine import json_text
from gateway_engine.config import SettingsError
from gateway_engine.examination import Check, examine
from gateway_engine.log import Redaction
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare, require_keys_off_loopback
from gateway_engine.setting_secrets import secret_values
from gateway_engine.support_bundle import support_files, write_bundle
from gateway_engine.version import __version__

EXIT_FAILED = 1


def doctor(options: LaunchOptions, *, as_json: bool, bundle: Path | None = None) -> int:
    """Print what was found; 1 when nothing can answer, wrong settings included.

    `bundle`: write the support bundle there too; what it holds is said on stderr.
    """
    plan = None
    try:
        plan = prepare(options, environ=os.environ, cwd=Path.cwd())
        require_keys_off_loopback(plan.settings)
        checks = examine(plan)
    except SettingsError as error:
        checks = [Check("settings", False, str(error), "correct this setting first", fatal=True)]
    healthy = not any(check.fatal and not check.ok for check in checks)
    if as_json:
        report = {
            "ok": healthy,
            "version": __version__,
            "upstream": plan.upstream if plan is not None and plan.instances else None,
            "checks": [asdict(check) for check in checks],
        }
        sys.stdout.write(json_text.render(report).decode() + "\n")
    else:
        for check in checks:
            mark = "ok  " if check.ok else "FAIL" if check.fatal else "warn"
            sys.stdout.write(f"{mark}  {check.name}: {check.detail}\n")
            for place in check.places:
                sys.stdout.write(f"      not at {place}\n")
            if check.action:
                sys.stdout.write(f"      -> {check.action}\n")
    is_written = bundle is None or _write_bundle(bundle, plan, checks)
    return 0 if healthy and is_written else EXIT_FAILED


def _write_bundle(file: Path, plan: EnginePlan | None, checks: list[Check]) -> bool:
    if plan is None:
        sys.stderr.write("lingma-gateway: no bundle: correct the settings first\n")
        return False
    files = support_files(plan, checks=checks, hide=Redaction(secret_values(plan.settings)).cut)
    try:
        write_bundle(file, files)
    except OSError as error:
        sys.stderr.write(f"lingma-gateway: cannot write {file}: {error.strerror}\n")
        return False
    names = ", ".join(each.name for each in files)
    sys.stderr.write(f"lingma-gateway: {file} holds {names}\n")
    return True
