"""The agents known by name, and what a turn's prompt looks like to them."""

from pathlib import Path

import pytest
from acp.schema import ImageContentBlock, ResourceContentBlock, TextContentBlock

from gateway_engine.conversation import ImagePart
from gateway_engine.upstreams.acp.presets import PRESETS, find_program, found_agents
from gateway_engine.upstreams.acp.prompt_blocks import image_name, prompt_blocks
from gateway_engine.upstreams.contract import ImageRefusedError


def test_every_agent_of_the_contract_has_a_preset() -> None:
    assert set(PRESETS) == {"qoder-cli", "qwen-code", "gemini-cli", "opencode"}
    assert all(preset.args and preset.title for preset in PRESETS.values())


def put(folder: Path, name: str) -> Path:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def test_agents_are_found_on_the_path(tmp_path: Path) -> None:
    assert found_agents(str(tmp_path)) == {}
    program = put(tmp_path, "qwen")
    (tmp_path / "gemini").write_text("not to be run")
    assert found_agents(str(tmp_path)) == {"qwen-code": str(program)}


def test_a_link_keeps_its_name(tmp_path: Path) -> None:
    link = tmp_path / "agent"
    link.symlink_to(put(tmp_path, "real"))
    assert find_program("agent", str(tmp_path)) == str(link)
    assert find_program("none", str(tmp_path)) is None


def test_images_travel_within_the_prompt() -> None:
    data = image_name(ImagePart(media_type="image/jpeg", data="QUJD"))
    url = image_name(ImagePart(url="https://x.example/a.png"))
    blocks = prompt_blocks("what is it?", [data, url])
    ImageContentBlock.model_validate(blocks[0])
    ResourceContentBlock.model_validate(blocks[1])
    TextContentBlock.model_validate(blocks[2])
    assert (blocks[0]["mimeType"], blocks[0]["data"]) == ("image/jpeg", "QUJD")
    assert blocks[1]["uri"] == "https://x.example/a.png"
    assert image_name(ImagePart(data="QUJD")).startswith("data:image/png;")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "", "ftp://x.example/a"])
def test_nothing_of_this_machine_is_named_to_the_agent(url: str) -> None:
    with pytest.raises(ImageRefusedError):
        image_name(ImagePart(url=url))
