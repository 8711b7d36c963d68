"""What went wrong is told alike whichever upstream it was: there may be no Lingma at all."""

import pytest

from desktop import remedies, wording


@pytest.mark.parametrize("code", [*remedies.REQUEST_CURES, "not_ready_in_time", "exited", "hung"])
def test_errors_name_no_upstream(code: str) -> None:
    for words in (wording.error(code, "it said"), remedies.instance_words(code, "it said")):
        assert words.title
        assert "Lingma" not in f"{words.title} {words.text}"
