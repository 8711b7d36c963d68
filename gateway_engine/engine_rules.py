"""What the settings mean for the engine's parts: their rules, made from one plan."""

from collections.abc import Callable

from gateway_engine.accounts.auto_login import AutoLoginRules, Credentials
from gateway_engine.backpressure import BackPressure
from gateway_engine.chat.native_calls import ToolApproval
from gateway_engine.chat.service import ChatRules
from gateway_engine.config import Settings
from gateway_engine.conversation import InstanceName
from gateway_engine.plan import EnginePlan
from gateway_engine.pool.pool import Pool
from gateway_engine.server.access import AccessRules, Keys, metrics_keys
from gateway_engine.server.service import DoorRules, ServerLimits
from gateway_engine.sessions.cache import OpenSession, SessionCache
from gateway_engine.upstreams.contract import Deadlines


def chat_rules(plan: EnginePlan) -> ChatRules:
    """The settings a chat turn follows."""
    settings = plan.settings
    return ChatRules(
        deadlines=Deadlines(
            first_token_s=settings.first_token_timeout_sec,
            idle_s=settings.idle_timeout_sec,
            total_s=settings.total_timeout_sec,
        ),
        queue_timeout_s=settings.gateway_queue_timeout_sec,
        default_model=settings.default_model,
        aliases=settings.model_aliases,
        agent_mode=settings.default_ask_mode == "agent",
        forward_tools=settings.tool_forward_enabled,
        tool_approval=ToolApproval(settings.tool_approval),
        park_timeout_s=settings.tool_park_timeout_sec,
    )


def back_pressure(plan: EnginePlan, pool: Pool) -> BackPressure:
    """How many turns may run and wait."""
    settings = plan.settings
    return BackPressure(
        max_in_flight=settings.gateway_max_in_flight,
        max_queue=settings.gateway_max_queue,
        queue_timeout_s=settings.gateway_queue_timeout_sec,
        why_idle=pool.absence,
    )


def session_cache(plan: EnginePlan, pool: Pool, clock: Callable[[], float]) -> SessionCache | None:
    """The cache of sessions that are reused, None when none are."""
    settings = plan.settings
    if not settings.session_reuse_enabled:
        return None

    def drop(session: OpenSession) -> None:
        for instance in pool.instances:
            if instance.name == session.instance:
                instance.forget_session(session.session_id)

    return SessionCache(
        max_entries=settings.session_cache_max_entries,
        ttl_s=settings.session_cache_ttl_sec,
        clock=clock,
        on_drop=drop,
    )


def resize(sessions: SessionCache, settings: Settings) -> None:
    """Let the cache be as large as the settings say."""
    sessions.resize(
        max_entries=settings.session_cache_max_entries, ttl_s=settings.session_cache_ttl_sec
    )


def door_rules(
    plan: EnginePlan,
    keys: Keys,
    admin_keys: Keys,
    command_keys: Keys,
    client_keys: Callable[[], Keys],
) -> DoorRules:
    """Who may call, and how much is taken."""
    settings = plan.settings
    access = AccessRules(
        api_keys=keys,
        client_keys=client_keys,
        admin_keys=admin_keys,
        command_keys=command_keys,
        metrics_keys=metrics_keys(settings.metrics_token, keys),
        metrics_public=settings.metrics_public,
        allowed_hosts=settings.allowed_hosts,
        cors_origins=settings.cors_origins,
        bound=(settings.host,),
        ollama_open=settings.ollama_auth == "loopback",
    )
    limits = ServerLimits(
        max_body_bytes=settings.max_body_bytes, heartbeat_s=settings.heartbeat_sec
    )
    return DoorRules(access, limits)


def auto_login_rules(plan: EnginePlan) -> AutoLoginRules:
    """The settings an automatic sign-in follows."""
    settings = plan.settings
    return AutoLoginRules(
        enabled=settings.auto_login_enabled,
        headless=settings.auto_login_headless,
        timeout_s=settings.auto_login_timeout,
        max_retry=settings.auto_login_max_retry,
        selectors_file=settings.auto_login_selectors_file,
    )


def credentials(plan: EnginePlan) -> dict[InstanceName, Credentials]:
    """The names and passwords that the settings give, by instance."""
    return {
        item.name: Credentials(item.account.username, item.account.password)
        for item in plan.instances
        if item.account is not None and item.account.username and item.account.password
    }
