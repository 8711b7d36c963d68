"""What cannot be is refused while the gateway runs: nothing is written, nothing has changed."""

from pathlib import Path

import pytest

from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.events import SettingsApplied
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from tests.integration.engine.changing_settings import running


async def test_a_wrong_value_is_never_written(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        text = it.file.read_text()
        for values in (
            {"port": 70000},
            {"log_level": "LOUD"},
            {"lingma_bin": "/no/such/program"},
            {"lingma_source_type": "vsix"},
            {"lingma_marketplace_url": "ftp://x"},
            {"lingma_vsix_sha256": "12", "lingma_vsix_url": "https://v.example/a.vsix"},
            {"auto_login_selectors_file": "/no/such/file.toml"},
            {"host": "0.0.0.0", "api_keys": ()},
            {"default_model": "\ud800"},
            {"cors_origins": ("*",)},
            {"cors_origins": ("https://a.example/path",)},
            {"allowed_hosts": ("http://gw.lan",)},
            {"allowed_hosts": ("gw.lan:8317",)},
            {"dedicated_domain_url": "d.example"},
            {"lingma_session_bundle": "bm8gYnVuZGxl"},
            {"lingma_session_bundle_file": "/none"},
            {"lingma_accounts": (AccountSettings("u", session_bundle_file="/none"),)},
            {"passphrase_file": "/none"},
            {"passphrase_file": "/a\0b"},
            {"lingma_work_dir": "/a\0b"},
            {"lingma_session_bundle_file": "/a\0b"},
            {"api_keys": ("sk-0123456789-0123456789\0",)},
            {"instances": (InstanceSettings("x", env={"A": "\0"}),)},
            {"instances": (InstanceSettings("x", "acp", "/no/such/agent"),)},
        ):
            with pytest.raises((InvalidRequestError, ConflictError)):
                await it.change(**values)
            assert it.file.read_text() == text, values
            assert it.engine.settings.plan.settings == it.settings
        assert [e for e in it.events.seen if isinstance(e, SettingsApplied)] == []


async def test_a_model_that_nobody_has_is_refused_once_all_have_told_theirs(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.ready()
        with pytest.raises(InvalidRequestError, match="no instance has a model gpt-9") as caught:
            await it.change(default_model="gpt-9")
        assert caught.value.code == "unknown_model"
        assert "demo-coder" in caught.value.facts["models"]
        text = it.file.read_text()
        it.file.write_text(text + 'default_model = "gpt-9"\n')
        with pytest.raises(InvalidRequestError, match="gpt-9"):
            await it.engine.settings.reload()
        assert it.settings.default_model == ""
        it.file.write_text(text)
        await it.engine.stop_instance(InstanceName("inst-0"))
        await it.change(default_model="gpt-9")  # it may come with what is started later
        assert it.settings.default_model == "gpt-9"
