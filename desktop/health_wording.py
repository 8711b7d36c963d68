"""The health of instances in the user's language: what they are, what befell them, figures."""

import signal
import time

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from desktop import remedies, wording
from gateway_engine.public import InstanceState, InstanceStatus, LifeEvent, LifeStep, ProcessUsage

translate = QCoreApplication.translate

MEGABYTE = 1024 * 1024


def instance_title(status: InstanceStatus) -> str:
    """The instance in a word or two, doubts included."""
    if status.stopped:
        return translate("Instance", "Stopped by you")
    if status.silent_since:
        return translate("Instance", "Not answering")
    if status.out_of_quota is not None and status.state is InstanceState.READY:
        return translate("Instance", "Out of quota")
    return wording.instance_state(status.state)


def instance_age(status: InstanceStatus, now: float | None = None) -> str:
    """Since when that is so, and when the next try comes, where one is planned."""
    present = time.time() if now is None else now
    at = status.silent_since or (
        status.out_of_quota.at if status.out_of_quota is not None else status.since
    )
    text = wording.since(at, present)
    if status.silent_since:
        seconds = max(1, round(present - status.silent_since))
        text = translate("Time", "for {n} s").format(n=seconds)
    elif status.retry_at > present:
        seconds = max(1, round(status.retry_at - present))
        again = translate("Health", "next try in {n} s").format(n=seconds)
        text = f"{text} · {again}"
    return text


def program(status: InstanceStatus) -> str:
    """What kind of program it is, and its version where it tells one."""
    kind, version = wording.instance_kind(status.kind), status.upstream_version
    return version if version.startswith(kind) else f"{kind} {version}".rstrip()


def account(status: InstanceStatus) -> str:
    """Who is signed in, and the kind of account where upstream says it."""
    if status.account:
        return f"{status.account} ({status.plan})" if status.plan else status.account
    if status.state is InstanceState.NEEDS_LOGIN:
        return translate("Health", "not signed in")
    if status.logged_in:
        return translate("Health", "signed in, no name told")
    return translate("Health", "unknown")


def quota(status: InstanceStatus) -> str:
    """What upstream says of the quota, and when it was last seen spent."""
    if status.out_of_quota is not None:
        return translate("Health", "spent at {time}; asked again from {until}").format(
            time=wording.clock(status.out_of_quota.at),
            until=wording.clock(status.out_of_quota.until),
        )
    return status.quota or translate("Health", "unknown")


def process(pid: int, usage: ProcessUsage | None) -> str:
    """The process and what it takes."""
    if not pid:
        return translate("Health", "none")
    parts = [translate("Health", "pid {pid}").format(pid=pid)]
    if usage is not None:
        locale = QLocale()
        if usage.cpu_percent is not None:
            percent = locale.toString(usage.cpu_percent, "f", 1)
            parts.append(translate("Health", "{percent}% CPU").format(percent=percent))
        size = locale.toString(round(usage.memory_bytes / MEGABYTE))
        parts.append(translate("Health", "{size} MB").format(size=size))
        if usage.processes > 1:
            parts.append(translate("Health", "{n} processes").format(n=usage.processes))
    return " · ".join(parts)


def moment(at: float) -> str:
    """A time of today, with seconds; an earlier day's with its date."""
    when = QDateTime.fromSecsSinceEpoch(int(at))
    if when.date() != QDate.currentDate():
        return wording.clock(at, with_date=True)
    return QLocale().toString(when.time(), "HH:mm:ss")


def life(event: LifeEvent) -> str:
    """One thing that happened to an instance."""
    match event.step:
        case LifeStep.STARTED:
            if event.detail:
                return translate("Life", "Started: {version}").format(version=event.detail)
            return translate("Life", "Started")
        case LifeStep.START_FAILED:
            why = remedies.for_instance(event.code, "").words.title
            if not event.detail:
                return translate("Life", "Could not start. {why}").format(why=why)
            return translate("Life", "Could not start. {why}: {detail}").format(
                why=why, detail=event.detail
            )
        case LifeStep.ENDED:
            return _ended(event)
        case LifeStep.SILENT:
            return translate("Life", "Stopped answering")
        case LifeStep.ANSWERS:
            return translate("Life", "Answers again")
        case LifeStep.HUNG:
            return translate("Life", "Gave no sign of life for too long: restarted")
        case LifeStep.SIGNED_IN:
            if event.detail:
                return translate("Life", "Signed in: {account}").format(account=event.detail)
            return translate("Life", "Signed in")
        case LifeStep.SIGNED_OUT:
            if event.code == "login_required":
                return translate("Life", "No longer signed in")
            return remedies.for_instance(event.code, "").words.title
        case LifeStep.QUOTA_SPENT:
            return translate("Life", "Refused a request: out of quota")
        case LifeStep.QUOTA_BACK:
            return translate("Life", "Answers again: quota is back")
        case LifeStep.RESTART_ASKED:
            return translate("Life", "You restarted it")
        case LifeStep.STOP_ASKED:
            return translate("Life", "You stopped it")
        case LifeStep.SETTINGS_CHANGED:
            return translate("Life", "Restarted for changed settings")
        case LifeStep.START_ASKED:
            return translate("Life", "You started it")


def reason(event: LifeEvent) -> str:
    """The same, in a word or two."""
    if event.step is LifeStep.START_FAILED:
        return translate("Life", "Could not start")
    return life(event)


def _ended(event: LifeEvent) -> str:
    if event.code == "connection_lost":
        return translate("Life", "The connection was lost")
    if event.exit_code is None:
        return translate("Life", "Ended by itself")
    if event.exit_code < 0:
        return translate("Life", "Ended by {signal}").format(signal=_signal_name(-event.exit_code))
    return translate("Life", "Ended by itself with code {code}").format(code=event.exit_code)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def test_step(name: str) -> str:
    """A step of the test of an instance."""
    return {
        "instance": translate("Health", "It runs"),
        "login": translate("Health", "Its account can be used"),
        "models": translate("Health", "It names its models"),
        "turn": translate("Health", "It answers a short question"),
    }.get(name, name)
