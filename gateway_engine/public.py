"""The engine's public names: all that the desktop may import of it."""

from gateway_engine.accounts.credentials import (
    LocalSecrets,
    SecretStorage,
    load_or_create_secrets,
)
from gateway_engine.config import LoadedSettings, Origin, Settings, SettingsError
from gateway_engine.conversation import Change, InstanceName, ModelId, RequestId, SessionUse
from gateway_engine.engine import Engine
from gateway_engine.errors import GatewayError
from gateway_engine.event_log import DEMO_NOTICE, EventLog, log_what_is_odd
from gateway_engine.events import (
    Emit,
    EngineEvent,
    InstallChanged,
    InstallState,
    InstanceChanged,
    InstanceState,
    InstanceStatus,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    PrintedLine,
    RequestFinished,
    RequestProgressed,
    RequestRecorded,
    RequestRouted,
    RequestStarted,
    SignInChanged,
    SignInPrinted,
    SignInState,
    SignInStatus,
)
from gateway_engine.inspector.curl import curl
from gateway_engine.inspector.har import har
from gateway_engine.inspector.query import RecordPage, RecordQuery, Survey
from gateway_engine.inspector.record import Details, Exchange, Frame, KeptText, Record, Summary
from gateway_engine.log import Redaction, configure_logging
from gateway_engine.paths import Paths, app_paths
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare, require_keys_off_loopback
from gateway_engine.running import AlreadyRunningError, DataLock, read_running
from gateway_engine.settings_file import ensure_settings_file
from gateway_engine.tasks import TaskOwner
from gateway_engine.version import __version__

__all__ = [
    "DEMO_NOTICE",
    "AlreadyRunningError",
    "Change",
    "DataLock",
    "Details",
    "Emit",
    "Engine",
    "EngineEvent",
    "EnginePlan",
    "EventLog",
    "Exchange",
    "Frame",
    "GatewayError",
    "InstallChanged",
    "InstallState",
    "InstanceChanged",
    "InstanceName",
    "InstanceState",
    "InstanceStatus",
    "KeptText",
    "LaunchOptions",
    "ListenerFailed",
    "ListenerStarted",
    "ListenerStopped",
    "LoadedSettings",
    "LocalSecrets",
    "ModelId",
    "Origin",
    "Paths",
    "PrintedLine",
    "Record",
    "RecordPage",
    "RecordQuery",
    "Redaction",
    "RequestFinished",
    "RequestId",
    "RequestProgressed",
    "RequestRecorded",
    "RequestRouted",
    "RequestStarted",
    "SecretStorage",
    "SessionUse",
    "Settings",
    "SettingsError",
    "SignInChanged",
    "SignInPrinted",
    "SignInState",
    "SignInStatus",
    "Summary",
    "Survey",
    "TaskOwner",
    "__version__",
    "app_paths",
    "configure_logging",
    "curl",
    "ensure_settings_file",
    "har",
    "load_or_create_secrets",
    "log_what_is_odd",
    "prepare",
    "read_running",
    "require_keys_off_loopback",
]
