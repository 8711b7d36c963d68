"""Environment and emulator.json."""

from pathlib import Path

import pytest

from gateway_engine.emulator.options import OptionsError, StartFlags, load_options


def test_environment(tmp_path: Path) -> None:
    environment = {"LINGMA_EMULATOR_SCENARIO": "burst", "LINGMA_EMULATOR_DELTA_MS": "0"}
    options = load_options(StartFlags(tmp_path), environment)
    assert "burst" in options.scenario
    assert (options.delta_ms, options.prefill_ms) == (0, 2)


def test_the_file_wins(tmp_path: Path) -> None:
    (tmp_path / "emulator.json").write_text('{"scenario": "quota", "delta_ms": 7}')
    options = load_options(StartFlags(tmp_path), {"LINGMA_EMULATOR_SCENARIO": "burst"})
    assert [choice.name for choice in options.scenario] == ["quota"]
    assert options.delta_ms == 7


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"delta_ms": "soon"}', '{"delta_ms": -1}', '{"colour": 1}', '{"scenario": "x"}'],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "emulator.json").write_text(content)
    with pytest.raises(OptionsError):
        load_options(StartFlags(tmp_path), {})
