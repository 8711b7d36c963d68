"""What settings are called and what they do, in the user's language. Keys are the model's names."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.sentences import listed
from desktop.setting_choices import choice_title
from gateway_engine.public import Effect, Group, SettingProblem, SettingSpec, Wrong

translate: Final = QCoreApplication.translate


def title(name: str) -> str:
    """What a setting is called."""
    return _titles().get(name, name)


def about(name: str) -> str:
    """What it does, in a line or two."""
    return _abouts().get(name, "")


def group_title(group: Group) -> str:
    """The heading of a group."""
    return {
        Group.ENDPOINT: translate("SettingGroups", "Endpoint"),
        Group.ACCESS: translate("SettingGroups", "Access"),
        Group.MODELS: translate("SettingGroups", "Models"),
        Group.TOOLS: translate("SettingGroups", "Tools"),
        Group.LIMITS: translate("SettingGroups", "Limits and waiting times"),
        Group.SESSIONS: translate("SettingGroups", "Sessions"),
        Group.HISTORY: translate("SettingGroups", "History and log"),
        Group.LINGMA: translate("SettingGroups", "Lingma"),
        Group.ACCOUNTS: translate("SettingGroups", "Signing in"),
        Group.PROGRAM: translate("SettingGroups", "Fetching the program"),
        Group.INSTANCES: translate("SettingGroups", "Instances"),
    }[group]


def unit(name: str, count: float) -> str:
    """What follows a number."""
    if name == "days" and count == 1:
        return translate("SettingUnits", " day")
    return {
        "s": translate("SettingUnits", " s"),
        "bytes": translate("SettingUnits", " bytes"),
        "MB": translate("SettingUnits", " MB"),
        "days": translate("SettingUnits", " days"),
    }.get(name, "")


def effect(which: Effect) -> str:
    """When changes of this kind count, as a sentence."""
    return {
        Effect.LIVE: translate("Settings", "Takes effect at once."),
        Effect.LISTENER: translate(
            "Settings", "The endpoint moves; answers on their way end where they began."
        ),
        Effect.INSTANCES: translate(
            "Settings", "Instances that this concerns start, or start again after their answers."
        ),
        Effect.APP: translate("Settings", "Takes effect at the next start of the application."),
    }[which]


def problem(spec: SettingSpec, wrong: SettingProblem) -> str:
    """Why a value cannot be saved."""
    low, high = QLocale().toString(int(wrong.low)), QLocale().toString(int(wrong.high or 0))
    match wrong.code:
        case Wrong.TOO_SMALL:
            return translate("Settings", "At least {low}.").format(low=low)
        case Wrong.OUT_OF_RANGE:
            return translate("Settings", "Between {low} and {high}.").format(low=low, high=high)
        case Wrong.NO_CHOICE:
            return translate("Settings", "One of: {choices}.").format(
                choices=listed(choice_title(spec.name, each) for each in spec.choices)
            )
        case Wrong.EMPTY:
            return translate("Settings", "This may not be empty.")
        case Wrong.NO_WHOLE_NUMBER | Wrong.NO_NUMBER:
            return translate("Settings", "A number is needed here.")
        case Wrong.NO_PAIRS:
            return translate("Settings", "Each line is NAME = MODEL.")
        case _:
            return problem_words(wrong)


def problem_words(wrong: SettingProblem) -> str:
    """The same where it does not matter which setting it is."""
    match wrong.code:
        case Wrong.NO_ORIGIN:
            return translate(
                "Settings",
                "Each line is an origin without a path: https://example.com, or tauri: for an app.",
            )
        case Wrong.NO_HOST:
            return translate(
                "Settings", "A name or an address is needed here, without https://, port or path."
            )
        case Wrong.NO_URL:
            return translate("Settings", "This must begin with https:// or http://.")
        case Wrong.NO_KEY:
            return translate(
                "Settings", "A key is one line, without characters that cannot be seen."
            )
        case Wrong.NO_COMMAND:
            return translate("Settings", "An agent needs a command: enter its program.")
        case Wrong.NO_LOGIN:
            return translate("Settings", "A quote is not closed in the sign-in command.")
        case Wrong.TOO_MANY:
            return translate("Settings", "At most {high} instances.").format(
                high=int(wrong.high or 0)
            )
        case Wrong.SAME_NAME:
            return translate("Settings", "Two instances have the same name.")
        case _:
            return translate("Settings", "This cannot be read: {words}.").format(words=str(wrong))


def _titles() -> dict[str, str]:
    return {
        "host": translate("SettingTitles", "Address"),
        "port": translate("SettingTitles", "Port"),
        "api_keys": translate("SettingTitles", "API keys"),
        "admin_token": translate("SettingTitles", "Admin token"),
        "metrics_token": translate("SettingTitles", "Metrics token"),
        "metrics_public": translate("SettingTitles", "Metrics for everybody"),
        "allowed_hosts": translate("SettingTitles", "Further host names"),
        "cors_origins": translate("SettingTitles", "Pages that may call"),
        "ollama_auth": translate("SettingTitles", "Key for Ollama's API"),
        "max_body_bytes": translate("SettingTitles", "Largest request"),
        "log_level": translate("SettingTitles", "Log level"),
        "default_model": translate("SettingTitles", "Default model"),
        "model_aliases": translate("SettingTitles", "Model names"),
        "default_ask_mode": translate("SettingTitles", "Lingma's own tools"),
        "tool_forward_enabled": translate("SettingTitles", "Hand tools on"),
        "tool_approval": translate("SettingTitles", "When Lingma calls its tools"),
        "tool_park_timeout_sec": translate("SettingTitles", "Wait for tool results"),
        "gateway_max_in_flight": translate("SettingTitles", "Answers at once"),
        "gateway_max_queue": translate("SettingTitles", "Waiting requests"),
        "gateway_queue_timeout_sec": translate("SettingTitles", "Longest wait"),
        "first_token_timeout_sec": translate("SettingTitles", "First words within"),
        "idle_timeout_sec": translate("SettingTitles", "Longest silence"),
        "total_timeout_sec": translate("SettingTitles", "Longest answer"),
        "heartbeat_sec": translate("SettingTitles", "Sign of life"),
        "session_reuse_enabled": translate("SettingTitles", "Go on in sessions"),
        "session_cache_max_entries": translate("SettingTitles", "Remembered sessions"),
        "session_cache_ttl_sec": translate("SettingTitles", "Remember sessions for"),
        "record_bodies": translate("SettingTitles", "Keep what was said"),
        "record_max_mb": translate("SettingTitles", "Size of the history"),
        "record_max_days": translate("SettingTitles", "Age of the history"),
        "lingma_bin": translate("SettingTitles", "Lingma program"),
        "lingma_work_dir": translate("SettingTitles", "Its folder"),
        "lingma_socket_port": translate("SettingTitles", "Its port"),
        "lingma_startup_timeout": translate("SettingTitles", "Start within"),
        "lingma_rpc_timeout": translate("SettingTitles", "Reply within"),
        "lingma_instance_count": translate("SettingTitles", "Instances"),
        "lingma_accounts": translate("SettingTitles", "Accounts"),
        "lingma_username": translate("SettingTitles", "Account name"),
        "lingma_password": translate("SettingTitles", "Password"),
        "lingma_session_bundle": translate("SettingTitles", "Login bundle"),
        "lingma_session_bundle_file": translate("SettingTitles", "Login bundle file"),
        "auto_login_enabled": translate("SettingTitles", "Sign in automatically"),
        "auto_login_headless": translate("SettingTitles", "Without a window"),
        "auto_login_timeout": translate("SettingTitles", "Sign in within"),
        "auto_login_max_retry": translate("SettingTitles", "Further attempts"),
        "auto_login_selectors_file": translate("SettingTitles", "Names of fields"),
        "passphrase_file": translate("SettingTitles", "Passphrase of passwords"),
        "lingma_auto_memory": translate("SettingTitles", "Lingma's memory"),
        "lingma_delete_sessions": translate("SettingTitles", "Tidy Lingma's history"),
        "lingma_source_type": translate("SettingTitles", "Fetch the program from"),
        "lingma_marketplace_url": translate("SettingTitles", "Marketplace"),
        "lingma_marketplace_publisher": translate("SettingTitles", "Publisher"),
        "lingma_marketplace_extension": translate("SettingTitles", "Extension"),
        "lingma_vsix_url": translate("SettingTitles", "VSIX address"),
        "lingma_vsix_sha256": translate("SettingTitles", "VSIX checksum"),
        "lingma_bootstrap_always": translate("SettingTitles", "Look for a newer program"),
        "lingma_force_refresh": translate("SettingTitles", "Fetch the program anew"),
        "dedicated_domain_url": translate("SettingTitles", "Enterprise domain"),
        "instances": translate("SettingTitles", "Instances of your own"),
    }


def _abouts() -> dict[str, str]:
    return {
        "host": translate(
            "SettingHelp",
            "Where the endpoint listens. 127.0.0.1 keeps it on this computer; "
            "0.0.0.0 lets other computers in, with a key.",
        ),
        "port": translate("SettingHelp", "Clients find the gateway here. 0 takes any free port."),
        "api_keys": translate(
            "SettingHelp",
            "Keys that clients may use besides the desktop's own, one a line.",
        ),
        "admin_token": translate(
            "SettingHelp",
            "Opens the internal routes for programs that look after the gateway.",
        ),
        "metrics_token": translate(
            "SettingHelp",
            "Opens the figures for Prometheus. Empty: an API key does.",
        ),
        "metrics_public": translate(
            "SettingHelp",
            "Shows the figures without a key, where there is no key at all.",
        ),
        "allowed_hosts": translate(
            "SettingHelp",
            "Names that clients may call this computer by, one a line.",
        ),
        "cors_origins": translate(
            "SettingHelp",
            "Origins of web pages and apps, one a line: https://example.com or tauri:.",
        ),
        "ollama_auth": translate(
            "SettingHelp",
            "Whether clients that speak Ollama's protocol need a key.",
        ),
        "max_body_bytes": translate("SettingHelp", "Requests above this size are refused."),
        "log_level": translate(
            "SettingHelp",
            "How much is written into the log file. Debug writes the most.",
        ),
        "default_model": translate(
            "SettingHelp",
            "Answers when a client names a model that nobody knows. Empty: Lingma's own choice.",
        ),
        "model_aliases": translate(
            "SettingHelp",
            "Other names for models, one a line: gpt-4o = kmodel. A * stands for anything.",
        ),
        "default_ask_mode": translate(
            "SettingHelp",
            "Lets Lingma use its own tools in every request, at about 69,000 tokens each.",
        ),
        "tool_forward_enabled": translate(
            "SettingHelp",
            "Also gives the client's tools to Lingma and agents, which then call them natively.",
        ),
        "tool_approval": translate(
            "SettingHelp",
            "Refusing tells the model why. Otherwise they run on this computer, "
            "shell commands too.",
        ),
        "tool_park_timeout_sec": translate(
            "SettingHelp",
            "How long an answer waits for the client to run its tools. 0: no limit.",
        ),
        "gateway_max_in_flight": translate(
            "SettingHelp",
            "How many requests are answered at the same time. 0: no limit.",
        ),
        "gateway_max_queue": translate(
            "SettingHelp",
            "How many may wait for their turn; more are told to come back.",
        ),
        "gateway_queue_timeout_sec": translate(
            "SettingHelp",
            "How long a request waits for its turn or for an instance. 0: no limit.",
        ),
        "first_token_timeout_sec": translate(
            "SettingHelp",
            "How long the first words of an answer may take. 0: no limit.",
        ),
        "idle_timeout_sec": translate("SettingHelp", "How long an answer may pause. 0: no limit."),
        "total_timeout_sec": translate(
            "SettingHelp", "How long a whole answer may take. 0: no limit."
        ),
        "heartbeat_sec": translate(
            "SettingHelp",
            "A stream that is silent for so long sends a sign of life. 0: never.",
        ),
        "session_reuse_enabled": translate(
            "SettingHelp", "Follow-up requests send only what is new."
        ),
        "session_cache_max_entries": translate(
            "SettingHelp", "How many conversations can be gone on with."
        ),
        "session_cache_ttl_sec": translate(
            "SettingHelp", "How long they can be gone on with. 0: no limit."
        ),
        "record_bodies": translate("SettingHelp", "Off: the history holds figures only, no texts."),
        "record_max_mb": translate(
            "SettingHelp",
            "The oldest requests go when it grows above this. 0: no limit.",
        ),
        "record_max_days": translate("SettingHelp", "Requests older than this go. 0: no limit."),
        "lingma_bin": translate("SettingHelp", "Empty: the one that is found on this computer."),
        "lingma_work_dir": translate(
            "SettingHelp",
            "Holds its login and its logs. Empty: in the data folder.",
        ),
        "lingma_socket_port": translate(
            "SettingHelp", "The WebSocket port of the first instance. 0: any."
        ),
        "lingma_startup_timeout": translate(
            "SettingHelp", "How long the program may take to start. 0: no limit."
        ),
        "lingma_rpc_timeout": translate(
            "SettingHelp", "How long one of its replies may take. 0: no limit."
        ),
        "lingma_instance_count": translate(
            "SettingHelp", "How many Lingma processes run beside each other."
        ),
        "lingma_accounts": translate(
            "SettingHelp",
            "One instance each, one a line: name:password. Vendors may ban "
            "accounts that are pooled: use only your own.",
        ),
        "lingma_username": translate(
            "SettingHelp", "Of the one account that is signed in automatically."
        ),
        "lingma_password": translate(
            "SettingHelp",
            "Better kept in the system's keyring: sign in under Accounts.",
        ),
        "lingma_session_bundle": translate(
            "SettingHelp",
            "A login to put in place at the start, when there is none.",
        ),
        "lingma_session_bundle_file": translate("SettingHelp", "The same, from a file."),
        "auto_login_enabled": translate(
            "SettingHelp", "Where there is a password, with an installed browser."
        ),
        "auto_login_headless": translate("SettingHelp", "The browser that signs in stays hidden."),
        "auto_login_timeout": translate("SettingHelp", "How long one attempt may take."),
        "auto_login_max_retry": translate(
            "SettingHelp", "After the first. A wrong password is never tried twice."
        ),
        "auto_login_selectors_file": translate(
            "SettingHelp",
            "A TOML or JSON file that names fields which are not found by themselves.",
        ),
        "passphrase_file": translate(
            "SettingHelp",
            "A file whose first line encrypts remembered passwords where there is no keyring, and "
            "opens encrypted login bundles of the settings.",
        ),
        "lingma_auto_memory": translate(
            "SettingHelp", "Lets Lingma remember things across conversations."
        ),
        "lingma_delete_sessions": translate(
            "SettingHelp",
            "Deletes conversations there when nobody goes on in them.",
        ),
        "lingma_source_type": translate(
            "SettingHelp",
            "The marketplace of VS Code, or the address of a VSIX file.",
        ),
        "lingma_marketplace_url": translate("SettingHelp", "Its https address."),
        "lingma_marketplace_publisher": translate(
            "SettingHelp", "Of the extension that holds the program."
        ),
        "lingma_marketplace_extension": translate("SettingHelp", "Its name in the marketplace."),
        "lingma_vsix_url": translate(
            "SettingHelp", "An https address, used in place of the marketplace."
        ),
        "lingma_vsix_sha256": translate("SettingHelp", "The SHA-256 that the file must have."),
        "lingma_bootstrap_always": translate(
            "SettingHelp", "At every start of a gateway without a window."
        ),
        "lingma_force_refresh": translate(
            "SettingHelp", "At every start of a gateway without a window."
        ),
        "dedicated_domain_url": translate(
            "SettingHelp", "The address of your company's own Lingma."
        ),
        "instances": translate(
            "SettingHelp",
            "Lingma processes and agents that are listed in the settings file.",
        ),
    }
