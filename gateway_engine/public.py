"""The engine's public names: all that the desktop may import of it."""

from gateway_engine.account_side import AccountSide, AccountsKnown
from gateway_engine.accounts.bundle_file import BundleFacts
from gateway_engine.accounts.carrying import Carrying
from gateway_engine.accounts.credentials import (
    LocalSecrets,
    SecretStorage,
    keep_in_file,
    load_or_create_secrets,
)
from gateway_engine.accounts.desk import Exported, Imported
from gateway_engine.accounts.login_files import FileChange
from gateway_engine.accounts.ways_in import WaysIn
from gateway_engine.accounts.window_sign_in import (
    WINDOW_CLOSED,
    WINDOW_HANDED_OVER,
    WINDOW_MARK,
    WindowProgram,
)
from gateway_engine.atomic_file import write_private
from gateway_engine.backpressure import BackPressureStats
from gateway_engine.call_aside import call_aside
from gateway_engine.config import (
    Effect,
    Group,
    LoadedSettings,
    Origin,
    Settings,
    SettingsError,
    Shape,
)
from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import Client, Paste
from gateway_engine.connect.client_keys import ID_PREFIX as CLIENT_ID_PREFIX
from gateway_engine.connect.connections import (
    Change as ClientChange,
)
from gateway_engine.connect.connections import (
    ConnectError,
)
from gateway_engine.connect.connections import (
    State as ClientState,
)
from gateway_engine.connect.connections import (
    Status as ClientStatus,
)
from gateway_engine.connect.desk import ClientView, Deed, Pasted, client_pastes
from gateway_engine.connect.golden import PROBES
from gateway_engine.connect.surroundings import Hint, HintCode
from gateway_engine.conversation import Change, InstanceName, ModelId, RequestId, SessionUse
from gateway_engine.engine import Engine
from gateway_engine.engine_report import (
    EngineStats,
    InstanceVitals,
    LogTail,
    SmokeReport,
    Vitals,
)
from gateway_engine.errors import GatewayError, Refusal
from gateway_engine.event_log import DEMO_NOTICE, EventLog, log_what_is_odd
from gateway_engine.events import (
    SMOKE_STEPS,
    ClientChecked,
    Emit,
    EngineEvent,
    HistoryNote,
    HistoryNoted,
    HistoryTidied,
    InstallChanged,
    InstallState,
    InstanceChanged,
    InstanceRemoved,
    InstanceState,
    InstanceStatus,
    InstanceTested,
    LifeEvent,
    LifeStep,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    PrintedLine,
    ProbeResult,
    ProbeState,
    QuotaSpent,
    RequestFinished,
    RequestProgressed,
    RequestRecorded,
    RequestRefused,
    RequestRouted,
    RequestStarted,
    SettingsApplied,
    SignInBegan,
    SignInChanged,
    SignInPrinted,
    SignInState,
    SignInStatus,
    SmokeStep,
)
from gateway_engine.garbage import exempt_loaded_modules
from gateway_engine.importing import Importing, ImportPreview, Replaced, text_of_import
from gateway_engine.inspector.asked_text import AskedText, asked_texts
from gateway_engine.inspector.call_results import results_of
from gateway_engine.inspector.conversation_view import (
    ConversationView,
    Mark,
    PairedCall,
    ShownMessage,
    message_text,
    messages_of,
    parts_of,
    text_of,
    view_conversation,
)
from gateway_engine.inspector.curl import curl
from gateway_engine.inspector.exports import Export, ExportKind, export
from gateway_engine.inspector.har import har
from gateway_engine.inspector.page_words import PROTOCOL_NAMES, PageWords
from gateway_engine.inspector.query import RecordPage, RecordQuery, Survey
from gateway_engine.inspector.record import (
    SEARCHED_CHARS,
    Details,
    Exchange,
    Frame,
    KeptText,
    Record,
    Summary,
    search_words,
)
from gateway_engine.inspector.replay import PROTOCOLS as REPLAY_PROTOCOLS
from gateway_engine.inspector.replay import NotReplayableError, Replay, replay, why_not
from gateway_engine.inspector.sent_answer import AnswerReader, SentAnswer, SentCall, read_answer
from gateway_engine.inspector.snippets import javascript, python
from gateway_engine.inspector.stalls import STALL_MS, Phase, PhaseKind, Span, TurnTimes, turn_times
from gateway_engine.instances_edit import InstanceEntry, InstanceMove
from gateway_engine.json_text import InvalidJsonError, render_indented
from gateway_engine.json_text import parse as parse_json
from gateway_engine.live_settings import Difference
from gateway_engine.log import Redaction, configure_logging, set_level
from gateway_engine.own_program import (
    enter_the_bundle,
    foreign_environment,
    is_built,
    own_command,
    own_environment,
    this_program,
)
from gateway_engine.paths import Paths, app_paths
from gateway_engine.plan import (
    EnginePlan,
    LaunchOptions,
    instance_refusal,
    prepare,
    require_keys_off_loopback,
)
from gateway_engine.programs import Programs, ProgramsKnown
from gateway_engine.pulse import Pulse
from gateway_engine.running import AlreadyRunningError, DataLock, read_running
from gateway_engine.saving import Saved
from gateway_engine.sessions.cache import SessionCacheStats
from gateway_engine.setting_secrets import without_secrets
from gateway_engine.setting_specs import SettingSpec, setting_specs
from gateway_engine.setting_values import (
    AccountSettings,
    InstanceSettings,
    SettingProblem,
    Wrong,
    check_instance,
    check_instances,
    problem_of,
)
from gateway_engine.settings_desk import SettingsDesk, SettingState, SettingsView
from gateway_engine.settings_edit import SettingsChange
from gateway_engine.settings_file import ensure_settings_file, upgrade_settings_file
from gateway_engine.splicing.line_blocks import Block, changed_blocks
from gateway_engine.support_bundle import SupportFile, write_bundle
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.kinds import known_kinds, programs_on_path
from gateway_engine.upstreams.lingma.install.installation import ChosenKind, examine_chosen
from gateway_engine.upstreams.lingma.install.shelf import Installed
from gateway_engine.upstreams.processes.usage import ProcessUsage
from gateway_engine.version import __version__

__all__ = [
    "CLIENTS",
    "CLIENT_ID_PREFIX",
    "DEMO_NOTICE",
    "PROBES",
    "PROTOCOL_NAMES",
    "REPLAY_PROTOCOLS",
    "SEARCHED_CHARS",
    "SMOKE_STEPS",
    "STALL_MS",
    "WINDOW_CLOSED",
    "WINDOW_HANDED_OVER",
    "WINDOW_MARK",
    "AccountSettings",
    "AccountSide",
    "AccountsKnown",
    "AlreadyRunningError",
    "AnswerReader",
    "AskedText",
    "BackPressureStats",
    "Block",
    "BundleFacts",
    "Carrying",
    "Change",
    "ChosenKind",
    "Client",
    "ClientChange",
    "ClientChecked",
    "ClientState",
    "ClientStatus",
    "ClientView",
    "ConnectError",
    "ConversationView",
    "DataLock",
    "Deed",
    "Details",
    "Difference",
    "Effect",
    "Emit",
    "Engine",
    "EngineEvent",
    "EnginePlan",
    "EngineStats",
    "EventLog",
    "Exchange",
    "Export",
    "ExportKind",
    "Exported",
    "FileChange",
    "Frame",
    "GatewayError",
    "Group",
    "Hint",
    "HintCode",
    "HistoryNote",
    "HistoryNoted",
    "HistoryTidied",
    "ImportPreview",
    "Imported",
    "Importing",
    "InstallChanged",
    "InstallState",
    "Installed",
    "InstanceChanged",
    "InstanceEntry",
    "InstanceMove",
    "InstanceName",
    "InstanceRemoved",
    "InstanceSettings",
    "InstanceState",
    "InstanceStatus",
    "InstanceTested",
    "InstanceVitals",
    "InvalidJsonError",
    "KeptText",
    "LaunchOptions",
    "LifeEvent",
    "LifeStep",
    "ListenerFailed",
    "ListenerStarted",
    "ListenerStopped",
    "LoadedSettings",
    "LocalSecrets",
    "LogTail",
    "Mark",
    "ModelId",
    "NotReplayableError",
    "Origin",
    "PageWords",
    "PairedCall",
    "Paste",
    "Pasted",
    "Paths",
    "Phase",
    "PhaseKind",
    "PrintedLine",
    "ProbeResult",
    "ProbeState",
    "ProcessUsage",
    "Programs",
    "ProgramsKnown",
    "Pulse",
    "QuotaSpent",
    "Record",
    "RecordPage",
    "RecordQuery",
    "Redaction",
    "Refusal",
    "Replaced",
    "Replay",
    "RequestFinished",
    "RequestId",
    "RequestProgressed",
    "RequestRecorded",
    "RequestRefused",
    "RequestRouted",
    "RequestStarted",
    "Saved",
    "SecretStorage",
    "SentAnswer",
    "SentCall",
    "SessionCacheStats",
    "SessionUse",
    "SettingProblem",
    "SettingSpec",
    "SettingState",
    "Settings",
    "SettingsApplied",
    "SettingsChange",
    "SettingsDesk",
    "SettingsError",
    "SettingsView",
    "Shape",
    "ShownMessage",
    "SignInBegan",
    "SignInChanged",
    "SignInPrinted",
    "SignInState",
    "SignInStatus",
    "SmokeReport",
    "SmokeStep",
    "Span",
    "Summary",
    "SupportFile",
    "Survey",
    "TaskOwner",
    "TurnTimes",
    "Vitals",
    "WaysIn",
    "WindowProgram",
    "Wrong",
    "__version__",
    "app_paths",
    "asked_texts",
    "call_aside",
    "changed_blocks",
    "check_instance",
    "check_instances",
    "client_pastes",
    "configure_logging",
    "curl",
    "ensure_settings_file",
    "enter_the_bundle",
    "examine_chosen",
    "exempt_loaded_modules",
    "export",
    "foreign_environment",
    "har",
    "instance_refusal",
    "is_built",
    "javascript",
    "keep_in_file",
    "known_kinds",
    "load_or_create_secrets",
    "log_what_is_odd",
    "message_text",
    "messages_of",
    "own_command",
    "own_environment",
    "parse_json",
    "parts_of",
    "prepare",
    "problem_of",
    "programs_on_path",
    "python",
    "read_answer",
    "read_running",
    "render_indented",
    "replay",
    "require_keys_off_loopback",
    "results_of",
    "search_words",
    "set_level",
    "setting_specs",
    "text_of",
    "text_of_import",
    "this_program",
    "turn_times",
    "upgrade_settings_file",
    "view_conversation",
    "why_not",
    "without_secrets",
    "write_bundle",
    "write_private",
]
