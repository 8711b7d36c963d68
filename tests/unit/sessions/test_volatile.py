"""Claude Code's billing line goes, and nothing else."""

from gateway_engine.conversation import ChatRequest, Message, Role, TextPart
from gateway_engine.sessions.key import affinity_key
from gateway_engine.sessions.volatile import without_volatile_lines

BILLING = "x-anthropic-billing-header: cc_version=2.1.{0}; cc_entrypoint=cli; cch={0};"


def request(*system: str, user: str = "hi") -> ChatRequest:
    parts = tuple(TextPart(text) for text in system)
    return ChatRequest("m", (Message(Role.SYSTEM, parts), Message(Role.USER, (TextPart(user),))))


def test_the_billing_block_is_dropped_and_listed() -> None:
    cleaned = without_volatile_lines(request(BILLING.format(1), "You are Claude Code."))
    assert cleaned.messages == request("You are Claude Code.").messages
    assert [(c.field, c.action) for c in cleaned.changes] == [("messages[0]", "dropped")]


def test_the_line_alone_takes_its_message_along() -> None:
    cleaned = without_volatile_lines(request(BILLING.format(1)))
    assert [message.role for message in cleaned.messages] == [Role.USER]


def test_only_the_line_is_dropped_from_a_longer_text() -> None:
    cleaned = without_volatile_lines(request(BILLING.format(1) + "\n\nYou are Claude Code."))
    assert cleaned.messages == request("You are Claude Code.").messages


def test_what_users_write_stays() -> None:
    plain = request("About x-anthropic-billing-header: it is", user=BILLING.format(1))
    assert without_volatile_lines(plain) is plain


def test_two_requests_that_differ_in_it_alone_have_one_affinity() -> None:
    first, second = (without_volatile_lines(request(BILLING.format(n), "You are.")) for n in (1, 2))
    assert affinity_key(first, "") == affinity_key(second, "")
