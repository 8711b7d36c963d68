"""Every text has a finished Chinese translation, and the compiled file is current."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale

import desktop
import resources
from desktop.i18n import Language, resolved
from desktop.sentences import listed, remarked
from desktop.wording import notice

TS = resources.path("i18n", "lingma_gateway_zh_CN.ts")
QM = resources.path("i18n", "lingma_gateway_zh_CN.qm")
LUPDATE_OPTIONS = ("-extensions", "py", "-no-obsolete", "-locations", "none")
DESKTOP = Path(desktop.__file__).parent


def tool(name: str) -> str:
    """One of the wheel's translation tools, beside PySide6 itself."""
    suffix = ".exe" if sys.platform == "win32" else ""
    folder = Path(PySide6.__file__).parent
    found = [p for p in (folder / f"{name}{suffix}", folder / "Qt/libexec" / name) if p.is_file()]
    assert found, f"{name} is part of the PySide6 wheel"
    return str(found[0])


def messages(file: Path) -> dict[tuple[str, str], str]:
    """Finished translations by context and source text; "" for what is unfinished."""
    found = {}
    for context in ET.parse(file).getroot().iter("context"):  # noqa: S314 - our own file
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            text = "" if translation.get("type") == "unfinished" else translation.text or ""
            found[context.findtext("name", ""), message.findtext("source", "")] = text
    return found


def test_every_source_text_is_translated(tmp_path: Path) -> None:
    copy = Path(shutil.copy(TS, tmp_path))
    subprocess.run(
        [tool("lupdate"), *LUPDATE_OPTIONS, str(DESKTOP), "-ts", str(copy)],
        check=True,
        capture_output=True,
        timeout=60,
        cwd=DESKTOP.parent,
        env={**os.environ, "PATH": ""},
    )
    now = messages(copy)
    untranslated = [key for key, text in now.items() if not text]
    assert not untranslated, f"see resources/i18n/README.md; not in Chinese: {untranslated}"
    assert set(now) == set(messages(TS)), "run lupdate, see resources/i18n/README.md"


def test_placeholders_are_the_same_in_both_languages() -> None:
    holder = re.compile(r"\{\w+\}")
    for (context, source), text in messages(TS).items():
        assert sorted(holder.findall(source)) == sorted(holder.findall(text)), (context, source)


def test_the_compiled_file_is_current(tmp_path: Path) -> None:
    compiled = tmp_path / "now.qm"
    subprocess.run(
        [tool("lrelease"), str(TS), "-qm", str(compiled)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert compiled.read_bytes() == QM.read_bytes(), "run lrelease, see resources/i18n/README.md"


def test_languages_switch_back_and_forth(language: Language) -> None:
    english = notice("no_upstream")
    language.install("zh_CN")
    chinese = notice("no_upstream")
    assert QLocale().language() is QLocale.Language.Chinese
    language.install("en")
    assert english is not None
    assert chinese is not None
    assert "本机" in chinese.title
    assert notice("no_upstream") == english


def test_lists_and_remarks_have_chinese_commas(language: Language) -> None:
    language.install("zh_CN")
    assert listed(["端口", "管理令牌"]) == "端口、管理令牌"
    assert remarked("时间线", "20 秒") == "时间线，20 秒"


def test_no_list_of_the_window_has_an_english_comma_of_its_own() -> None:
    joined = [
        path.name
        for path in DESKTOP.rglob("*.py")
        if re.search(r"""["'], ["']\.join""", path.read_text("utf-8"))
    ]
    assert set(joined) == {"theme.py", "json_items.py"}, (
        "its words are listed by desktop.sentences.listed"
    )


@pytest.mark.parametrize("preference", ["en", "zh_CN"])
def test_a_chosen_language_wins_over_the_system(preference: str) -> None:
    assert resolved(preference) == preference


def test_the_system_decides_else() -> None:
    assert resolved("auto") in ("en", "zh_CN")


HAN = "[\u4e00-\u9fff]"
FOREIGN_TERMS = {
    # What stands here is said otherwise everywhere.
    "a word for quota": "配额",
    "a word for the system's keyring": "钥匙串|密钥环",
    "a word for this computer": "此电脑|这台电脑|此计算机",
    "an informal you": "你",
    "a word for folder": "目录",
    "an English word for tokens": "token",
}
SLIPS = {
    "half-width punctuation": f"{HAN}[,;!?]|{HAN}:(?!密码)|{HAN}[()]|[()]{HAN}",
    "no space beside Latin letters": f"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}",
    "a space beside Chinese punctuation": "[，。：；？！（）“”、] | [，。：；？！（）“”、]",
    "three dots": r"\.\.\.|。。",
}


@pytest.mark.parametrize("kind", [*FOREIGN_TERMS, *SLIPS])
def test_chinese_is_written_in_one_way(kind: str) -> None:
    slip = re.compile({**FOREIGN_TERMS, **SLIPS}[kind])
    found = {key: text for key, text in messages(TS).items() if slip.search(text)}
    assert found == {}


ALWAYS_SEVERAL = {
    "Looks in ids, paths, names, errors and the first {n} characters of the last question. Of "
    "requests that still run the question is not searched yet.",
    "Not all of {n} bytes was kept.",
    "At most {high} instances.",
    "{n} bytes",
    "{n} processes",
    "{n} requests",
}
"""Never said of one."""


def test_what_is_counted_may_be_one() -> None:
    """Qt's plural forms would need a file for English: "tools: 1", not "1 tools"."""
    counted = re.compile(r"\{(n|m|count|high|reused)\} (more )?[a-z]{2,}s\b")
    sources = {source for _context, source in messages(TS) if counted.search(source)}
    assert sources == ALWAYS_SEVERAL
