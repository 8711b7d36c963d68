"""The Lingma program as the settings want it: from where, when, and told to the world."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway_engine.config import Origin, Settings, SettingsError
from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.events import Emit, InstallChanged, InstallState
from gateway_engine.plan import EnginePlan
from gateway_engine.tasks import TaskOwner
from gateway_engine.upstreams.lingma.install.fetch import validator_of
from gateway_engine.upstreams.lingma.install.installation import PART_NAME, InstallLimits, install
from gateway_engine.upstreams.lingma.install.progress import InstallProgress
from gateway_engine.upstreams.lingma.install.shelf import Installed, Shelf
from gateway_engine.upstreams.lingma.install.source import (
    LATEST,
    VsixFile,
    VsixSource,
    VsixUrl,
    check_sha256,
    from_url,
    marketplace_url,
)
from gateway_engine.upstreams.lingma.install.trouble import InstallError

logger = logging.getLogger(__name__)


def source_of(settings: Settings, *, version: str = LATEST) -> VsixUrl:
    """Where the settings say that the program comes from. Raises SettingsError."""
    named = settings.lingma_vsix_url
    if settings.lingma_source_type == "vsix" and not named:
        raise SettingsError(
            "LINGMA_SOURCE_TYPE is vsix and LINGMA_VSIX_URL is empty: set it", "no_vsix_url"
        )
    url = named or marketplace_url(
        settings.lingma_marketplace_url,
        settings.lingma_marketplace_publisher,
        settings.lingma_marketplace_extension,
        version,
    )
    try:
        return from_url(url, settings.lingma_vsix_sha256)
    except InstallError as error:
        origin = "LINGMA_VSIX_URL" if named else "LINGMA_MARKETPLACE_URL"
        raise SettingsError(f"{origin} or LINGMA_VSIX_SHA256: {error}") from None


def given_source(settings: Settings, *, url: str = "", file: Path | None = None) -> VsixSource:
    """A source that a person named. Raises InstallError, SettingsError."""
    if file is not None:
        return VsixFile(file, check_sha256(settings.lingma_vsix_sha256))
    return from_url(url, settings.lingma_vsix_sha256) if url else source_of(settings)


def wants_program(plan: EnginePlan) -> bool:
    """Whether this start should fetch a program before it starts its instances.

    Nothing is fetched that nobody asked for: a source must have been named, or a refresh.
    """
    settings = plan.settings
    if plan.named or settings.lingma_bin or settings.instances:
        return False
    if settings.lingma_bootstrap_always or settings.lingma_force_refresh:
        return True
    named = ("lingma_source_type", "lingma_vsix_url", "lingma_marketplace_url")
    asked = any(plan.loaded.origins[name] is not Origin.DEFAULT for name in named)
    return asked and (plan.demo or not plan.instances)


@dataclass(frozen=True, slots=True)
class ProgramsKnown:
    """What there is of programs: `used` is the one the instances start, "" for none; `looked_at`
    where one was looked for. `versions` are those fetched here, the newest first. `part_bytes` of a
    download that broke off are kept for going on.
    """

    used: str
    looked_at: tuple[str, ...]
    versions: tuple[Installed, ...]
    part_bytes: int = 0


class Programs:
    """Installs programs, one at a time, and tells of it by events. On the engine's loop."""

    def __init__(
        self,
        root: Path,
        *,
        emit: Emit,
        wall_clock: Callable[[], float],
        limits: InstallLimits | None = None,
    ) -> None:
        self.shelf = Shelf(root)
        self._emit = emit
        self._now = wall_clock
        self._limits = limits or InstallLimits()
        self._one_at_a_time = asyncio.Lock()
        self._tasks = TaskOwner("programs")

    async def install(self, source: VsixSource) -> Installed:
        """Install and use the program from `source`. Raises InstallError."""
        async with self._one_at_a_time:
            try:
                done = await install(source, self.shelf, tell=self._tell, limits=self._limits)
            except asyncio.CancelledError:
                self._emit(InstallChanged(InstallState.CANCELLED, self._now()))
                raise
            except InstallError as error:
                self._emit(
                    InstallChanged(
                        InstallState.FAILED,
                        self._now(),
                        error_code=error.code,
                        error_message=str(error),
                        error_detail=error.detail,
                    )
                )
                raise
            self._emit(
                InstallChanged(
                    InstallState.DONE, self._now(), version=done.name, sha256=done.sha256
                )
            )
            return done

    def begin(self, source: VsixSource) -> None:
        """Install in the background; what comes of it is told by events."""
        self._tasks.spawn(self._install_quietly(source), name="install")

    def begin_as_asked(
        self, settings: Settings, *, url: str = "", file: Path | None = None
    ) -> None:
        """Begin with what a person named. Raises InvalidRequestError, with the reason's code."""
        try:
            source = given_source(settings, url=url, file=file)
        except InstallError as error:
            raise InvalidRequestError(str(error), reason=error.code) from None
        except SettingsError as error:
            raise InvalidRequestError(str(error), reason="bad_setting") from None
        self.begin(source)

    async def cancel(self) -> None:
        """Give up what was begun; the part that has come is kept."""
        await self._tasks.aclose()

    async def aclose(self) -> None:
        """Give up what was begun."""
        await self._tasks.aclose()

    async def known(self, plan: EnginePlan) -> ProgramsKnown:
        """What there is now."""
        return await asyncio.to_thread(self._look, plan)

    async def use(self, name: str) -> Installed:
        """Use this version from the next plan on. Raises ConflictError."""
        try:
            return await asyncio.to_thread(self.shelf.use, name)
        except InstallError as error:
            raise ConflictError(str(error), reason=error.code) from None

    async def remove(self, name: str) -> Installed | None:
        """Remove this version; returns the one in use afterwards. Raises ConflictError."""
        try:
            return await asyncio.to_thread(self.shelf.remove, name)
        except InstallError as error:
            raise ConflictError(str(error), reason=error.code) from None

    def _look(self, plan: EnginePlan) -> ProgramsKnown:
        used = (i.command[0] for i in plan.instances if i.of.is_fetched and i.command)
        try:
            part = self.shelf.root.joinpath(f"{PART_NAME}.part").stat().st_size
        except OSError:
            part = 0
        shown = "" if plan.demo else next(used, "")
        return ProgramsKnown(shown, plan.discovery.looked_at, self.shelf.versions(), part)

    async def _install_quietly(self, source: VsixSource) -> None:
        with contextlib.suppress(InstallError):  # told as InstallChanged
            await self.install(source)

    async def refresh(self, settings: Settings) -> Installed | None:
        """Fetch what the settings name, unless it is here already. Raises InstallError.

        Returns None when there was nothing to do.
        """
        source = source_of(settings)
        have = await asyncio.to_thread(self.shelf.in_use)
        if have is not None and not settings.lingma_force_refresh:
            if source.sha256 and have.sha256 == source.sha256:
                return None
            mark = await validator_of(source, limits=self._limits.fetch)
            if mark and mark == have.validator and have.source == source.url.split("?", 1)[0]:
                logger.info("the Lingma program %s is the newest", have.name)
                return None
        return await self.install(source)

    def _tell(self, progress: InstallProgress) -> None:
        self._emit(
            InstallChanged(
                InstallState(progress.step.value),
                self._now(),
                progress.bytes_done,
                progress.bytes_total,
                progress.bytes_per_s,
                progress.seconds_left,
            )
        )
