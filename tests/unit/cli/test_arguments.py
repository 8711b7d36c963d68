"""The command line refuses what it does not know in one line that helps."""

import pytest

from gateway_engine.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["serve", "--prot", "1"],
            "lingma-gateway serve: unknown argument --prot, --port?;"
            " see lingma-gateway serve --help",
        ),
        (
            ["serve", "--por=1"],
            "lingma-gateway serve: unknown argument --por=1, --port?;"
            " see lingma-gateway serve --help",
        ),
        (
            ["doctor", "extra"],
            "lingma-gateway doctor: unknown argument extra; see lingma-gateway doctor --help",
        ),
        (["--bogus"], "lingma-gateway: unknown argument --bogus; see lingma-gateway --help"),
        (
            ["serve", "--port", "x"],
            "lingma-gateway serve: argument --port: 'x' is not a port between 0 and 65535;"
            " see lingma-gateway serve --help",
        ),
    ],
)
def test_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"{told}\n")
