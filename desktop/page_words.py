"""The words of an exported web page, in the window's language."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from desktop import change_wording
from desktop import detail_wording as wording
from desktop.wording import instance_name
from gateway_engine.public import InstanceStatus, PageWords, PhaseKind, Record

translate = QCoreApplication.translate

ROLES = ("system", "developer", "user", "assistant", "tool")
SESSIONS = ("hit", "miss", "off")
ACTIONS = ("dropped", "degraded", "kept_here")


def page_words(records: Sequence[Record], instances: Iterable[InstanceStatus] = ()) -> PageWords:
    """Everything a page of these says. To be called on the UI's thread. `instances` are those of
    today: what they are called.
    """
    kept = [record.details for record in records if record.details is not None]
    changes = [change for details in kept for change in details.changes]
    return PageWords(
        language=QLocale().bcp47Name(),
        one=translate("WebPage", "{protocol} request {id}"),
        several=translate("WebPage", "{n} requests"),
        not_kept=translate("WebPage", "Only the figures of this request were kept."),
        written_by=translate("WebPage", "Written by lingma-gateway {version}."),
        time=translate("WebPage", "Time"),
        client=translate("WebPage", "Client"),
        path=translate("WebPage", "Path"),
        model=translate("WebPage", "Model"),
        instance=translate("WebPage", "Instance"),
        session=translate("WebPage", "Session"),
        status=translate("WebPage", "Status"),
        first_content=translate("WebPage", "First words after"),
        total=translate("WebPage", "Total"),
        tokens=translate("WebPage", "Tokens"),
        removed=translate("WebPage", "Secrets removed from"),
        error=translate("WebPage", "Error"),
        unknown=translate("WebPage", "unknown"),
        none=translate("WebPage", "none"),
        no_content=translate("WebPage", "none came"),
        in_and_out=translate("WebPage", "{n} in, {m} out"),
        milliseconds=translate("WebPage", "{n} ms"),
        from_to=translate("WebPage", "{start} to {end} ms"),
        answer=translate("WebPage", "Answer"),
        reasoning=translate("WebPage", "Reasoning"),
        no_text=translate("WebPage", "No text."),
        call=translate("WebPage", "Call of {tool} ({id})"),
        result_at=translate("WebPage", "Its result: message {n}"),
        no_result=translate("WebPage", "Its result: none yet"),
        conversation=translate("WebPage", "Conversation"),
        no_conversation=translate("WebPage", "The request was refused before it had one."),
        changes=translate("WebPage", "Changes"),
        nothing_changed=translate("WebPage", "Nothing was changed."),
        times=translate("WebPage", "Where the time went"),
        stall=translate("WebPage", "Stall"),
        stall_span=translate("WebPage", "{start} to {end} ms, longer than {most} ms"),
        as_sent=translate("WebPage", "As it was sent"),
        client_sent=translate("WebPage", "Client sent"),
        sent_back=translate("WebPage", "Sent back"),
        to_upstream=translate("WebPage", "{at} ms, to upstream, {size} bytes"),
        from_upstream=translate("WebPage", "{at} ms, from upstream, {size} bytes"),
        frames_left_out=translate("WebPage", "Messages not kept: {n}."),
        cut=translate("WebPage", "Not all of {n} bytes was kept."),
        placing=wording.phase(PhaseKind.PLACING),
        thinking=wording.phase(PhaseKind.THINKING),
        answering=wording.phase(PhaseKind.ANSWERING),
        instances={str(status.name): instance_name(status) for status in instances},
        roles={role: wording.role(role) for role in ROLES},
        sessions={use: wording.session(use) for use in SESSIONS},
        actions={action: change_wording.action(action) for action in ACTIONS},
        reasons={change.code: change_wording.reason(change) for change in changes if change.code},
    )
